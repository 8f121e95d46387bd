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
#include "store/prune_messages.h"
#include "store/prune_models.h"
#include "store/prune_runs.h"
#include "store/result.h"

enum { BATCH = 200, PAGES = 500 };

/* the oldest finished job that is kept because it is one of the newest: those from here on stay */
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

static size_t candidates(const struct prune *p, int64_t after, int64_t below, int64_t ids[BATCH])
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
	db_bind_int(s, ":limit", BATCH);
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

/* one transaction; returns how many went, *after is then the last id looked at */
static size_t remove_some(const struct prune *p, int64_t *after, int64_t below,
	void (*each)(int64_t id))
{
	struct str files = { 0 };
	int64_t ids[BATCH];
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

/* left by a program that was killed between a file and its commit; a day says that it is no more at it */
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
		/* under the write lock: nobody gives it to a job between the look and the removal */
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
	/* a backup lists the files of its copy: they must not go meanwhile */
	int lock = home_lock("prune.lock", 0, 1, 1);
	int64_t after = 0, total = 0, below = p->keep < 0 ? INT64_MAX : first_kept(p->keep);
	size_t count;

	if (!p->dry_run)
		remove_runs(p, below);
	while ((count = remove_some(p, &after, below, each)) > 0)
		total += (int64_t)count;
	if (!p->dry_run) {
		if (p->before >= 0) {
			prune_messages(p->before);
			prune_models(p->before);
		}
		prune_tasks();
		remove_environments();
		remove_strays();
		give_back_pages();
	}
	home_unlock(lock);
	return total;
}
