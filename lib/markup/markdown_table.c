/* markdown_table: cells collected, then written as aligned columns */
#include "markup/markdown_table.h"

#include <stdlib.h>

#include "base/utf8.h"

enum { WIDTH_MAX = 200 };

struct str *table_cells_next(struct table_cells *cells, enum table_align align)
{
	size_t count = cells->count++, room = cells->room;

	cells->cells = mem_grow(cells->cells, count, &room, sizeof(*cells->cells));
	cells->aligns = mem_grow(cells->aligns, count, &cells->room, sizeof(*cells->aligns));
	cells->cells[count] = (struct str){ 0 };
	cells->aligns[count] = align;
	str_add(&cells->cells[count], "");
	return &cells->cells[count];
}

static size_t width_of(const struct str *cell)
{
	size_t width = 0;

	for (size_t i = 0; i < cell->len;) {
		uint32_t cp;

		i += utf8_decode(cell->data + i, cell->len - i, &cp);
		width += (size_t)utf8_width(cp);
	}
	return width;
}

static void fill(struct str *text, const char *with, size_t count)
{
	while (count--)
		str_add(text, with);
}

static void write_cell(const struct str *cell, enum table_align align, size_t width,
	struct str *text)
{
	size_t used = width_of(cell), left = used < width ? width - used : 0, right = 0;

	if (align == TABLE_LEFT)
		right = left;
	else if (align == TABLE_CENTRE)
		right = (left + 1) / 2;
	fill(text, " ", left - right);
	str_addn(text, cell->data, cell->len);
	fill(text, " ", right);
}

static void write_row(const struct table_cells *cells, size_t first, const size_t *widths,
	struct str *text)
{
	size_t count = cells->columns;

	/* No padding for empty cells at the end of a row. */
	while (count > 1 &&
		(first + count > cells->count || cells->cells[first + count - 1].len == 0))
		count--;
	for (size_t i = 0; i < count; i++) {
		size_t at = first + i;

		if (i)
			str_add(text, " | ");
		write_cell(&cells->cells[at], cells->aligns[at], widths[i], text);
	}
	while (text->len && text->data[text->len - 1] == ' ')
		text->data[--text->len] = '\0';
}

static void write_rule(const struct table_cells *cells, const size_t *widths, struct str *text)
{
	for (size_t i = 0; i < cells->columns; i++) {
		str_add(text, i ? "-+-" : "");
		fill(text, "-", widths[i]);
	}
}

void table_cells_write(const struct table_cells *cells, struct str *text)
{
	size_t *widths = mem_zero(cells->columns, sizeof(*widths)), total = 0;

	for (size_t i = 0; i < cells->count; i++) {
		size_t width = width_of(&cells->cells[i]);

		if (width > widths[i % cells->columns])
			widths[i % cells->columns] = width;
	}
	for (size_t i = 0; i < cells->columns; i++)
		total += widths[i] + 3;
	if (total > WIDTH_MAX) {
		for (size_t i = 0; i < cells->columns; i++)
			widths[i] = 0;
	}
	for (size_t i = 0; i < cells->count; i += cells->columns) {
		if (i)
			str_addc(text, '\n');
		write_row(cells, i, widths, text);
		if (i == 0 && total <= WIDTH_MAX) {
			str_addc(text, '\n');
			write_rule(cells, widths, text);
		}
	}
	free(widths);
}

void table_cells_free(struct table_cells *cells)
{
	for (size_t i = 0; i < cells->count; i++)
		str_free(&cells->cells[i]);
	free(cells->cells);
	free(cells->aligns);
	*cells = (struct table_cells){ 0 };
}
