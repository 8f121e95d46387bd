/* db_handle: what the two files of db share, and nobody else */
#ifndef DB_DB_HANDLE_H
#define DB_DB_HANDLE_H

struct sqlite3;

/* The open connection, or NULL. */
extern struct sqlite3 *db_handle;

/*
 * After the first commit to a log that was made by this connection: sync the
 * folder it is in. (SQLite would do so at every connection's first commit.)
 */
void db_sync_log(void);

/* Before the end: shorten a long log, if nobody else is there to do it. */
void db_tidy(void);

/* The natural logarithm of a positive number, for SQLite's ranking (Makefile: SQLITE_FLAGS). */
double db_log(double x);

/* Report the connection's last error; `sql` may be NULL. Ends the program, or leaves a db_try(). */
_Noreturn void db_failed(const char *sql);

#endif
