/* prune: remove finished jobs and what belongs to them */
#include "store/prune.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/str.h"
#include "db/db.h"
#include "db/home.h"
#include "store/result.h"

/* rows in one transaction */
enum { JOBS = 200, RUNS = 1000, MESSAGES = 500 };
enum { PAGES = 500 };

/*
 * Runs are removed as a whole. Delete the rows of runs whose jobs have all ended
 * before `before` (-1: at any time) and have ids below `below`; their jobs are
 * then removed like any others. A run that waited for another (after_id) stays
 * while its task has unfinished runs. At most 1000 in one call; returns how many.
 * Inside the caller's transaction.
 */
static int64_t prune_runs(int64_t before, int64_t below)
{
	/* a run without a job counts as being as old as the next job */
	struct db_statement *s =
		db_prepare("DELETE FROM task_run WHERE id IN (SELECT id FROM task_run AS r"
			   " WHERE (:before < 0 OR created_at < :before)"
			   " AND created_at < coalesce("
			   "  (SELECT created_at FROM job WHERE id = :below), :below)"
			   " AND NOT EXISTS (SELECT 1 FROM job WHERE run_id = r.id"
			   "  AND status IN ('queued', 'running'))"
			   " AND NOT EXISTS (SELECT 1 FROM job WHERE run_id = r.id"
			   "  AND (id >= :below OR (:before >= 0 AND completed_at >= :before)))"
			   /*
			    * task_run_capacity() of later runs looks through it at the run before
			    */
			   " AND (after_id IS NULL OR task_id NOT IN"
			   "  (SELECT task_id FROM task_run WHERE id IN (SELECT run_id FROM job"
			   "   WHERE run_id IS NOT NULL AND status IN ('queued', 'running'))))"
			   " LIMIT :limit)");

	db_bind_int(s, ":before", before);
	db_bind_int(s, ":below", below);
	db_bind_int(s, ":limit", RUNS);
	return db_run(s);
}

/* remove deleted tasks that have no run left */
static void prune_tasks(void)
{
	static const char *const owned[] = { "DELETE FROM task_user WHERE task_id IN"
					     " (SELECT id FROM task WHERE deleted_at IS NOT NULL"
					     "  AND NOT EXISTS (SELECT 1 FROM task_run"
					     "   WHERE task_id = task.id))",
		"DELETE FROM task_notify WHERE task_id IN"
		" (SELECT id FROM task WHERE deleted_at IS NOT NULL"
		"  AND NOT EXISTS (SELECT 1 FROM task_run WHERE task_id = task.id))",
		"DELETE FROM task WHERE deleted_at IS NOT NULL"
		" AND NOT EXISTS (SELECT 1 FROM task_run WHERE task_id = task.id)" };

	db_begin();
	for (size_t i = 0; i < sizeof(owned) / sizeof(*owned); i++)
		db_run(db_prepare(owned[i]));
	db_commit();
}

/* Telegram offers an unconfirmed message again for up to a day: it must still be found here. */
#define OFFERED (2 * CLOCK_DAY)

/* Parts are removed before the message that they refer to. */
static int64_t remove_sent(int64_t before, int parts)
{
	struct db_statement *s = db_prepare(
		"DELETE FROM delivery WHERE id IN (SELECT id FROM delivery AS old"
		"  WHERE job_id IS NULL AND created_at < :before AND status IN ('sent', 'dropped')"
		"  AND coalesce(sent_at, 0) < :before AND (parent_id IS NOT NULL) = :parts"
		"  AND NOT EXISTS (SELECT 1 FROM delivery AS other"
		"   WHERE (other.parent_id = old.id OR other.parent_id = old.parent_id"
		"    OR other.id = old.parent_id) AND (NOT :parts OR other.status NOT IN ('sent', 'dropped')))"
		"  LIMIT :limit)");

	db_bind_int(s, ":before", before);
	db_bind_int(s, ":parts", parts);
	db_bind_int(s, ":limit", MESSAGES);
	return db_run(s);
}

static int64_t remove_parts(int64_t before)
{
	return remove_sent(before, 1);
}

static int64_t remove_notes(int64_t before)
{
	return remove_sent(before, 0);
}

/* the newest message of each source stays: it says how far that source was read */
static int64_t remove_handled(int64_t before)
{
	int64_t certain = clock_now() - OFFERED;
	struct db_statement *s = db_prepare(
		"DELETE FROM inbox WHERE id IN (SELECT id FROM inbox AS old"
		" WHERE status = 'handled' AND handled_at < :before"
		" AND source_id < (SELECT max(source_id) FROM inbox WHERE source = old.source)"
		" LIMIT :limit)");

	db_bind_int(s, ":before", before < certain ? before : certain);
	db_bind_int(s, ":limit", MESSAGES);
	return db_run(s);
}

