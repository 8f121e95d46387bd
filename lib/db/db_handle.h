/* db_handle: what the files of db share, and nobody else */
#ifndef DB_DB_HANDLE_H
#define DB_DB_HANDLE_H

struct sqlite3;

/* The open connection, or NULL. */
extern struct sqlite3 *db_handle;

/*
 * This connection creates the log (a file beside the database): the folder is synced before its
 * first commit. (SQLite would do that at every connection's first commit.)
 */
void db_new_log(int is_new);

/* Free all statements, before the connection is closed. Returns whether anything was written. */
int db_forget(void);

/* The natural logarithm of a positive number, for SQLite's ranking (Makefile: SQLITE_FLAGS). */
double db_log(double x);

/* Report the connection's last error; `sql` may be NULL. Ends the program; returns inside db_try(). */
void db_failed(const char *sql);

#endif
