/* markdown_render: what the Markdown renderer's blocks and spans share; no errors */
#ifndef MARKUP_MARKDOWN_RENDER_H
#define MARKUP_MARKDOWN_RENDER_H

#include <stddef.h>

#include <md4c.h>

#include "base/str.h"
#include "markup/markdown_table.h"

/*
 * Control characters, which clean text has not, stand for a character that the
 * parser shall not see: one tilde is no strikethrough (~/a and ~/b), and
 * "[1]: address" is a line to show.
 */
enum { MASKED_TILDE = 1, MASKED_COLON = 2 };

enum { LEVELS_MAX = 8, INDENT = 2 };

struct list {
	int ordered, tight;
	unsigned number;
};

struct render {
	struct str html;
	struct str scratch;
	struct str spans;  /* the open ones' types, a byte each */
	size_t cap;        /* bytes; what grows beyond is shown as plain text */
	unsigned gap;      /* newlines owed before the next thing */
	int quotes;        /* depth */
	int quote_pending; /* the tag waits for something to quote */
	char bullet[32];   /* waits for its item's text */
	struct list lists[LEVELS_MAX];
	size_t levels;                   /* may exceed LEVELS_MAX */
	int bold, italic, struck, links; /* depths: a tag is written for the outermost only */
	size_t link_at, link_text;       /* the outermost link: its tag, its text */
	size_t block_at, text_at; /* a heading or code block: where it goes if empty, its text */
	unsigned block_gap;       /* and what is owed then */
	int language;             /* the code block has one */
	struct table_cells table;
	struct str *cell;
};

/* Replace what the parser shall not see, and bring it back; the length stays. */
void render_mask(char *text, size_t n);
void render_unmask(char *text, size_t n);

/* At least so many newlines come before the next thing. */
void render_owe(struct render *r, unsigned newlines);

/* Before anything that is seen: what is owed, the quote's tag, indentation, the bullet. */
void render_begin(struct render *r);

/* Append text, to the table's cell if there is one. */
void render_put(struct render *r, const char *text, size_t n);

/* An attribute's text without escapes and entities. Free it. */
char *render_attribute(const MD_ATTRIBUTE *a);

/* The parser's callbacks for what is inside a line; data is the struct render. */
int render_enter_span(MD_SPANTYPE type, void *detail, void *data);
int render_leave_span(MD_SPANTYPE type, void *detail, void *data);
int render_text(MD_TEXTTYPE type, const MD_CHAR *s, MD_SIZE n, void *data);

#endif
