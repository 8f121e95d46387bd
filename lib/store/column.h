/* column: a list of columns as SQL and as an enum, both from the same lines, so
 * that their order cannot differ */
#ifndef STORE_COLUMN_H
#define STORE_COLUMN_H

/*
 *	#define COLUMNS(COLUMN) COLUMN(C_NAME, "name") COLUMN(C_SIZE, "length(data)")
 *	enum { C_ID, COLUMNS(COLUMN_ENUM) };
 *	"SELECT id" COLUMNS(COLUMN_SQL) " FROM ..."
 */
#define COLUMN_ENUM(name, sql) name,
#define COLUMN_SQL(name, sql) ", " sql

#endif
