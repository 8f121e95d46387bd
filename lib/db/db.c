/* db: the one SQLite connection of a program */
#include "db/db.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/die.h"
#include "base/failpoint.h"
#include "base/str.h"
#include "db/db_handle.h"
#include "db/home.h"

enum { CACHE_SLOTS = 256, PARAMETERS = 24 };

struct sqlite3 *db_handle;
static struct {
	const char *sql;
	struct db_statement *statement;
} cache[CACHE_SLOTS];
static int64_t changes_at_begin = -1; /* -1: nothing was written */
static int64_t seen_version = -1;
static int new_log;      /* the folder is to be synced after the first commit */
static jmp_buf *retreat; /* set inside db_try() */
static struct str failure;
static sqlite3_blob *open_blob; /* to be closed when db_try() is left half-way */

/* Names are literals: their addresses tell them apart, after the first look-up of each. */
struct db_statement {
	sqlite3_stmt *raw;
	const char *names[PARAMETERS];
	int indexes[PARAMETERS];
	int known, last; /* parameters, and where the last one was found */
};

static sqlite3_stmt *raw(struct db_statement *s)
{
	return s->raw;
}

/* what may go away by itself: a service tries again later */
static int passes(int code)
{
	int kind = code & 0xff;

	return kind == SQLITE_FULL || kind == SQLITE_IOERR || kind == SQLITE_BUSY ||
		kind == SQLITE_CANTOPEN || kind == SQLITE_PROTOCOL;
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

_Noreturn void db_failed(const char *sql)
{
	int code = sqlite3_extended_errcode(db_handle);
	const char *reason = sqlite3_errmsg(db_handle);

	str_clear(&failure);
	str_addf(&failure, "%s: %s%s", home_path() ? home_file("bgjob.db") : "store",
		(code & 0xff) == SQLITE_BUSY ? "busy" : reason, cure(code));
	if (sql && (code & 0xff) != SQLITE_BUSY)
		str_addf(&failure, ": in \"%s\"", sql);
	if (retreat && passes(code))
		longjmp(*retreat, 1);
	die_system("%s", failure.data);
}

static void check_code(int code, const char *sql)
{
	if (code != SQLITE_OK)
		db_failed(sql);
}

int db_forget(void)
{
	int wrote = changes_at_begin >= 0;

	for (int i = 0; i < CACHE_SLOTS; i++) {
		db_free(cache[i].statement);
		cache[i].statement = NULL;
		cache[i].sql = NULL;
	}
	seen_version = -1;
	return wrote;
}

struct db_statement *db_compile(const char *sql)
{
	struct db_statement *s = mem_zero(1, sizeof(*s));

	check_code(sqlite3_prepare_v3(db_handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->raw, NULL),
		sql);
	return s;
}

void db_free(struct db_statement *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->raw);
	free(s);
}

struct db_statement *db_prepare(const char *sql)
{
	size_t slot = ((uintptr_t)sql >> 3) * 2654435761u % CACHE_SLOTS;

	while (cache[slot].sql && cache[slot].sql != sql)
		slot = (slot + 1) % CACHE_SLOTS;
	if (!cache[slot].sql) {
		cache[slot].statement = db_compile(sql);
		cache[slot].sql = sql;
	}
	if (sqlite3_stmt_busy(cache[slot].statement->raw))
		die_system("statement used while in use: %s", sql);
	return cache[slot].statement;
}

static int look_up(struct db_statement *s, const char *name)
{
	int index = sqlite3_bind_parameter_index(raw(s), name);

	if (index == 0)
		die_system("no parameter %s in: %s", name, sqlite3_sql(raw(s)));
	if (s->known < PARAMETERS) {
		s->names[s->known] = name;
		s->indexes[s->known++] = index;
	}
	return index;
}

/* mostly the one behind the last: a function binds in the same order each time */
static int parameter(struct db_statement *s, const char *name)
{
	if (s->last + 1 < s->known && s->names[s->last + 1] == name)
		return s->indexes[++s->last];
	for (int i = 0; i < s->known; i++) {
		if (s->names[i] == name) {
			s->last = i;
			return s->indexes[i];
		}
	}
	return look_up(s, name);
}

void db_bind_int(struct db_statement *s, const char *name, int64_t value)
{
	check_code(sqlite3_bind_int64(raw(s), parameter(s, name), value), sqlite3_sql(raw(s)));
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
	check_code(sqlite3_bind_text(raw(s), parameter(s, name), text, -1, SQLITE_STATIC),
		sqlite3_sql(raw(s)));
}

