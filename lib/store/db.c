/* db: the one SQLite connection of a program */
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/failpoint.h"
#include "base/str.h"
#include "store/home.h"
#include "store/schema.h"

enum { CACHE_SLOTS = 256 };

static sqlite3 *db;
static struct {
	const char *sql;
	sqlite3_stmt *statement;
} cache[CACHE_SLOTS];
static int64_t changes_at_begin;
static int64_t seen_version = -1;
static jmp_buf *retreat; /* set inside db_try() */
static struct str failure;

static sqlite3_stmt *raw(struct db_statement *s)
{
	return (sqlite3_stmt *)(void *)s;
}

/* what may go away by itself: a service tries again later */
static int passes(int code)
{
	int kind = code & 0xff;

	return kind == SQLITE_FULL || kind == SQLITE_IOERR || kind == SQLITE_BUSY ||
		kind == SQLITE_CANTOPEN;
}

static const char *cure(int code)
{
	switch (code & 0xff) {
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return " (the store is damaged: bgjob-recover --check says more; "
		       "restore a copy that bgjob-backup made)";
	case SQLITE_FULL: return " (make room on the disk)";
	case SQLITE_BUSY: return " (another program has held the store for a minute)";
	default: return "";
	}
}

_Noreturn static void failed(const char *sql)
{
	int code = sqlite3_extended_errcode(db);
	const char *reason = sqlite3_errmsg(db);

	str_clear(&failure);
	str_addf(&failure, "%s: %s%s", home_path() ? home_file("bgjob.db") : "store",
		(code & 0xff) == SQLITE_BUSY ? "busy" : reason, cure(code));
	if (sql && (code & 0xff) != SQLITE_BUSY)
		str_addf(&failure, ": in \"%s\"", sql);
	if (retreat && passes(code))
		longjmp(*retreat, 1);
	die_system("%s", failure.data);
}

static void check(int code, const char *sql)
{
	if (code != SQLITE_OK)
		failed(sql);
}

/*
 * Called for every lock that is taken. Short sleeps first: a writer holds the
 * lock for well under a millisecond. Gives up after a minute.
 */
static int busy(void *unused, int count)
{
	struct timespec pause = { 0 };
	long us = count < 20 ? 50 + 50L * count : count < 100 ? 2000 : 10000;
	static int64_t since;

	(void)unused;
	if (count == 0)
		since = clock_boot();
	if (clock_boot() - since > CLOCK_MINUTE)
		return 0;
	pause.tv_nsec = (us + (long)getpid() % 64) * 1000;
	nanosleep(&pause, NULL);
	return 1;
}

static int trace(unsigned kind, void *unused, void *statement, void *text)
{
	(void)unused;
	(void)statement;
	if (kind == SQLITE_TRACE_STMT)
		fprintf(stderr, "%s: sql: %s\n", die_program(), (const char *)text);
	return 0;
}

const char *db_library(void)
{
	return sqlite3_libversion();
}

int db_library_affected(int version)
{
	if (version >= 3051003 || version < 3007000)
		return 0;
	if (version >= 3050007 && version < 3051000)
		return 0;
	return !(version >= 3044006 && version < 3045000);
}

static void connect(const char *path, int flags)
{
	if (db_library_affected(sqlite3_libversion_number()))
		die_system("SQLite %s can lose committed writes (WAL-reset bug): build with 3.51.3 "
			   "or later, see share/setup",
			sqlite3_libversion());
	if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
		    NULL) != SQLITE_OK)
		die_system("cannot open %s: %s", path,
			db && sqlite3_system_errno(db) ? strerror(sqlite3_system_errno(db))
						       : sqlite3_errmsg(db));
	sqlite3_busy_handler(db, busy, NULL);
	if (arg_verbose())
		sqlite3_trace_v2(db, SQLITE_TRACE_STMT, trace, NULL);
}

static void settle_connection(void)
{
	/* leaving the WAL at close avoids the one lock that SQLite takes without waiting */
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	db_exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
		"PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -1500;"
		"PRAGMA journal_size_limit = 16777216; PRAGMA wal_autocheckpoint = 2000");
}

/* what lies beside the database file is opened by SQLite, which follows links there */
static void check_file(const char *name, int required)
{
	struct stat st;

	if (lstat(home_file(name), &st) < 0) {
		if (required || errno != ENOENT)
			die_errno("cannot open %s", home_file(name));
		return;
	}
	if (!S_ISREG(st.st_mode))
		die_system("%s is no regular file", home_file(name));
	if (st.st_uid != geteuid())
		die_system("%s belongs to user %u, not to you (%u)", home_file(name),
			(unsigned)st.st_uid, (unsigned)geteuid());
	if (required && st.st_size == 0)
		die_system(
			"%s is empty, so it is damaged: restore a copy that bgjob-backup made, or "
			"remove it to start anew",
			home_file(name));
}

