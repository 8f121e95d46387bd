/* html_check: a strict parser of the Bot API's HTML, for tests and fuzzers */
#ifndef UNIT_HTML_CHECK_H
#define UNIT_HTML_CHECK_H

#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

struct html_check {
	const char *open[64]; /* names of the open tags */
	size_t depth, units, entities;
};

static inline int html_check_entity(const char **at)
{
	static const char *const known[] = { "&lt;", "&gt;", "&amp;", "&quot;" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strncmp(*at, known[i], strlen(known[i])) == 0) {
			*at += strlen(known[i]);
			return 1;
		}
	}
	return 0;
}

/* NAME="VALUE">: the value without raw quotes and brackets. */
static inline int html_check_value(const char **at, const char *name)
{
	size_t n = strlen(name);

	if (strncmp(*at, name, n) != 0)
		return 0;
	for (*at += n; **at != '"';) {
		if (**at == '\0' || **at == '<' || **at == '>')
			return 0;
		if (**at != '&')
			++*at;
		else if (!html_check_entity(at))
			return 0;
	}
	++*at;
	return *(*at)++ == '>';
}

static inline int html_check_open(struct html_check *c, const char **at)
{
	static const char *const plain[] = { "b", "i", "s", "code", "pre", "blockquote" };
	const char *above = c->depth ? c->open[c->depth - 1] : "";

	if (c->depth == sizeof(c->open) / sizeof(*c->open))
		return 0;
	if (strcmp(above, "code") == 0)
		return 0;
	if (strncmp(*at, "a ", 2) == 0) {
		*at += 2;
		for (size_t i = 0; i < c->depth; i++) {
			if (strcmp(c->open[i], "a") == 0)
				return 0;
		}
		c->open[c->depth++] = "a";
		c->entities++;
		return html_check_value(at, "href=\"");
	}
	if (strncmp(*at, "code class", 10) == 0) {
		*at += 5;
		c->open[c->depth++] = "code";
		return strcmp(above, "pre") == 0 && html_check_value(at, "class=\"language-");
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
		size_t n = strlen(plain[i]);

		if (strncmp(*at, plain[i], n) != 0 || (*at)[n] != '>')
			continue;
		for (size_t k = 0; k < c->depth; k++) {
			if (strcmp(c->open[k], plain[i]) == 0)
				return 0;
		}
		c->open[c->depth++] = plain[i];
		c->entities++;
		*at += n + 1;
		return strcmp(above, "pre") != 0;
	}
	return 0;
}

static inline int html_check_close(struct html_check *c, const char **at)
{
	size_t n = c->depth ? strlen(c->open[c->depth - 1]) : 0;

	if (n == 0 || strncmp(*at, c->open[c->depth - 1], n) != 0 || (*at)[n] != '>')
		return 0;
	*at += n + 1;
	c->depth--;
	return 1;
}

/*
 * Whether it is well-formed: known tags, each closed where it was opened, none
 * inside itself, code or pre; four entities; clean text. Counts the units and
 * the entities on the way.
 */
static inline int html_check(struct html_check *c, const char *html)
{
	size_t left = strlen(html);
	const char *end = html + left;

	*c = (struct html_check){ .depth = 0 };
	while (*html) {
		uint32_t cp;

		if (*html == '<') {
			html++;
			if (*html == '/' ? (html++, !html_check_close(c, &html))
					 : !html_check_open(c, &html))
				return 0;
		} else if (*html == '&') {
			if (!html_check_entity(&html))
				return 0;
			c->units++;
		} else {
			html += utf8_decode(html, (size_t)(end - html), &cp);
			if (cp == UTF8_INVALID || cp == '>' || cp == '"' || !text_allows(cp))
				return 0;
			c->units += cp > 0xFFFF ? 2 : 1;
		}
	}
	return c->depth == 0;
}

#endif
