/* task_cancel: cancelling runs of tasks, and deleting tasks */
#include "store/task_cancel.h"

#include <stdlib.h>

#include "base/str.h"
#include "db/db.h"
#include "store/delivery.h"
#include "store/task_due.h"
#include "store/task_run.h"
#include "store/transition.h"

struct ids {
	int64_t *list;
	size_t count;
};

static struct ids collect_jobs(struct db_statement *s, int64_t run)
{
	struct ids ids = { 0 };

	db_bind_int(s, ":run", run);
	ids.list = db_ids(s, &ids.count);
	return ids;
}

static int64_t cancel_all(int64_t run, const char *reason, int64_t now)
{
	struct db_statement *s =
		db_prepare("INSERT INTO event (job_id, attempt, kind, at, detail)"
			   " SELECT id, attempt, 'cancelled', :now, :reason FROM job"
			   " WHERE run_id = :run AND status = 'queued' ORDER BY id");

	db_bind_int(s, ":now", now);
	db_bind_text(s, ":reason", reason);
	db_bind_int(s, ":run", run);
	db_run(s);
	s = db_prepare("UPDATE job SET status = 'cancelled', reason = :reason, completed_at = :now,"
		       " hold = 0 WHERE run_id = :run AND status = 'queued'");
	db_bind_text(s, ":reason", reason);
	db_bind_int(s, ":now", now);
	db_bind_int(s, ":run", run);
	return db_run(s);
}

/* queue the final messages of the jobs that have targets; the latest event of each is its end */
static void notify_each(const struct ids *jobs, int64_t now)
{
	for (size_t i = 0; i < jobs->count; i++) {
		struct db_statement *s =
			db_prepare("SELECT max(id) FROM event WHERE job_id = :job");

		db_bind_int(s, ":job", jobs->list[i]);
		delivery_add(jobs->list[i], JOB_CANCELLED, db_first(s, 0), now);
	}
}

/*
 * cancel the queued jobs of a run, with a few statements since there may be very many. Returns how
 * many
 */
static int64_t cancel_run(int64_t run, const char *by, int64_t now)
{
	/* mostly empty: few jobs of tasks have dependents, and few have targets of their own */
	struct ids told = collect_jobs(db_prepare("SELECT DISTINCT job_id FROM job JOIN notify"
						  " ON job_id = id WHERE run_id = :run"
						  " AND status = 'queued'"),
		run);
	struct ids awaited =
		collect_jobs(db_prepare("SELECT DISTINCT on_id FROM job JOIN dependency"
					" ON on_id = id WHERE run_id = :run"
					" AND status = 'queued'"),
			run);
	struct str reason = { 0 };
	int64_t count;

	str_addf(&reason, "cancelled by %s", by);
	count = cancel_all(run, reason.data, now);
	notify_each(&told, now);
	for (size_t i = 0; i < awaited.count; i++)
		transition_followed(awaited.list[i], now);
	if (count)
		task_run_job_ended(run, now);
	str_free(&reason);
	free(told.list);
	free(awaited.list);
	return count;
}

/* collected first, since the caller writes while it goes through them */
static int64_t *running_jobs(int64_t id, size_t *count)
{
	struct db_statement *s =
		db_prepare("SELECT id FROM job WHERE run_id = :run AND status = 'running'");

	db_bind_int(s, ":run", id);
	return db_ids(s, count);
}

int64_t task_run_cancel(int64_t id, const char *by, int64_t now,
	void (*each)(int64_t job, void *arg), void *arg)
{
	struct db_statement *s = db_prepare(
		"UPDATE task_run SET cancelled_at = :now WHERE id = :id AND EXISTS"
		" (SELECT 1 FROM job WHERE run_id = :id AND status IN ('queued', 'running'))");
	int64_t *ids, count;
	size_t n;

	db_bind_int(s, ":now", now);
	db_bind_int(s, ":id", id);
	if (!db_run(s))
		return 0;
	ids = running_jobs(id, &n);
	for (size_t i = 0; i < n; i++) {
		transition_ask_cancel(ids[i], by, now);
		each(ids[i], arg);
	}
	count = (int64_t)n + cancel_run(id, by, now);
	free(ids);
	return count;
}

/* cancel the queued jobs of all runs of a task */
static void cancel_queued(int64_t task, const char *by, int64_t now)
{
	struct db_statement *s = db_prepare(
		"UPDATE task_run SET cancelled_at = :now WHERE id ="
		" (SELECT id FROM task_run AS r WHERE task_id = :task AND cancelled_at IS NULL"
		"  AND id >= (SELECT min(run_id) FROM job"
		"   WHERE run_id IS NOT NULL AND status IN ('queued', 'running'))"
		"  AND EXISTS (SELECT 1 FROM job WHERE run_id = r.id AND status = 'queued')"
		"  LIMIT 1) RETURNING id");
	int64_t id;

	do {
		id = 0;
		db_bind_int(s, ":now", now);
		db_bind_int(s, ":task", task);
		while (db_step(s))
			id = db_int(s, 0);
		if (id)
			cancel_run(id, by, now);
	} while (id);
}

void task_delete(int64_t id, int64_t now)
{
	struct db_statement *s = db_prepare("UPDATE task SET deleted_at = :now, due_at = NULL"
					    " WHERE id = :id AND deleted_at IS NULL");

	db_bind_int(s, ":now", now);
	db_bind_int(s, ":id", id);
	if (!db_run(s))
		return;
	task_idle_end(id);
	cancel_queued(id, TASK_DELETED, now);
}
