/* db: the one SQLite connection of a program */
#include "db/db.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/failpoint.h"
#include "base/str.h"
#include "base/trace.h"
#include "db/db_handle.h"
#include "db/home.h"

enum { CACHE_FIRST = 256 /* slots; a power of two */ };

struct cached {
	const char *sql;
	struct db_statement *statement;
};

struct sqlite3 *db_handle;
int64_t db_busy_since;

/* the statements, by the address of their text; open addressing, at most half full */
static struct {
	struct cached *slots;
	size_t room, count;
} cache;
static int64_t changes_at_begin = -1; /* -1: nothing was written */
static int64_t seen_version = -1;
static int new_log; /* the folder has to be synced before the first commit */
static int trying;  /* inside db_try() */
static int failed;  /* one of its statements has failed: the others do nothing */
static struct str failure;

struct parameter {
	const char *name; /* a literal: its address identifies it */
	int index;
};

struct db_statement {
	sqlite3_stmt *raw;
	int known, room, last; /* parameters looked up so far, and which one was bound last */
	struct parameter parameters[];
};

/* what db_prepare() returns after a failure */
static struct db_statement nothing;

static sqlite3_stmt *raw(struct db_statement *s)
{
	return s->raw;
}

/* whether the error may go away by itself: a service tries again later */
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

void db_failed(const char *sql)
{
	int code = sqlite3_extended_errcode(db_handle);
	const char *reason = sqlite3_errmsg(db_handle);

	if (failed)
		return;
	str_clear(&failure);
	str_addf(&failure, "%s: %s%s", home_path() ? home_file("bgjob.db") : "store",
		(code & 0xff) == SQLITE_BUSY ? "busy" : reason, cure(code));
	if (sql && (code & 0xff) != SQLITE_BUSY)
		str_addf(&failure, ": in \"%s\"", sql);
	failed = trying && passes(code);
	if (!failed)
		die_system("%s", failure.data);
}

void db_fail(const char *fmt, ...)
{
	int error = errno;
	va_list args;

	if (failed)
		return;
	str_clear(&failure);
	va_start(args, fmt);
	str_addv(&failure, fmt, args);
	va_end(args);
	str_addf(&failure, ": %s", strerror(error));
	failed = trying;
	if (!failed)
		die_system("%s", failure.data);
}

int db_failing(void)
{
	return failed;
}

static void show_wait(const char *sql)
{
	trace(TRACE_LOCK, "the store was busy for %lld ms: %s",
		(long long)(clock_boot() - db_busy_since), sql);
	db_busy_since = 0;
}

static void check_code(int code, const char *sql)
{
	if (db_busy_since)
		show_wait(sql);
	if (code != SQLITE_OK)
		db_failed(sql);
}

int db_forget(void)
{
	int wrote = changes_at_begin >= 0;

	for (size_t i = 0; i < cache.room; i++)
		db_free(cache.slots[i].statement);
	free(cache.slots);
	memset(&cache, 0, sizeof(cache));
	seen_version = -1;
	return wrote;
}

struct db_statement *db_compile(const char *sql)
{
	struct db_statement *s;
	sqlite3_stmt *compiled = NULL;
	int room = 0;

	if (!failed)
		check_code(sqlite3_prepare_v3(db_handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
				   &compiled, NULL),
			sql);
	if (compiled)
		room = sqlite3_bind_parameter_count(compiled);
	s = mem_zero(1, sizeof(*s) + (size_t)room * sizeof(*s->parameters));
	s->raw = compiled;
	s->room = room;
	return s;
}

void db_free(struct db_statement *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->raw);
	free(s);
}

/* the statement's slot, or the empty one where it belongs */
static struct cached *find_slot(const char *sql)
{
	size_t slot = ((uintptr_t)sql >> 3) * 2654435761u & (cache.room - 1);

	while (cache.slots[slot].sql && cache.slots[slot].sql != sql)
		slot = (slot + 1) & (cache.room - 1);
	return &cache.slots[slot];
}

static void grow_cache(void)
{
	struct cached *old = cache.slots;
	size_t room = cache.room;

	cache.room = room ? 2 * room : CACHE_FIRST;
	cache.slots = mem_zero(cache.room, sizeof(*cache.slots));
	for (size_t i = 0; i < room; i++)
		if (old[i].sql)
			*find_slot(old[i].sql) = old[i];
	free(old);
}

struct db_statement *db_prepare(const char *sql)
{
	struct db_statement *compiled;
	struct cached *slot;

	if (failed)
		return &nothing;
	if (2 * cache.count >= cache.room)
		grow_cache();
	slot = find_slot(sql);
	if (!slot->sql) {
		compiled = db_compile(sql);
		if (failed) {
			db_free(compiled);
			return &nothing;
		}
		*slot = (struct cached){ sql, compiled };
		cache.count++;
	}
	if (sqlite3_stmt_busy(slot->statement->raw))
		die_system("statement used while in use: %s", sql);
	return slot->statement;
}

