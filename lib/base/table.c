/* table: a list as a table on a terminal, as tab-separated records elsewhere */
#include "base/table.h"

#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/out.h"
#include "base/str.h"

struct table {
	const struct table_column *columns;
	int count;
	struct libscols_table *grid; /* NULL if stdout is not a terminal */
};

/* libsmartcols returns 0 or a negative errno. */
static void check_result(int result)
{
	if (result == 0)
		return;
	errno = -result;
	die_errno("cannot make a table");
}

static void *check_new(void *p)
{
	if (!p)
		check_result(-ENOMEM);
	return p;
}

static void add_column(struct libscols_table *grid, const struct table_column *column)
{
	int flags = 0;
	double width = 1; /* columns: as wide as their text */

	if (column->kind == TABLE_RIGHT)
		flags = SCOLS_FL_RIGHT;
	if (column->kind == TABLE_CUT || column->kind == TABLE_CUT_FIRST)
		flags = SCOLS_FL_TRUNC;
	if (column->kind == TABLE_CUT_FIRST)
		width = 0.1; /* fraction of the terminal's width: shortened before others */
	check_new(scols_table_new_column(grid, column->name, width, flags));
}

static struct libscols_table *grid_new(const struct table_column *columns, int count)
{
	struct libscols_table *grid;

	/* It measures with the locale; all text here is UTF-8, whatever the user's locale. */
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "");
	grid = check_new(scols_new_table());
	check_result(scols_table_enable_noencoding(grid, 1));
	check_result(scols_table_enable_colors(grid, out_colour()));
	check_result(scols_table_set_termforce(grid, SCOLS_TERMFORCE_ALWAYS));
	check_result(scols_table_set_termwidth(grid, (size_t)out_columns()));
	for (int i = 0; i < count; i++)
		add_column(grid, &columns[i]);
	return grid;
}

struct table *table_new(const struct table_column *columns, int count)
{
	struct table *t = mem_zero(1, sizeof *t);

	t->columns = columns;
	t->count = count;
	if (out_tty())
		t->grid = grid_new(columns, count);
	return t;
}

static void grid_row(struct table *t, const char *const fields[], const char *colour)
{
	struct libscols_line *line = check_new(scols_table_new_line(t->grid, NULL));
	struct str text = { 0 };

	for (int i = 0; i < t->count; i++) {
		str_clear(&text);
		if (fields[i])
			str_escape(&text, fields[i], strlen(fields[i]));
		check_result(scols_line_set_data(line, (size_t)i, text.data));
	}
	if (colour && out_colour())
		check_result(scols_line_set_color(line, colour));
	str_free(&text);
}

void table_row(struct table *t, const char *const fields[], const char *colour)
{
	if (t->grid) {
		grid_row(t, fields, colour);
		return;
	}
	for (int i = 0; i < t->count; i++)
		out_field(fields[i]);
	out_end();
}

/* Through a string, so that out checks the writing. */
void table_print(struct table *t)
{
	char *text = NULL;

	if (t->grid) {
		check_result(scols_print_table_to_string(t->grid, &text));
		if (text && *text) {
			out_raw(text, strlen(text));
			out_raw("\n", 1);
		}
		free(text);
		scols_unref_table(t->grid);
	}
	free(t);
}
