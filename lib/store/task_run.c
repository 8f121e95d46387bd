/* task_run: runs of tasks: one row for each moment, one job for each user */
#include "store/task_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/str.h"
#include "db/db.h"
#include "store/column.h"
#include "store/claim.h"
#include "store/transition.h"

enum { MOST_WAITING = 100 /* runs of a task that wait for an earlier one */ };

int64_t task_run_unfinished(int64_t task, const char *user)
{
	/* latest first, and not further back than the oldest unfinished run of any task */
	struct db_statement *s =
		db_prepare("SELECT id FROM task_run AS r WHERE task_id = :task"
			   " AND id >= (SELECT min(run_id) FROM job"
			   "  WHERE run_id IS NOT NULL AND status IN ('queued', 'running'))"
			   " AND (:user IS NULL OR user_id = :user)"
			   " AND EXISTS (SELECT 1 FROM job"
			   "  WHERE run_id = r.id AND status IN ('queued', 'running'))"
			   " ORDER BY id DESC LIMIT 1");

	db_bind_int(s, ":task", task);
	db_bind_text(s, ":user", user);
	return db_first(s, 0);
}

static int64_t waiting(int64_t task)
{
	struct db_statement *s = db_prepare(
		"SELECT count(*) FROM task_run AS r WHERE task_id = :task AND after_id IS NOT NULL"
		" AND id >= (SELECT min(run_id) FROM job"
		"  WHERE run_id IS NOT NULL AND status IN ('queued', 'running'))"
		" AND EXISTS (SELECT 1 FROM job WHERE run_id = r.id AND status = 'queued')");

	db_bind_int(s, ":task", task);
	return db_first(s, 0);
}

/*
 * apply the task's overlap rule: *after is the run that has to end first; or a reason not to start
 */
static void decide_start(const struct task_run_new *run, int64_t *after, char *reason, size_t size)
{
	const char *user = run->kind == TASK_IDLE ? run->users[0] : NULL;
	int64_t other = 0;

	*after = 0;
	*reason = '\0';
	if (run->task->overlap != TASK_ALLOW)
		other = task_run_unfinished(run->task->id, user);
	if (!other)
		return;
	if (run->task->overlap == TASK_SKIP)
		snprintf(reason, size, "run %lld was still going", (long long)other);
	else if (waiting(run->task->id) >= MOST_WAITING)
		snprintf(reason, size, "%d runs were waiting", MOST_WAITING);
	else
		*after = other;
}

static int64_t insert_run(const struct task_run_new *run, int64_t after, const char *reason,
	int64_t now)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO task_run (task_id, kind, due_at, user_id, created_at, batch_size,"
		" after_id, reason)"
		" VALUES (:task, :kind, :due, :user, :now, :batch, :after, :reason)"
		" ON CONFLICT DO NOTHING");

	db_bind_int(s, ":task", run->task->id);
	db_bind_text(s, ":kind", task_kind_name(run->kind));
	db_bind_positive(s, ":due", run->due_at);
	db_bind_text(s, ":user", run->kind == TASK_IDLE ? run->users[0] : "");
	db_bind_int(s, ":now", now);
	db_bind_int(s, ":batch", run->task->batch_size);
	db_bind_positive(s, ":after", after ? after : -1);
	db_bind_text(s, ":reason", *reason ? reason : NULL);
	return db_run(s) ? db_last_id() : 0;
}

#define INTO \
	"INSERT INTO job (run_id, limit_key, hold, queue, priority, type, command, directory," \
	" umask, environment_id, created_at, timeout_ms, notify_on, user_id)"
#define FROM_TASK \
	" SELECT :run, :key, (:key = '' AND (SELECT paused FROM schedule WHERE id = 1)) * :hold," \
	" queue, priority, name, command, directory, umask, environment_id, :now, timeout_ms," \
	" notify_on,"

static int64_t insert_jobs(struct db_statement *s, int64_t run, int64_t task, const char *key,
	const char *user, int64_t now)
{
	db_bind_int(s, ":run", run);
	db_bind_int(s, ":task", task);
	db_bind_text(s, ":key", key);
	db_bind_int(s, ":hold", HOLD_TASK);
	db_bind_int(s, ":now", now);
	if (user)
		db_bind_text(s, ":user", user);
	return db_run(s);
}

