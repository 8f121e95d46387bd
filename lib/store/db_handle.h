/* db_handle: what the two files of db share, and nobody else */
#ifndef STORE_DB_HANDLE_H
#define STORE_DB_HANDLE_H

struct sqlite3;

/* The open connection, or NULL. */
extern struct sqlite3 *db_handle;

/* Report the connection's last error; `sql` may be NULL. Ends the program, or leaves a db_try(). */
_Noreturn void db_failed(const char *sql);

#endif