static int look_up(struct db_statement *s, const char *name)
{
	int index = sqlite3_bind_parameter_index(raw(s), name);

	if (index == 0)
		die_system("no parameter %s in: %s", name, sqlite3_sql(raw(s)));
	/* the list is full only if two literals hold the same name */
	if (s->known < s->room)
		s->parameters[s->known++] = (struct parameter){ name, index };
	return index;
}

/* usually the one after the last: a function binds in the same order each time */
static int parameter(struct db_statement *s, const char *name)
{
	if (s->last + 1 < s->known && s->parameters[s->last + 1].name == name)
		return s->parameters[++s->last].index;
	for (int i = 0; i < s->known; i++) {
		if (s->parameters[i].name == name) {
			s->last = i;
			return s->parameters[i].index;
		}
	}
	return look_up(s, name);
}

void db_bind_int(struct db_statement *s, const char *name, int64_t value)
{
	if (failed)
		return;
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
	if (failed)
		return;
	check_code(sqlite3_bind_text(raw(s), parameter(s, name), text, -1, SQLITE_STATIC),
		sqlite3_sql(raw(s)));
}

void db_bind_blob(struct db_statement *s, const char *name, const void *data, size_t n)
{
	if (failed)
		return;
	/* a NULL pointer would bind NULL, which is not an empty blob */
	check_code(
		sqlite3_bind_blob64(raw(s), parameter(s, name), data ? data : "", n, SQLITE_STATIC),
		sqlite3_sql(raw(s)));
}

void db_bind_zeroblob(struct db_statement *s, const char *name, size_t n)
{
	if (failed)
		return;
	check_code(sqlite3_bind_zeroblob64(raw(s), parameter(s, name), n), sqlite3_sql(raw(s)));
}

void db_bind_null(struct db_statement *s, const char *name)
{
	if (failed)
		return;
	check_code(sqlite3_bind_null(raw(s), parameter(s, name)), sqlite3_sql(raw(s)));
}

int db_step(struct db_statement *s)
{
	int code = failed ? SQLITE_DONE : sqlite3_step(raw(s));

	if (db_busy_since)
		show_wait(sqlite3_sql(raw(s)));
	if (code == SQLITE_ROW)
		return 1;
	if (code != SQLITE_DONE)
		db_failed(sqlite3_sql(raw(s)));
	db_end(s);
	return 0;
}

void db_end(struct db_statement *s)
{
	if (!raw(s))
		return;
	sqlite3_reset(raw(s));
	sqlite3_clear_bindings(raw(s));
}

int64_t db_run(struct db_statement *s)
{
	int64_t before = sqlite3_total_changes64(db_handle);

	while (db_step(s))
		;
	return failed ? 0 : sqlite3_total_changes64(db_handle) - before;
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
	size_t room = 0;

	*count = 0;
	while (db_step(s)) {
		ids = mem_grow(ids, *count, &room, sizeof(*ids));
		ids[(*count)++] = db_int(s, 0);
	}
	return ids;
}

int64_t db_last_id(void)
{
	return failed ? 0 : sqlite3_last_insert_rowid(db_handle);
}

void db_exec(const char *sql)
{
	if (!failed)
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

/*
 * SQLite has created the log at the first read; its directory entry must be durable before a
 * commit is
 */
static void sync_log(void)
{
	if (new_log && fsync(home_dir()) < 0)
		db_fail("cannot sync %s", home_path());
	else
		new_log = 0;
}

void db_commit(void)
{
	if (sqlite3_total_changes64(db_handle) != changes_at_begin)
		home_wake_prepare();
	sync_log();
	failpoint("before-commit");
	db_run(db_prepare("COMMIT"));
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
	int status;

	trying = 1;
	db_begin();
	if (!failed)
		work(arg);
	if (!failed)
		db_commit();
	status = failed ? -1 : 0;
	trying = failed = 0;
	if (status < 0)
		db_rollback();
	return status;
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
	sqlite3_blob *blob = NULL;

	if (!failed)
		check_code(sqlite3_blob_open(db_handle, "main", table, column, rowid, write, &blob),
			"blob_open");
	return (struct db_blob *)(void *)blob;
}

void db_blob_write(struct db_blob *b, const void *data, size_t n, size_t offset)
{
	if (failed)
		return;
	check_code(sqlite3_blob_write((sqlite3_blob *)(void *)b, data, (int)n, (int)offset),
		"blob_write");
}

void db_blob_read(struct db_blob *b, void *data, size_t n, size_t offset)
{
	memset(data, 0, failed ? n : 0);
	if (failed)
		return;
	check_code(sqlite3_blob_read((sqlite3_blob *)(void *)b, data, (int)n, (int)offset),
		"blob_read");
}

void db_blob_close(struct db_blob *b)
{
	sqlite3_blob_close((sqlite3_blob *)(void *)b);
}