static int64_t remove_codes(int64_t before)
{
	struct db_statement *s = db_prepare("DELETE FROM pairing WHERE expires_at < :before");

	db_bind_int(s, ":before", before);
	return db_run(s);
}

/* the job's text in the search index; its sessions are removed by their foreign key */
static void prune_search(int64_t job)
{
	struct db_statement *s = db_prepare("DELETE FROM result_text WHERE rowid = :id");

	db_bind_int(s, ":id", job);
	db_run(s);
}

static int64_t run(struct db_statement *s, int64_t before)
{
	db_bind_int(s, ":before", before);
	db_bind_int(s, ":limit", MESSAGES);
	return db_run(s);
}

/* messages of an agent's session are its record: they are removed with it, all or none */
static int64_t remove_session_messages(int64_t before)
{
	return run(
		db_prepare(
			"DELETE FROM session_message WHERE id IN"
			" (SELECT m.id FROM session_message AS m"
			"  JOIN session ON session.id = m.session_id"
			"  WHERE session.kind = 'chat' AND m.created_at < :before LIMIT :limit)"),
		before);
}

static int64_t remove_sessions(int64_t before)
{
	return run(db_prepare("DELETE FROM session WHERE id IN (SELECT id FROM session"
			      " WHERE kind = 'agent' AND job_id IS NULL AND updated_at < :before"
			      " LIMIT :limit)"),
		before);
}

static int64_t remove_usage(int64_t before)
{
	int64_t counted = clock_now() - 2 * CLOCK_DAY;

	return run(db_prepare("DELETE FROM model_usage WHERE id IN (SELECT id FROM model_usage"
			      " WHERE at < :before LIMIT :limit)"),
		before < counted ? before : counted);
}

static int64_t remove_proposals(int64_t before)
{
	return run(db_prepare(
			   "DELETE FROM memory_proposal WHERE id IN (SELECT id FROM memory_proposal"
			   " WHERE decided_at < :before LIMIT :limit)"),
		before);
}

/*
 * Remove what is older than `before` (ms since 1970). Of the outbox: messages that were sent or
 * dropped and belong to no job; of the inbox: those that were handled; expired pairing codes.
 * Never anything unsent, refused or unhandled, nor what a source may offer again. Of models:
 * messages of chats, sessions of agents without a job, usage records (never those of the last two
 * days, which caps are counted from), and decided proposals. Memory and its versions stay.
 */
static void prune_old(int64_t before)
{
	int64_t (*const steps[])(int64_t before) = { remove_parts, remove_notes, remove_handled,
		remove_codes, remove_session_messages, remove_sessions, remove_usage,
		remove_proposals };
	int64_t count;

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		do {
			db_begin();
			count = steps[i](before);
			db_commit();
		} while (count >= MESSAGES);
}

/* the oldest of the newest `keep` finished jobs: that one and later ones stay */
static int64_t first_kept(int64_t keep)
{
	struct db_statement *s =
		db_prepare("SELECT id FROM job WHERE status IN ('done', 'failed', 'cancelled')"
			   " ORDER BY id DESC LIMIT 1 OFFSET :before");
	int64_t id = 0;

	if (keep <= 0)
		return INT64_MAX;
	db_bind_int(s, ":before", keep - 1);
	if (db_step(s))
		id = db_int(s, 0);
	db_end(s);
	return id;
}

static size_t candidates(const struct prune *p, int64_t after, int64_t below, int64_t ids[JOBS])
{
	struct db_statement *s =
		db_prepare("SELECT id FROM job WHERE id > :after AND id < :below"
			   " AND status IN ('done', 'failed', 'cancelled')"
			   " AND (:before < 0 OR completed_at < :before)"
			   " AND NOT EXISTS (SELECT 1 FROM task_run WHERE task_run.id = run_id)"
			   " AND NOT EXISTS (SELECT 1 FROM delivery WHERE job_id = job.id"
			   "  AND status IN ('pending', 'sending', 'uncertain'))"
			   " AND NOT EXISTS (SELECT 1 FROM dependency AS d JOIN job AS other"
			   "  ON other.id = d.job_id WHERE d.on_id = job.id"
			   "  AND other.status IN ('queued', 'running'))"
			   " ORDER BY id LIMIT :limit");
	size_t count = 0;

	db_bind_int(s, ":after", after);
	db_bind_int(s, ":below", below);
	db_bind_int(s, ":before", p->before);
	db_bind_int(s, ":limit", JOBS);
	while (db_step(s))
		ids[count++] = db_int(s, 0);
	return count;
}

