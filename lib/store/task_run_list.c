/* task_run_list: looking runs up */
#include <stdlib.h>

#include "base/str.h"
#include "db/db.h"
#include "store/task_run.h"

/* the status, and only that, is the view's: one place says what it means */
#define COLUMNS \
	"SELECT r.id, r.task_id, v.task, v.status, r.reason, r.user_id, r.kind, r.due_at," \
	" r.created_at, (SELECT min(started_at) FROM job WHERE run_id = r.id)," \
	" CASE WHEN v.status IN ('pending', 'running') THEN NULL ELSE" \
	"  (SELECT max(completed_at) FROM job WHERE run_id = r.id) END," \
	" v.jobs, v.done, v.failed, v.cancelled" \
	" FROM task_run AS r JOIN background_runs AS v ON v.id = r.id"

static void read_run(struct db_statement *s, struct task_run *run)
{
	*run = (struct task_run){ .id = db_int(s, 0),
		.task_id = db_int(s, 1),
		.task = mem_dup(db_text(s, 2)),
		.status = mem_dup(db_text(s, 3)),
		.reason = mem_dup(db_text(s, 4)),
		.user = mem_dup(db_text(s, 5)),
		.kind = (enum task_kind)task_kind_parse(db_text(s, 6)),
		.due_at = db_int_or(s, 7, -1),
		.created_at = db_int(s, 8),
		.started_at = db_int_or(s, 9, -1),
		.ended_at = db_int_or(s, 10, -1),
		.jobs = db_int(s, 11),
		.done = db_int(s, 12),
		.failed = db_int(s, 13),
		.cancelled = db_int(s, 14) };
}

int task_run_get(int64_t id, struct task_run *run)
{
	struct db_statement *s = db_prepare(COLUMNS " WHERE r.id = :id");

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
	/* which they are comes first: what is known of each costs more */
	struct db_statement *s = task
		? db_prepare(COLUMNS " WHERE r.id IN (SELECT id FROM task_run WHERE task_id IN"
				     "  (SELECT id FROM task WHERE name = :task)"
				     "  ORDER BY id DESC LIMIT :limit) ORDER BY r.id DESC")
		: db_prepare(COLUMNS " WHERE r.id IN (SELECT id FROM task_run"
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
