/* tool_search: lines of files in the workspace */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "access/workspace.h"
#include "base/clock.h"
#include "base/expression.h"
#include "base/json.h"
#include "base/utf8.h"
#include "tools/tool_arguments.h"
#include "tools/tool_table.h"
#include "tools/tool_text.h"

enum {
	MATCHES = 200,
	LINE_SHOWN = 300, /* bytes */
	LINE_MOST = 4096, /* bytes of a line that are searched */
	FILE_MOST = 4 << 20,
	DEPTH = 32,
	ENTRIES = 50000,
	SECONDS = 10,
	/* regexec(3) caches states without limit: the expression is compiled again after so many bytes */
	RENEW = 64 * 1024,
};

struct search {
	const struct tool_context *c;
	const char *pattern;
	int regex, flags, compiled; /* flags of regcomp(3) */
	regex_t expression;
	size_t used; /* bytes since it was compiled */
	int64_t deadline;
	int entries, matches;
	const char *cut; /* why it ends early */
	struct str *text;
	cJSON *list;
};

static int over(struct search *s)
{
	struct pollfd stop = { .fd = s->c->stop, .events = POLLIN };

	if (!s->cut && s->matches >= MATCHES)
		s->cut = "there may be more matches";
	else if (!s->cut && s->text->len > TOOL_TEXT_PAGE)
		s->cut = "there may be more matches";
	else if (!s->cut && s->entries > ENTRIES)
		s->cut = "too many files to search all of them";
	else if (!s->cut && clock_boot() >= s->deadline)
		s->cut = "out of time";
	else if (!s->cut && poll(&stop, 1, 0) > 0)
		s->cut = "stopped";
	return s->cut != NULL;
}

/* Returns 0, or -1 with the reason in the text. */
static int compile(struct search *s)
{
	char reason[200];
	int error;

	if (s->compiled)
		regfree(&s->expression);
	s->used = 0;
	error = regcomp(&s->expression, s->pattern, s->flags);
	s->compiled = !error;
	if (!error)
		return 0;
	regerror(error, &s->expression, reason, sizeof(reason));
	return tool_text_refuse(s->text, "the pattern: %s", reason);
}

/* line: without its newline */
static int matches(struct search *s, const char *line, size_t n)
{
	if (!s->regex)
		return (s->flags & REG_ICASE ? strcasestr(line, s->pattern)
					     : strstr(line, s->pattern)) != NULL;
	s->used += n;
	if (s->used > RENEW && compile(s) < 0)
		return 0;
	return regexec(&s->expression, line, 0, NULL, 0) == 0;
}

static void say_match(struct search *s, const char *path, int64_t number, const char *line)
{
	cJSON *object = cJSON_CreateObject();
	size_t n = strlen(line), shown = n < LINE_SHOWN ? n : utf8_whole(line, LINE_SHOWN);

	json_add_text(object, "path", path);
	cJSON_AddNumberToObject(object, "line", (double)number);
	tool_text_member(object, "text", line, shown);
	cJSON_AddItemToArray(s->list, object);
	str_escape(s->text, path, strlen(path));
	str_addf(s->text, ":%lld:", (long long)number);
	str_addn(s->text, line, shown);
	str_add(s->text, shown < n ? " ...\n" : "\n");
	s->matches++;
}

static void search_lines(struct search *s, const char *path, FILE *file)
{
	char line[LINE_MOST];
	int64_t number = 0;
	size_t n;

	while (!over(s) && (n = tool_text_line(file, line, sizeof(line))) > 0) {
		number++;
		if (n == TOOL_TEXT_BINARY)
			break;
		if (matches(s, line, strlen(line)))
			say_match(s, path, number, line);
	}
}

/* a file that cannot be opened is skipped */
static void search_file(struct search *s, const char *path)
{
	struct str why = { 0 };
	int fd = workspace_file(s->c->workspace, path, &why);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	struct stat st;

	if (file && fstat(fd, &st) == 0 && st.st_size <= FILE_MOST)
		search_lines(s, path, file);
	if (file)
		fclose(file);
	else if (fd >= 0)
		close(fd);
	str_free(&why);
}

static void search_folder(struct search *s, const char *path, int depth);

/* links are not followed: they could show a file twice, or for ever */
static void search_entry(struct search *s, int folder, const char *path, const char *name,
	int depth)
{
	struct str inside = { 0 };
	struct stat st;

	s->entries++;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, ".git") == 0 ||
		fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	str_addf(&inside, "%s%s%s", path, *path ? "/" : "", name);
	if (S_ISDIR(st.st_mode) && depth < DEPTH)
		search_folder(s, inside.data, depth + 1);
	else if (S_ISREG(st.st_mode))
		search_file(s, inside.data);
	str_free(&inside);
}

static void search_folder(struct search *s, const char *path, int depth)
{
	struct str why = { 0 };
	int fd = workspace_folder(s->c->workspace, path, &why);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	while (dir && !over(s) && (entry = readdir(dir)))
		search_entry(s, fd, path, entry->d_name, depth);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	str_free(&why);
}

/* search a folder or a file. Returns 0, or -1 with the reason in the text. */
static int search(struct search *s, const char *path)
{
	struct str why = { 0 };
	size_t n = strlen(path);
	char *place;
	int fd;

	while (n > 1 && path[n - 1] == '/')
		n--;
	place = n == 1 && *path == '.' ? mem_dup("") : mem_dupn(path, n);
	fd = workspace_folder(s->c->workspace, place, &why);
	if (fd >= 0) {
		close(fd);
		search_folder(s, place, 0);
	} else if ((fd = workspace_file(s->c->workspace, place, s->text)) >= 0) {
		close(fd);
		search_file(s, place);
	}
	free(place);
	str_free(&why);
	return fd < 0 ? -1 : 0;
}

TOOLS_RUN(search_files)
{
	struct search s = { .c = c,
		.pattern = tool_argument_text(arguments, "pattern", ""),
		.regex = tool_argument_flag(arguments, "regex", 0),
		.flags = REG_EXTENDED | REG_NOSUB |
			(tool_argument_flag(arguments, "ignore_case", 0) ? REG_ICASE : 0),
		.deadline = clock_boot() + SECONDS * CLOCK_SECOND,
		.text = text };
	const char *costly = s.regex ? expression_costly(s.pattern) : NULL;
	int status;

	if (costly)
		return tool_text_refuse(text, "the pattern: %s", costly);
	if (s.regex && compile(&s) < 0)
		return -1;
	*structured = cJSON_CreateObject();
	s.list = cJSON_AddArrayToObject(*structured, "matches");
	status = search(&s, tool_argument_text(arguments, "path", ""));
	if (s.compiled)
		regfree(&s.expression);
	if (status == 0 && s.matches == 0)
		str_add(text, "No match.");
	if (status == 0 && s.cut) {
		str_addf(text, "[ended early: %s]", s.cut);
		cJSON_AddStringToObject(*structured, "ended_early", s.cut);
	}
	return status;
}