/* names of a job's files, each ended by NUL */
static void collect_files(int64_t id, struct str *files)
{
	struct db_statement *s = db_prepare(
		"SELECT file FROM result WHERE job_id = :id AND file IS NOT NULL"
		" UNION ALL SELECT file FROM input WHERE job_id = :id AND file IS NOT NULL");

	db_bind_int(s, ":id", id);
	while (db_step(s))
		str_addn(files, db_text(s, 0), strlen(db_text(s, 0)) + 1);
}

static void remove_job(int64_t id)
{
	struct db_statement *s = db_prepare("DELETE FROM delivery WHERE job_id = :id");

	db_bind_int(s, ":id", id);
	db_run(s);
	prune_search(id);
	s = db_prepare("DELETE FROM job WHERE id = :id");
	db_bind_int(s, ":id", id);
	db_run(s);
}

static void unlink_files(const struct str *files)
{
	const char *end = files->data + files->len;

	for (const char *name = files->data; name < end; name += strlen(name) + 1)
		unlinkat(home_folder(HOME_RESULTS), name, 0);
}

/* one transaction; returns how many were removed; *after becomes the last of their ids */
static size_t remove_some(const struct prune *p, int64_t *after, int64_t below,
	void (*each)(int64_t id))
{
	struct str files = { 0 };
	int64_t ids[JOBS];
	size_t count;

	str_addn(&files, "", 0);
	db_begin();
	while (p->dry_run && prune_runs(p->before, below) > 0)
		;
	count = candidates(p, *after, below, ids);
	for (size_t i = 0; i < count && !p->dry_run; i++) {
		collect_files(ids[i], &files);
		remove_job(ids[i]);
	}
	if (p->dry_run)
		db_rollback();
	else
		db_commit();
	failpoint("prune-committed");
	unlink_files(&files);
	for (size_t i = 0; i < count && each; i++)
		each(ids[i]);
	if (count)
		*after = ids[count - 1];
	str_free(&files);
	return count;
}

static void remove_runs(const struct prune *p, int64_t below)
{
	int64_t count;

	do {
		db_begin();
		count = prune_runs(p->before, below);
		db_commit();
	} while (count > 0);
}

static void remove_environments(void)
{
	db_begin();
	db_run(db_prepare("DELETE FROM environment WHERE id NOT IN"
			  " (SELECT environment_id FROM job)"
			  " AND id NOT IN (SELECT environment_id FROM task)"));
	db_commit();
}

/*
 * files left by a program that was killed before its commit; after a day nobody is still working
 * on one
 */
static void remove_strays(void)
{
	int fd = openat(home_folder(HOME_RESULTS), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *results = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	struct stat st;

	while (results && (entry = readdir(results))) {
		if (entry->d_name[0] == '.' ||
			fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
			!S_ISREG(st.st_mode) ||
			st.st_ctim.tv_sec >= (clock_now() - CLOCK_DAY) / CLOCK_SECOND)
			continue;
		/*
		 * the write lock keeps others from giving it to a job between the check and the
		 * removal
		 */
		db_begin();
		if (!result_file_used(entry->d_name))
			unlinkat(fd, entry->d_name, 0);
		db_commit();
	}
	if (results)
		closedir(results);
}

static void give_back_pages(void)
{
	int64_t free_pages = db_query_int("PRAGMA freelist_count"), before;
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA incremental_vacuum(%d)", PAGES);
	do {
		before = free_pages;
		db_exec(sql);
		free_pages = db_query_int("PRAGMA freelist_count");
	} while (free_pages > 0 && free_pages < before);
	db_exec("PRAGMA wal_checkpoint(PASSIVE)");
}

int64_t prune_run(const struct prune *p, void (*each)(int64_t id))
{
	/* the files that a running backup has yet to copy must not be removed */
	int lock = home_lock("prune.lock", 0, 1, 1);
	int64_t after = 0, total = 0, below = p->keep < 0 ? INT64_MAX : first_kept(p->keep);
	size_t count;

	if (!p->dry_run)
		remove_runs(p, below);
	while ((count = remove_some(p, &after, below, each)) > 0)
		total += (int64_t)count;
	if (!p->dry_run) {
		if (p->before >= 0)
			prune_old(p->before);
		prune_tasks();
		remove_environments();
		remove_strays();
		give_back_pages();
	}
	home_unlock(lock);
	return total;
}
