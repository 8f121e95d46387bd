/* markdown_table: cells collected, then written as aligned columns; no errors */
#ifndef MARKUP_MARKDOWN_TABLE_H
#define MARKUP_MARKDOWN_TABLE_H

#include <stddef.h>

#include "base/str.h"

enum table_align { TABLE_LEFT, TABLE_CENTRE, TABLE_RIGHT };

/* Start with { 0 } and the columns; the cells follow row by row, the heading first. */
struct table_cells {
	size_t columns, count, room;
	struct str *cells; /* plain text */
	enum table_align *aligns;
};

/* Begin the next cell. Returns where its text is to be appended, until the next one begins. */
struct str *table_cells_next(struct table_cells *cells, enum table_align align);

/*
 * Append the table as lines of plain text: columns as wide as their widest
 * cell in terminal columns (utf8_width()), a rule below the heading, no blanks
 * at line ends, no newline at the end. What would be wider than 200 columns is not aligned.
 */
void table_cells_write(const struct table_cells *cells, struct str *text);

void table_cells_free(struct table_cells *cells);

#endif