void db_bind_blob(struct db_statement *s, const char *name, const void *data, size_t n)
{
	/* a NULL pointer would bind NULL: an empty blob is not that */
	check_code(
		sqlite3_bind_blob64(raw(s), parameter(s, name), data ? data : "", n, SQLITE_STATIC),
		sqlite3_sql(raw(s)));
}

void db_bind_zeroblob(struct db_statement *s, const char *name, size_t n)
{
	check_code(sqlite3_bind_zeroblob64(raw(s), parameter(s, name), n), sqlite3_sql(raw(s)));
}

void db_bind_null(struct db_statement *s, const char *name)
{
	check_code(sqlite3_bind_null(raw(s), parameter(s, name)), sqlite3_sql(raw(s)));
}

int db_step(struct db_statement *s)
{
	int code = sqlite3_step(raw(s));

	if (code == SQLITE_ROW)
		return 1;
	if (code != SQLITE_DONE)
		db_failed(sqlite3_sql(raw(s)));
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
	int64_t before = sqlite3_total_changes64(db_handle);

	while (db_step(s))
		;
	return sqlite3_total_changes64(db_handle) - before;
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

int64_t db_first(struct db_statement *s, int64_t otherwise)
{
	int64_t value = db_step(s) ? db_int_or(s, 0, otherwise) : otherwise;

	db_end(s);
	return value;
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

int64_t *db_ids(struct db_statement *s, size_t *count)
{
	int64_t *ids = NULL;

	*count = 0;
	while (db_step(s)) {
		ids = mem_resize(ids, *count + 1, sizeof(*ids));
		ids[(*count)++] = db_int(s, 0);
	}
	return ids;
}

int64_t db_last_id(void)
{
	return sqlite3_last_insert_rowid(db_handle);
}

void db_exec(const char *sql)
{
	check_code(sqlite3_exec(db_handle, sql, NULL, NULL, NULL), sql);
}

int64_t db_query_int(const char *sql)
{
	struct db_statement *s = db_compile(sql);
	int64_t value = db_first(s, 0);

	db_free(s);
	return value;
}

void db_begin(void)
{
	db_run(db_prepare("BEGIN IMMEDIATE"));
	changes_at_begin = sqlite3_total_changes64(db_handle);
}

void db_new_log(int is_new)
{
	new_log = is_new;
}

static void sync_log(void)
{
	if (new_log && fsync(home_dir()) < 0)
		die_errno("cannot sync %s", home_path());
	new_log = 0;
}

void db_commit(void)
{
	if (sqlite3_total_changes64(db_handle) != changes_at_begin)
		home_wake_prepare();
	failpoint("before-commit");
	db_run(db_prepare("COMMIT"));
	sync_log();
	failpoint("after-commit");
	home_wake();
}

void db_begin_light(void)
{
	db_exec("PRAGMA synchronous = NORMAL");
	db_begin();
}

void db_commit_light(void)
{
	db_commit();
	db_exec("PRAGMA synchronous = FULL");
}

void db_rollback(void)
{
	if (open_blob) {
		sqlite3_blob_close(open_blob);
		open_blob = NULL;
	}
	for (sqlite3_stmt *each = NULL; (each = sqlite3_next_stmt(db_handle, each));)
		sqlite3_reset(each);
	if (!sqlite3_get_autocommit(db_handle))
		sqlite3_exec(db_handle, "ROLLBACK", NULL, NULL, NULL);
	home_wake();
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
	int64_t version = db_first(s, 0);
	int changed = version != seen_version;

	seen_version = version;
	return changed;
}

struct db_blob *db_blob_open(const char *table, const char *column, int64_t rowid, int write)
{
	sqlite3_blob *blob;

	check_code(sqlite3_blob_open(db_handle, "main", table, column, rowid, write, &blob),
		"blob_open");
	open_blob = blob;
	return (struct db_blob *)(void *)blob;
}

void db_blob_write(struct db_blob *b, const void *data, size_t n, size_t offset)
{
	check_code(sqlite3_blob_write((sqlite3_blob *)(void *)b, data, (int)n, (int)offset),
		"blob_write");
}

void db_blob_read(struct db_blob *b, void *data, size_t n, size_t offset)
{
	check_code(sqlite3_blob_read((sqlite3_blob *)(void *)b, data, (int)n, (int)offset),
		"blob_read");
}

void db_blob_close(struct db_blob *b)
{
	open_blob = NULL;
	sqlite3_blob_close((sqlite3_blob *)(void *)b);
}
