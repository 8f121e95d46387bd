/* db_handle: what only the files of db share */
#ifndef DB_DB_HANDLE_H
#define DB_DB_HANDLE_H

#include <stdint.h>

struct sqlite3;

/* The open connection, or NULL. */
extern struct sqlite3 *db_handle;

/*
 * When the busy handler began to wait, clock_boot() milliseconds; 0: it has not
 * since it was reset.
 */
extern int64_t db_busy_since;

/*
 * This connection creates the log (a file beside the database): the folder is synced before its
 * first commit. (SQLite would do that at every connection's first commit.)
 */
void db_new_log(int is_new);

/* Free all statements, before the connection is closed. Returns whether anything was written. */
int db_forget(void);

/*
 * The natural logarithm of a positive number, for SQLite's ranking (see
 * SQLITE_FLAGS in the Makefile).
 */
double db_log(double x);

/*
 * Report the connection's last error; `sql` may be NULL. Ends the program; returns
 * inside db_try().
 */
void db_failed(const char *sql);

#endif
