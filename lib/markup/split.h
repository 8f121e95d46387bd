/* split: a long text cut into parts that each fit a message; no errors */
#ifndef MARKUP_SPLIT_H
#define MARKUP_SPLIT_H

#include <stddef.h>

/* The limits that may be asked for. */
enum { SPLIT_LEAST = 256, SPLIT_MOST = 4096 };

/* The bytes of the text that a part shows: `from` up to, not including, `to`. */
struct split_span {
	size_t from, to;
};

struct split {
	char **parts;
	struct split_span *spans;
	size_t count, room;
};

/*
 * Cut n bytes of clean text (text_clean()) into parts, each of at most `limit` UTF-16 units, the
 * first of at most `first`; so is its rendering by markdown_html() (markdown != 0) or
 * markdown_escape(), which also has at most 32,000 bytes and 90 entities. Both limits are
 * SPLIT_LEAST .. SPLIT_MOST.
 *
 * It prefers to cut between paragraphs or beside a code block, then between lines, at a blank, and
 * last between characters that do not combine. A fenced code block that is cut is closed in one
 * part and opened, with its info string, in the next; spans and spans[i].from .. to is the part of
 * the text between these fences. What lies between two spans is blank, or ends a code block that
 * the part before has ended. No part is blank: a blank text has none.
 */
void split_text(struct split *out, const char *text, size_t n, int markdown, size_t limit,
	size_t first);

/* The UTF-16 units of our own HTML after entity parsing. */
size_t split_units(const char *html);

void split_free(struct split *s);

#endif