static int store_exists(void)
{
	struct stat st;

	return fstatat(home_dir(), "bgjob.db", &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* built under another name and renamed, so that a store that is there is always whole */
static void create_store(void)
{
	char name[64];
	int lock = home_lock("store.lock", 0, 1, 1);

	if (!store_exists()) {
		snprintf(name, sizeof(name), "bgjob.db.new-%ld", (long)getpid());
		unlinkat(home_dir(), name, 0);
		connect(home_file(name), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
		schema_create();
		if (sqlite3_close(db) != SQLITE_OK)
			failed(NULL);
		db = NULL;
		if (renameat(home_dir(), name, home_dir(), "bgjob.db") < 0 || fsync(home_dir()) < 0)
			die_errno("cannot create %s", home_file("bgjob.db"));
	}
	close(lock);
}

int db_open(enum db_mode mode)
{
	umask(077);
	if (home_open(mode == DB_WRITE) < 0)
		return -1;
	if (!store_exists()) {
		if (mode == DB_READ)
			return -1;
		create_store();
	}
	check_file("bgjob.db", 1);
	check_file("bgjob.db-wal", 0);
	check_file("bgjob.db-shm", 0);
	connect(home_file("bgjob.db"), SQLITE_OPEN_READWRITE);
	if (sqlite3_db_readonly(db, "main") == 1)
		die_system("%s may not be written (read-only file or file system)",
			home_file("bgjob.db"));
	schema_check();
	settle_connection();
	return 0;
}

void db_open_file(const char *path)
{
	connect(path, SQLITE_OPEN_READONLY);
}

static void forget_statements(void)
{
	for (int i = 0; i < CACHE_SLOTS; i++) {
		sqlite3_finalize(cache[i].statement);
		cache[i].statement = NULL;
		cache[i].sql = NULL;
	}
}

void db_close(void)
{
	if (!db)
		return;
	forget_statements();
	sqlite3_close(db);
	db = NULL;
	seen_version = -1;
}

struct db_statement *db_compile(const char *sql)
{
	sqlite3_stmt *statement;

	check(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), sql);
	return (struct db_statement *)(void *)statement;
}

void db_free(struct db_statement *s)
{
	sqlite3_finalize(raw(s));
}

struct db_statement *db_prepare(const char *sql)
{
	size_t slot = ((uintptr_t)sql >> 3) * 2654435761u % CACHE_SLOTS;

	while (cache[slot].sql && cache[slot].sql != sql)
		slot = (slot + 1) % CACHE_SLOTS;
	if (!cache[slot].sql) {
		cache[slot].statement = raw(db_compile(sql));
		cache[slot].sql = sql;
	}
	if (sqlite3_stmt_busy(cache[slot].statement))
		die_system("statement used while in use: %s", sql);
	return (struct db_statement *)(void *)cache[slot].statement;
}

static int parameter(struct db_statement *s, const char *name)
{
	int index = sqlite3_bind_parameter_index(raw(s), name);

	if (index == 0)
		die_system("no parameter %s in: %s", name, sqlite3_sql(raw(s)));
	return index;
}

void db_bind_int(struct db_statement *s, const char *name, int64_t value)
{
	check(sqlite3_bind_int64(raw(s), parameter(s, name), value), sqlite3_sql(raw(s)));
}

void db_bind_positive(struct db_statement *s, const char *name, int64_t value)
{
	if (value < 0)
		db_bind_null(s, name);
	else
		db_bind_int(s, name, value);
}

void db_bind_text(struct db_statement *s, const char *name, const char *text)
{
	check(sqlite3_bind_text(raw(s), parameter(s, name), text, -1, SQLITE_STATIC),
		sqlite3_sql(raw(s)));
}

void db_bind_blob(struct db_statement *s, const char *name, const void *data, size_t n)
{
	/* a NULL pointer would bind NULL: an empty blob is not that */
	check(sqlite3_bind_blob64(raw(s), parameter(s, name), data ? data : "", n, SQLITE_STATIC),
		sqlite3_sql(raw(s)));
}

void db_bind_zeroblob(struct db_statement *s, const char *name, size_t n)
{
	check(sqlite3_bind_zeroblob64(raw(s), parameter(s, name), n), sqlite3_sql(raw(s)));
}

void db_bind_null(struct db_statement *s, const char *name)
{
	check(sqlite3_bind_null(raw(s), parameter(s, name)), sqlite3_sql(raw(s)));
}

int db_step(struct db_statement *s)
{
	int code = sqlite3_step(raw(s));

	if (code == SQLITE_ROW)
		return 1;
	if (code != SQLITE_DONE)
		failed(sqlite3_sql(raw(s)));
	db_end(s);
	return 0;
}

void db_end(struct db_statement *s)
{
	sqlite3_reset(raw(s));
	sqlite3_clear_bindings(raw(s));
}

int64_t db_run(struct db_statement *s)
{
	int64_t before = sqlite3_total_changes64(db);

	while (db_step(s))
		;
	return sqlite3_total_changes64(db) - before;
}

int64_t db_int(struct db_statement *s, int column)
{
	return sqlite3_column_int64(raw(s), column);
}

int64_t db_int_or(struct db_statement *s, int column, int64_t if_null)
{
	if (sqlite3_column_type(raw(s), column) == SQLITE_NULL)
		return if_null;
	return sqlite3_column_int64(raw(s), column);
}

const char *db_text(struct db_statement *s, int column)
{
	return (const char *)sqlite3_column_text(raw(s), column);
}

const void *db_blob(struct db_statement *s, int column, size_t *n)
{
	const void *data = sqlite3_column_blob(raw(s), column);

	*n = (size_t)sqlite3_column_bytes(raw(s), column);
	return data;
}

int db_columns(struct db_statement *s)
{
	return sqlite3_column_count(raw(s));
}

int64_t db_last_id(void)
{
	return sqlite3_last_insert_rowid(db);
}

void db_exec(const char *sql)
{
	check(sqlite3_exec(db, sql, NULL, NULL, NULL), sql);
}

int64_t db_query_int(const char *sql)
{
	struct db_statement *s = db_compile(sql);
	int64_t value = db_step(s) ? db_int(s, 0) : 0;

	db_free(s);
	return value;
}

void db_begin(void)
{
	db_run(db_prepare("BEGIN IMMEDIATE"));
	changes_at_begin = sqlite3_total_changes64(db);
}

void db_commit(void)
{
	failpoint("before-commit");
	db_run(db_prepare("COMMIT"));
	failpoint("after-commit");
	if (sqlite3_total_changes64(db) != changes_at_begin)
		home_wake();
}

void db_rollback(void)
{
	for (int i = 0; i < CACHE_SLOTS; i++)
		if (cache[i].statement)
			sqlite3_reset(cache[i].statement);
	if (!sqlite3_get_autocommit(db))
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

void db_snapshot(void)
{
	db_run(db_prepare("BEGIN"));
}

int db_try(void (*work)(void *arg), void *arg)
{
	jmp_buf here;

	if (setjmp(here)) {
		retreat = NULL;
		db_rollback();
		return -1;
	}
	retreat = &here;
	db_begin();
	work(arg);
	db_commit();
	retreat = NULL;
	return 0;
}

const char *db_error(void)
{
	return failure.data ? failure.data : "";
}

int db_changed(void)
{
	struct db_statement *s = db_prepare("PRAGMA data_version");
	int64_t version = db_step(s) ? db_int(s, 0) : 0;
	int changed = version != seen_version;

	db_end(s);
	seen_version = version;
	return changed;
}

struct db_blob *db_blob_open(const char *table, const char *column, int64_t rowid, int write)
{
	sqlite3_blob *blob;

	check(sqlite3_blob_open(db, "main", table, column, rowid, write, &blob), "blob_open");
	return (struct db_blob *)(void *)blob;
}

void db_blob_write(struct db_blob *b, const void *data, size_t n, size_t offset)
{
	check(sqlite3_blob_write((sqlite3_blob *)(void *)b, data, (int)n, (int)offset),
		"blob_write");
}

void db_blob_read(struct db_blob *b, void *data, size_t n, size_t offset)
{
	check(sqlite3_blob_read((sqlite3_blob *)(void *)b, data, (int)n, (int)offset), "blob_read");
}

size_t db_blob_size(struct db_blob *b)
{
	return (size_t)sqlite3_blob_bytes((sqlite3_blob *)(void *)b);
}

void db_blob_close(struct db_blob *b)
{
	sqlite3_blob_close((sqlite3_blob *)(void *)b);
}