/* one job for each user given, else for each on the task's list, else a single one */
static int64_t add_jobs(const struct task_run_new *run, int64_t id, const char *key, int64_t users,
	int64_t now)
{
	int64_t task = run->task->id, count = 0;

	for (char *const *user = run->users; user && *user; user++)
		count += insert_jobs(db_prepare(INTO FROM_TASK " :user FROM task WHERE id = :task"),
			id, task, key, *user, now);
	if (run->users)
		return count;
	if (!users)
		return insert_jobs(db_prepare(INTO FROM_TASK " NULL FROM task WHERE id = :task"),
			id, task, key, NULL, now);
	return insert_jobs(db_prepare(INTO FROM_TASK " task_user.user_id FROM task"
						     " JOIN task_user ON task_id = id"
						     " WHERE id = :task ORDER BY position"),
		id, task, key, NULL, now);
}

/* the only job of a run has all targets; otherwise each job has those of its user */
static void add_targets(int64_t id, int64_t task, int single)
{
	struct db_statement *s =
		db_prepare("INSERT INTO notify (job_id, target)"
			   " SELECT id, replace(target, '%u', coalesce(user_id, ''))"
			   " FROM task_notify JOIN job ON run_id = :run"
			   " WHERE task_id = :task AND (:single OR instr(target, '%u'))"
			   " ON CONFLICT DO NOTHING");

	db_bind_int(s, ":run", id);
	db_bind_int(s, ":task", task);
	db_bind_int(s, ":single", single);
	db_run(s);
}

static void add_events(int64_t id, int64_t now)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO event (job_id, attempt, kind, at)"
		" SELECT id, 0, 'queued', :now FROM job WHERE run_id = :run ORDER BY id");

	db_bind_int(s, ":run", id);
	db_bind_int(s, ":now", now);
	db_run(s);
}

static int64_t expected(const struct task_run_new *run, int64_t listed)
{
	int64_t count = 0;

	while (run->users && run->users[count])
		count++;
	return run->users ? count : listed ? listed : 1;
}

int64_t task_run_add(const struct task_run_new *run, int64_t now, int64_t *jobs)
{
	int64_t listed = task_user_count(run->task->id), after, id;
	char reason[64], key[32] = "";

	*jobs = 0;
	decide_start(run, &after, reason, sizeof(reason));
	id = insert_run(run, after, reason, now);
	if (!id || *reason)
		return id;
	if (after || expected(run, listed) > 1)
		snprintf(key, sizeof(key), CLAIM_RUN "%lld", (long long)id);
	*jobs = add_jobs(run, id, key, listed, now);
	failpoint("run-added");
	add_targets(id, run->task->id, *jobs == 1);
	add_events(id, now);
	return id;
}

int64_t task_run_capacity(int64_t id)
{
	/*
	 * The run before it and, where that was cancelled before it began, the run that it waited
	 * for. CROSS JOIN keeps SQLite from going through all jobs first.
	 */
	struct db_statement *s = db_prepare(
		"WITH RECURSIVE earlier (id) AS (SELECT after_id FROM task_run WHERE id = :id"
		"  UNION ALL SELECT e.after_id FROM earlier CROSS JOIN task_run AS e ON e.id = earlier.id"
		"   WHERE NOT EXISTS (SELECT 1 FROM job WHERE run_id = e.id"
		"    AND (attempt > 0 OR status IN ('queued', 'running'))))"
		"SELECT CASE WHEN r.cancelled_at IS NOT NULL OR NOT task.enabled"
		"  OR task.deleted_at IS NOT NULL OR (SELECT paused FROM schedule WHERE id = 1)"
		"  OR EXISTS (SELECT 1 FROM earlier CROSS JOIN job ON run_id = earlier.id"
		"   WHERE status IN ('queued', 'running'))"
		" THEN 0 ELSE r.batch_size"
		"  - (SELECT count(*) FROM job WHERE run_id = r.id AND status = 'running') END"
		" FROM task_run AS r JOIN task ON task.id = r.task_id WHERE r.id = :id");
	int64_t capacity;

	db_bind_int(s, ":id", id);
	capacity = db_first(s, 0);
	return capacity > 0 ? capacity : 0;
}

#define ENDED_AT \
	"CASE WHEN v.status IN ('pending', 'running') THEN NULL ELSE" \
	" (SELECT max(completed_at) FROM job WHERE run_id = r.id) END"
