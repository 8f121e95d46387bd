/* workflow_header: what the first comment lines of a workflow say */
#include "submit/workflow_header.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/str.h"
#include "base/text.h"
#include "base/value.h"
#include "submit/workflow.h"

enum {
	HEADER_BYTES = 4096,
	HEADER_LINES = 30,
	TITLE_MAX = 100, /* bytes */
	DESCRIPTION_MAX = 256,
};

static const char *const detach_names[] = { "auto", "always", "never" };

/* n bytes as one line of clean text without blanks around it. */
static char *clean(const char *data, size_t n)
{
	struct str s = { 0 };
	char *text;
	size_t start;

	str_add(&s, "");
	text_clean(&s, data, n);
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] == '\n' || s.data[i] == '\t')
			s.data[i] = ' ';
	while (s.len > 0 && s.data[s.len - 1] == ' ')
		s.data[--s.len] = '\0';
	start = strspn(s.data, " ");
	text = mem_dupn(s.data + start, s.len - start);
	str_free(&s);
	return text;
}

/* What follows the comment sign ("#", "//", ";", "--", "*", "/" "*"), or NULL if the line is not a comment. */
static const char *comment(const char *line, const char *end)
{
	const char *s = line;

	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	line = s;
	while (s < end && strchr("#/;-*", *s) && *s)
		s++;
	if (s == line || (s == line + 1 && (*line == '/' || *line == '-')))
		return NULL;
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	return s;
}

static int set_text(char **field, char *value, size_t limit, struct str *why)
{
	if (*value == '\0')
		str_add(why, "empty");
	else if (strlen(value) > limit)
		str_addf(why, "longer than %zu bytes", limit);
	else {
		*field = value;
		return 0;
	}
	free(value);
	return -1;
}

static int set_detach(enum workflow_detach *detach, const char *value, struct str *why)
{
	for (int i = 0; i < 3; i++)
		if (strcmp(value, detach_names[i]) == 0) {
			*detach = (enum workflow_detach)i;
			return 0;
		}
	return value_bad(why, "not always, auto or never", value);
}

static int set_personal(int *personal, const char *value, struct str *why)
{
	*personal = strcmp(value, "yes") == 0;
	return *personal || strcmp(value, "no") == 0 ? 0 : value_bad(why, "not yes or no", value);
}

/* Set the key's field; takes ownership of the value. Returns 0, or -1 with why. */
static int set_header(struct workflow *w, const char *key, char *value, struct str *why)
{
	int bad = 0;

	if (strcmp(key, "title") == 0)
		return set_text(&w->title, value, TITLE_MAX, why);
	if (strcmp(key, "description") == 0)
		return set_text(&w->description, value, DESCRIPTION_MAX, why);
	if (strcmp(key, "timeout") == 0)
		bad = value_duration(why, value, 1, &w->timeout_ms);
	else if (strcmp(key, "private") == 0)
		bad = set_personal(&w->personal, value, why);
	else
		bad = set_detach(&w->detach, value, why);
	free(value);
	return bad;
}

/* The index of the key that the text begins with, before a colon; -1: none. *value gets what follows. */
static int find_key(const char *const keys[], const char *text, const char *end, const char **value)
{
	for (int i = 0; keys[i]; i++) {
		size_t n = strlen(keys[i]);

		if ((size_t)(end - text) > n && strncmp(text, keys[i], n) == 0 && text[n] == ':') {
			*value = text + n + 1;
			return i;
		}
	}
	return -1;
}

/* Take one line. *seen: the keys found so far, since a later comment must not change them. */
static int take_header(struct workflow *w, const char *line, const char *end, unsigned *seen,
	struct str *why)
{
	static const char *const keys[] = { "title", "description", "timeout", "detach", "private",
		NULL };
	const char *text = comment(line, end), *value;
	int key = text ? find_key(keys, text, end, &value) : -1;
	struct str reason = { 0 };
	int bad;

	if (key < 0 || (*seen & 1U << key))
		return 0;
	*seen |= 1U << key;
	if (end - value >= 2 && memcmp(end - 2, "*/", 2) == 0)
		end -= 2;
	bad = set_header(w, keys[key], clean(value, (size_t)(end - value)), &reason);
	if (bad)
		str_addf(why, "%s: %s", keys[key], reason.data);
	str_free(&reason);
	return bad;
}

/* Take the lines at the start of a file. Returns 0, or -1 with why. */
static int take_lines(struct workflow *w, const char *data, size_t n, struct str *why)
{
	const char *line = data, *end;
	struct str reason = { 0 };
	unsigned seen = 0;

	for (int i = 1; i <= HEADER_LINES && line < data + n; i++, line = end + 1) {
		end = memchr(line, '\n', (size_t)(data + n - line));
		if (!end && n == HEADER_BYTES)
			break;
		if (!end)
			end = data + n;
		if (take_header(w, line, end, &seen, &reason) < 0) {
			str_addf(why, "%s:%d: %s", w->path, i, reason.data);
			str_free(&reason);
			return -1;
		}
	}
	return 0;
}

int workflow_header_read(int fd, struct workflow *w, struct str *why)
{
	struct str data = { 0 };
	int status = 0;

	if (input_read(fd, HEADER_BYTES, 0, &data, NULL) == INPUT_NOT_READ) {
		str_addf(why, "%s: %s", w->path, strerror(errno));
		status = -1;
	} else if (data.len < 4 || memcmp(data.data, "\177ELF", 4) != 0) {
		status = take_lines(w, data.data, data.len, why);
	}
	str_free(&data);
	return status;
}
