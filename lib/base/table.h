/* table: a list as a table on a terminal (libsmartcols), as tab-separated records elsewhere */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

struct table;

struct table_column {
	const char *name;
	enum {
		TABLE_LEFT,
		TABLE_RIGHT,
		TABLE_CUT,
		TABLE_CUT_FIRST
	} kind; /* CUT: may be shortened to fit the terminal, CUT_FIRST before others */
};

/* columns: `count` of them, kept by reference. Free with table_print(). */
struct table *table_new(const struct table_column *columns, int count);

/*
 * Add a row: `count` fields, NULL = empty, copied and escaped. colour: "red", "green", "yellow",
 * "cyan", "gray" or NULL.
 */
void table_row(struct table *t, const char *const fields[], const char *colour);

/* Print all rows and free the table; without a terminal each was printed by table_row(). */
void table_print(struct table *t);

#endif
