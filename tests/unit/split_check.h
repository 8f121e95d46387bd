/* split_check: properties of every text that is split, for tests and fuzzers */
#ifndef UNIT_SPLIT_CHECK_H
#define UNIT_SPLIT_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "html_check.h"
#include "markup/markdown.h"
#include "markup/split.h"

static inline int split_check_fence(const char *line, size_t n)
{
	size_t run = 0;

	while (run < n && line[run] == line[0])
		run++;
	return run >= 3 && (line[0] == '`' || line[0] == '~') && !memchr(line, '\n', n);
}

/* The span, and perhaps a fence's line after it. */
static inline int split_check_rest(const char *part, const char *span, size_t n, int markdown)
{
	if (strncmp(part, span, n) != 0)
		return 0;
	part += n;
	return *part == '\0' ||
		(markdown && *part == '\n' && split_check_fence(part + 1, strlen(part + 1)));
}

/* The part is its span, perhaps with a fence's line before it and one after it. */
static inline const char *split_check_span(const char *part, const char *span, size_t n,
	int markdown)
{
	const char *newline = strchr(part, '\n');

	if (split_check_rest(part, span, n, markdown))
		return NULL;
	if (markdown && newline && split_check_fence(part, (size_t)(newline - part)) &&
		split_check_rest(newline + 1, span, n, markdown))
		return NULL;
	return "is not what its span says";
}

/* Between two spans: only blanks, or the end of a code block. */
static inline int split_check_gap(const char *text, size_t n, int markdown)
{
	size_t from = 0, to = n;

	if (text_blank(text, n))
		return 1;
	while (from < to && strchr(" \t\n", text[from]))
		from++;
	while (to > from && strchr(" \t\n", text[to - 1]))
		to--;
	return markdown && split_check_fence(text + from, to - from);
}

static inline const char *split_check_part(const char *part, int markdown, size_t limit)
{
	size_t n = strlen(part);
	char *html = markdown ? markdown_html(part, n) : markdown_escape(part, n);
	struct html_check c;
	const char *wrong = NULL;

	if (!html_check(&c, html))
		wrong = "its HTML is not well-formed";
	else if (text_blank(part, n))
		wrong = "is blank";
	else if (text_units(part, n) > limit)
		wrong = "is too long";
	else if (c.units > limit || strlen(html) > 32000 || c.entities > 90)
		wrong = "is too long when rendered";
	else if (c.units != split_units(html))
		wrong = "is not measured well";
	else if (c.units == 0)
		wrong = "shows nothing";
	free(html);
	return wrong;
}

/* Split the clean text. Returns NULL, or which part is wrong and why. */
static inline const char *split_check(const char *text, size_t n, int markdown, size_t limit,
	size_t first)
{
	static char report[200];
	const char *wrong = NULL;
	struct split s;
	size_t at = 0, i;

	split_text(&s, text, n, markdown, limit, first);
	for (i = 0; i < s.count && !wrong; i++) {
		struct split_span *span = &s.spans[i];

		if (span->from < at || span->to <= span->from || span->to > n)
			wrong = "is out of order";
		else if (!split_check_gap(text + at, span->from - at, markdown))
			wrong = "comes behind something lost";
		if (!wrong)
			wrong = split_check_span(s.parts[i], text + span->from,
				span->to - span->from, markdown);
		if (!wrong)
			wrong = split_check_part(s.parts[i], markdown, i ? limit : first);
		at = span->to;
	}
	if (!wrong && !split_check_gap(text + at, n - at, markdown))
		wrong = "is not the last";
	if (wrong)
		snprintf(report, sizeof(report), "part %zu of %zu %s", i, s.count, wrong);
	split_free(&s);
	return wrong ? report : NULL;
}

#endif
