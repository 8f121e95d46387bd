/* db_handle: what the files of db share, and nobody else */
#ifndef DB_DB_HANDLE_H
#define DB_DB_HANDLE_H

struct sqlite3;

/* The open connection, or NULL. */
extern struct sqlite3 *db_handle;

/*
 * The connection will make a log (a file beside the database) of its own: after its first commit
 * the folder is synced. (SQLite would do so at every connection's first commit.)
 */
void db_new_log(int is_new);

/* Before the connection is closed: free all statements. Returns whether it has written anything. */
int db_forget(void);

/* The natural logarithm of a positive number, for SQLite's ranking (Makefile: SQLITE_FLAGS). */
double db_log(double x);

/* Report the connection's last error; `sql` may be NULL. Ends the program, or leaves a db_try(). */
_Noreturn void db_failed(const char *sql);

#endif
