/* db_open: create, check and open the store */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/trace.h"
#include "db/db.h"
#include "db/db_handle.h"
#include "db/home.h"
#include "db/schema.h"

/*
 * Called while another connection holds a lock that we need. Sleeps are short
 * at first, since a writer holds the lock for well under a millisecond. Gives
 * up after a minute.
 */
static int busy(void *unused, int count)
{
	struct timespec pause = { 0 };
	long us = count < 20 ? 50 + 50L * count : count < 100 ? 2000 : 10000;

	(void)unused;
	if (count == 0)
		db_busy_since = clock_boot();
	if (clock_boot() - db_busy_since > CLOCK_MINUTE)
		return 0;
	pause.tv_nsec = (us + (long)getpid() % 64) * 1000;
	nanosleep(&pause, NULL);
	return 1;
}

/* -v shows each statement when it begins, BGJOB_TRACE=sql when it has ended and how long it took */
static int show_statement(unsigned kind, void *unused, void *statement, void *what)
{
	/* SQLite measures in whole milliseconds; used only if other statements ran in between */
	static struct timespec begun;
	static void *latest;
	struct timespec now;
	double ms;

	(void)unused;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (kind == SQLITE_TRACE_STMT) {
		begun = now;
		latest = statement;
		if (!trace_on(TRACE_SQL))
			fprintf(stderr, "%s: sql: %s\n", die_program(), (const char *)what);
		return 0;
	}
	ms = (double)*(sqlite3_int64 *)what / 1e6;
	if (statement == latest)
		ms = (double)(now.tv_sec - begun.tv_sec) * 1e3 +
			(double)(now.tv_nsec - begun.tv_nsec) / 1e6;
	trace(TRACE_SQL, "%.3f ms: %s", ms, sqlite3_sql(statement));
	return 0;
}

static void show_statements(void)
{
	unsigned kinds = trace_on(TRACE_SQL) ? SQLITE_TRACE_STMT | SQLITE_TRACE_PROFILE
		: arg_verbose()              ? SQLITE_TRACE_STMT
					     : 0;

	if (kinds)
		sqlite3_trace_v2(db_handle, kinds, show_statement, NULL);
}

const char *db_library(void)
{
	return sqlite3_libversion();
}

/* whether it has the WAL-reset bug, fixed in 3.51.3, 3.50.7 and 3.44.6 */
static int library_affected(int version)
{
	if (version >= 3051003 || version < 3007000)
		return 0;
	if (version >= 3050007 && version < 3051000)
		return 0;
	return !(version >= 3044006 && version < 3045000);
}

static void connect(const char *path, int flags)
{
	if (library_affected(sqlite3_libversion_number()))
		die_system("SQLite %s can lose committed writes (WAL-reset bug): build with 3.51.3 "
			   "or later, see share/setup",
			sqlite3_libversion());
	if (!sqlite3_compileoption_used("ENABLE_FTS5"))
		die_system("SQLite %s was built without FTS5 (full-text search): use "
			   "another build, see share/setup",
			sqlite3_libversion());
	if (sqlite3_open_v2(path, &db_handle, flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
		    NULL) != SQLITE_OK)
		die_system("cannot open %s: %s", path,
			db_handle && sqlite3_system_errno(db_handle)
				? strerror(sqlite3_system_errno(db_handle))
				: sqlite3_errmsg(db_handle));
	sqlite3_busy_handler(db_handle, busy, NULL);
	show_statements();
}

static void settle_connection(void)
{
	/* not emptying the WAL at close avoids the one lock that SQLite takes without waiting */
	sqlite3_db_config(db_handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_db_config(db_handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	db_exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
		"PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -1500;"
		"PRAGMA journal_size_limit = 16777216; PRAGMA wal_autocheckpoint = 2000");
}

/* SQLite opens the files beside the database itself, and follows symbolic links there */
static void check_file(const char *name, int required)
{
	struct stat st;

	if (lstat(home_file(name), &st) < 0) {
		if (required || errno != ENOENT)
			die_errno("cannot open %s", home_file(name));
		return;
	}
	if (!S_ISREG(st.st_mode))
		die_system("%s is not a regular file", home_file(name));
	if (st.st_uid != geteuid())
		die_system("%s belongs to user %u, not to you (%u)", home_file(name),
			(unsigned)st.st_uid, (unsigned)geteuid());
	if (required && st.st_size == 0)
		die_system(
			"%s is empty, so it is damaged: restore a copy that bgjob-backup made, or "
			"remove it to start over",
			home_file(name));
}

/*
 * SQLite would replay a log onto whatever file is beside it. The header of a
 * copy that bgjob-backup made says that it has none (byte 18, fileformat2.html):
 * a log beside it belongs to another store. Read before the connection is made,
 * since closing any descriptor of the file drops SQLite's locks.
 */
static void check_log(void)
{
	unsigned char version = 2;
	struct stat st;
	int fd;

	if (fstatat(home_dir(), "bgjob.db-wal", &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_size == 0)
		return;
	fd = openat(home_dir(), "bgjob.db", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && pread(fd, &version, 1, 18) == 1 && version == 1)
		die_system("%s is a restored copy beside the log of the previous store: remove "
			   "bgjob.db-wal and bgjob.db-shm",
			home_file("bgjob.db"));
	if (fd >= 0)
		close(fd);
}

static int exists(const char *name)
{
	struct stat st;

	return fstatat(home_dir(), name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int store_exists(void)
{
	return exists("bgjob.db");
}

/* built under another name and renamed, so that an existing store is always complete */
static void create_store(void)
{
	int lock = home_lock("store.lock", 0, 1, 1);

	if (!store_exists()) {
		if (exists("bgjob.db-wal"))
			die_system("%s is gone, but its log is still there: restore a copy that "
				   "bgjob-backup made, or remove bgjob.db-* as well to start over",
				home_file("bgjob.db"));
		/* nobody else uses these while we hold the lock */
		unlinkat(home_dir(), "bgjob.db.new", 0);
		unlinkat(home_dir(), "bgjob.db.new-wal", 0);
		unlinkat(home_dir(), "bgjob.db.new-shm", 0);
		connect(home_file("bgjob.db.new"), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
		schema_create();
		if (sqlite3_close(db_handle) != SQLITE_OK)
			db_failed(NULL);
		db_handle = NULL;
		if (renameat(home_dir(), "bgjob.db.new", home_dir(), "bgjob.db") < 0 ||
			fsync(home_dir()) < 0)
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
	check_log();
	db_new_log(!exists("bgjob.db-wal"));
	connect(home_file("bgjob.db"), SQLITE_OPEN_READWRITE);
	if (sqlite3_db_readonly(db_handle, "main") == 1)
		die_system("%s is not writable (read-only file or file system)",
			home_file("bgjob.db"));
	schema_check();
	settle_connection();
	return 0;
}

/*
 * Without a pool nobody empties the log (see settle_connection()), and the next
 * program has to read all of it. TRUNCATE gives up at once if others use the store.
 */
static void tidy(void)
{
	enum { LOG_MAX = 1 << 20 };
	struct stat st;

	if (fstatat(home_dir(), "bgjob.db-wal", &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		st.st_size < LOG_MAX || home_locked("pool.lock", 1, 0))
		return;
	sqlite3_busy_handler(db_handle, NULL, NULL);
	sqlite3_wal_checkpoint_v2(db_handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

void db_open_file(const char *path)
{
	connect(path, SQLITE_OPEN_READONLY);
}

void db_close(void)
{
	if (!db_handle)
		return;
	if (db_forget())
		tidy();
	sqlite3_close(db_handle);
	db_handle = NULL;
}