/* the status and the counts come from the view, so that one place defines them */
/* clang-format off */
#define COLUMNS(COLUMN) \
	COLUMN(C_TASK_ID, "r.task_id") COLUMN(C_TASK, "v.task") COLUMN(C_STATUS, "v.status") \
	COLUMN(C_REASON, "r.reason") COLUMN(C_USER, "r.user_id") COLUMN(C_KIND, "r.kind") \
	COLUMN(C_DUE_AT, "r.due_at") COLUMN(C_CREATED_AT, "r.created_at") \
	COLUMN(C_STARTED_AT, "(SELECT min(started_at) FROM job WHERE run_id = r.id)") \
	COLUMN(C_ENDED_AT, ENDED_AT) COLUMN(C_JOBS, "v.jobs") COLUMN(C_DONE, "v.done") \
	COLUMN(C_FAILED, "v.failed") COLUMN(C_CANCELLED, "v.cancelled")
/* clang-format on */
enum { C_ID, COLUMNS(COLUMN_ENUM) };
#define SELECT \
	"SELECT r.id" COLUMNS( \
		COLUMN_SQL) " FROM task_run AS r JOIN background_runs AS v ON v.id = r.id"

static void read_run(struct db_statement *s, struct task_run *run)
{
	*run = (struct task_run){ .id = db_int(s, C_ID),
		.task_id = db_int(s, C_TASK_ID),
		.task = mem_dup(db_text(s, C_TASK)),
		.status = mem_dup(db_text(s, C_STATUS)),
		.reason = mem_dup(db_text(s, C_REASON)),
		.user = mem_dup(db_text(s, C_USER)),
		.kind = (enum task_kind)task_kind_parse(db_text(s, C_KIND)),
		.due_at = db_int_or(s, C_DUE_AT, -1),
		.created_at = db_int(s, C_CREATED_AT),
		.started_at = db_int_or(s, C_STARTED_AT, -1),
		.ended_at = db_int_or(s, C_ENDED_AT, -1),
		.jobs = db_int(s, C_JOBS),
		.done = db_int(s, C_DONE),
		.failed = db_int(s, C_FAILED),
		.cancelled = db_int(s, C_CANCELLED) };
}

int task_run_get(int64_t id, struct task_run *run)
{
	struct db_statement *s = db_prepare(SELECT " WHERE r.id = :id");

	db_bind_int(s, ":id", id);
	if (!db_step(s))
		return -1;
	read_run(s, run);
	db_end(s);
	return 0;
}

void task_run_free(struct task_run *run)
{
	free(run->task);
	free(run->status);
	free(run->reason);
	free(run->user);
}

int task_run_last(int64_t task, struct task_run *run)
{
	struct db_statement *s = db_prepare("SELECT max(id) FROM task_run WHERE task_id = :task");
	int64_t id;

	db_bind_int(s, ":task", task);
	id = db_first(s, 0);
	return id ? task_run_get(id, run) : -1;
}

int64_t task_run_list(const char *task, int64_t limit,
	void (*each)(const struct task_run *run, void *arg), void *arg)
{
	/* pick the runs first, since the details of each cost more */
	struct db_statement *s = task
		? db_prepare(SELECT " WHERE r.id IN (SELECT id FROM task_run WHERE task_id IN"
				    "  (SELECT id FROM task WHERE name = :task)"
				    "  ORDER BY id DESC LIMIT :limit) ORDER BY r.id DESC")
		: db_prepare(SELECT " WHERE r.id IN (SELECT id FROM task_run"
				    "  ORDER BY id DESC LIMIT :limit) ORDER BY r.id DESC");
	int64_t count = 0;

	if (task)
		db_bind_text(s, ":task", task);
	db_bind_int(s, ":limit", limit > 0 ? limit : -1);
	for (; db_step(s); count++) {
		struct task_run run;

		read_run(s, &run);
		each(&run, arg);
		task_run_free(&run);
	}
	return count;
}

int64_t task_run_jobs(int64_t id, void (*each)(const struct job *job, void *arg), void *arg)
{
	struct db_statement *s = db_prepare("SELECT id FROM job WHERE run_id = :run"
					    " ORDER BY id");
	int64_t count = 0;

	db_bind_int(s, ":run", id);
	for (; db_step(s); count++) {
		struct job job;

		if (job_get(db_int(s, 0), &job) == 0) {
			each(&job, arg);
			job_free(&job);
		}
	}
	return count;
}
