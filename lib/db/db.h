/* db: the one SQLite connection of a program; the only file that includes sqlite3.h.
 * Errors end the program (exit 3) with the failing SQL, except inside db_try(). */
#ifndef DB_DB_H
#define DB_DB_H

#include <stddef.h>
#include <stdint.h>

#include "base/die.h"

struct db_statement;

/*
 * Open $BGJOB_HOME/bgjob.db. DB_WRITE creates it if it does not exist; DB_READ returns -1 then.
 * Either brings an older schema up to date. A damaged file, a newer schema, a folder that belongs
 * to another user or is on a network file system, and a SQLite library with the WAL-reset bug end
 * the program with a message that says what to do. The connection must not be carried across fork.
 */
enum db_mode { DB_READ, DB_WRITE };
int db_open(enum db_mode mode);

/* Open any other store file read-only, to check it (bgjob-backup, tests). */
void db_open_file(const char *path);

void db_close(void);

/* The SQLite library's version. */
const char *db_library(void);

/*
 * A statement, compiled once: `sql` must be a string literal, since its address
 * is the key. It is in use from the first db_step() until one returns 0, or
 * until db_end(); preparing it again meanwhile is an error in the program.
 */
struct db_statement *db_prepare(const char *sql);

/*
 * Bind by name, as in ":id". NULL text or data binds NULL. The memory must stay
 * valid until the last db_step().
 */
void db_bind_int(struct db_statement *s, const char *name, int64_t value);
void db_bind_text(struct db_statement *s, const char *name, const char *text);
void db_bind_blob(struct db_statement *s, const char *name, const void *data, size_t n);
void db_bind_null(struct db_statement *s, const char *name);
void db_bind_zeroblob(struct db_statement *s, const char *name, size_t n);

/* A value below 0 is bound as NULL. */
void db_bind_positive(struct db_statement *s, const char *name, int64_t value);

/* 1: a row is there; 0: no more rows, the statement is reset and its bindings are cleared. */
int db_step(struct db_statement *s);
void db_end(struct db_statement *s);

/* Run to the end. Returns the number of rows changed. */
int64_t db_run(struct db_statement *s);

/*
 * Run it and return the first column of its first row; `otherwise` if there is no
 * row or it is NULL.
 */
int64_t db_first(struct db_statement *s, int64_t otherwise);

/* Columns count from 0. Texts and blobs stay valid until the next step. NULL reads as 0 or NULL. */
int64_t db_int(struct db_statement *s, int column);
int64_t db_int_or(struct db_statement *s, int column, int64_t if_null);
const char *db_text(struct db_statement *s, int column);
const void *db_blob(struct db_statement *s, int column, size_t *n);

/*
 * Run it to the end. Returns the first column of each row, *count of them, in
 * memory that the caller frees.
 */
int64_t *db_ids(struct db_statement *s, size_t *count);

int64_t db_last_id(void);

/* Run SQL that takes no values (schema, pragmas). */
void db_exec(const char *sql);

/* The first column of the first row, 0 if none. Not cached: for pragmas. */
int64_t db_query_int(const char *sql);

/*
 * Compile SQL put together at run time, from fixed parts and never from values.
 * Free with db_free().
 */
struct db_statement *db_compile(const char *sql);
void db_free(struct db_statement *s);

/*
 * BEGIN IMMEDIATE ... COMMIT. A commit that changed something wakes everyone
 * who waits. db_snapshot() begins a read transaction, which sees one state.
 */
void db_begin(void);
void db_commit(void);
void db_rollback(void);
void db_snapshot(void);

/*
 * The same without a sync: a crash of the machine (not of the program) may undo it,
 * unless a later commit was synced. Not inside db_try().
 */
void db_begin_light(void);
void db_commit_light(void);

/*
 * Run work(arg) in a transaction; for services. Returns 0 when it is
 * committed; -1 when there was no space, the disk failed or the store stayed
 * busy: then everything is rolled back, and db_error() says why.
 *
 * work() always runs to its end, so it frees what it owns as any other
 * function does. After a failure, though, the store looks empty: reads find no
 * row, writes change none, db_last_id() is 0. Therefore work() must
 * not loop until a row appears; and before it does something outside the
 * store (removes a file, signals a process, ends the program) because a row is
 * missing, it asks db_failing(). What it leaves in *arg is not committed: the
 * caller frees it, or tries again with it.
 */
int db_try(void (*work)(void *arg), void *arg);
const char *db_error(void);

/* Whether the work of the current db_try() has failed; 0 outside of one. */
int db_failing(void);

/*
 * Something that belongs to the transaction failed outside the database (a
 * file, with errno set): inside db_try() it fails as after a failed write; else
 * the program ends with "MESSAGE: strerror(errno)", exit 3.
 */
void db_fail(const char *fmt, ...) DIE_PRINTF(1, 2);

/* Whether another connection has committed since the last call. */
int db_changed(void);

/* Write or read a blob column in pieces. */
struct db_blob;
struct db_blob *db_blob_open(const char *table, const char *column, int64_t rowid, int write);
void db_blob_write(struct db_blob *b, const void *data, size_t n, size_t offset);
void db_blob_read(struct db_blob *b, void *data, size_t n, size_t offset);
void db_blob_close(struct db_blob *b);

#endif
