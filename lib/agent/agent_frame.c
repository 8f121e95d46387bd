/* agent_frame: data between marks that the data cannot forge */
#include "agent/agent_frame.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/utf8.h"

enum { VALUE_MAX = 200, NAME_MAX_BYTES = 16 }; /* bytes; no mark has a longer name */

static const char *const names[] = { AGENT_FRAME_TOOL, AGENT_FRAME_MEMORY, AGENT_FRAME_JOBS,
	AGENT_FRAME_CONVERSATION, AGENT_FRAME_WORKFLOWS };

/*
 * Whether "<" at s begins a mark, even a malformed one: models are not parsers, and like people
 * they do not see zero-width characters.
 */
static int is_mark(const char *s, const char *end)
{
	char word[NAME_MAX_BYTES + 1] = "";
	size_t n = 0, length;
	uint32_t cp;

	for (s++; s < end && n < NAME_MAX_BYTES; s += length) {
		length = utf8_decode(s, (size_t)(end - s), &cp);
		if (text_blank(s, length) || *s == '/' || *s == '\\')
			continue;
		if (length > 1)
			break;
		word[n++] = *s;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strncasecmp(word, names[i], strlen(names[i])) == 0)
			return 1;
	return 0;
}

void agent_frame(struct str *out, const char *name, const char *attributes, const char *text,
	size_t n, size_t most)
{
	struct str clean = { 0 };
	size_t kept;

	text_clean(&clean, text, n);
	kept = clean.len > most ? utf8_whole(clean.data, most) : clean.len;
	str_addf(out, "<%s%s%s>\n", name, attributes ? " " : "", attributes ? attributes : "");
	for (const char *s = clean.data; s < clean.data + kept; s++) {
		if (*s == '<' && is_mark(s, clean.data + clean.len))
			str_add(out, "\xE2\x80\xB9");
		else
			str_addc(out, *s);
	}
	if (out->data[out->len - 1] != '\n')
		str_addc(out, '\n');
	if (kept < clean.len)
		str_addf(out, "[%zu of %zu bytes are shown]\n", kept, clean.len);
	str_addf(out, "</%s>\n", name);
	str_free(&clean);
}

void agent_frame_attribute(struct str *out, const char *name, const char *value)
{
	struct str text = { 0 };

	text_line(&text, value, strlen(value), VALUE_MAX, TEXT_BYTES);
	str_addf(out, "%s%s=\"", out->len ? " " : "", name);
	for (const char *s = text.data; *s; s++)
		str_addc(out, strchr("\"<>", *s) ? '\'' : *s);
	str_addc(out, '"');
	str_free(&text);
}
