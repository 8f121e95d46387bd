/* task_state: enabling, disabling, deleting and pausing tasks */
#include "db/db.h"
#include "store/task.h"
#include "store/task_due.h"
#include "store/task_hold.h"
#include "store/task_run.h"
#include "store/transition.h"

#define DELETED "the deletion of its task" /* who cancels */

static int64_t run_for(struct db_statement *s, int64_t id)
{
	db_bind_int(s, ":id", id);
	return db_run(s);
}

/* jobs in a lane of their run are held back by its capacity (task_run_capacity()); the others by a bit */
void task_hold_refresh(void)
{
	db_run(db_prepare(
		"UPDATE job SET hold = (hold | 8) - (hold & 8)"
		" WHERE status = 'queued' AND limit_key = '' AND run_id IS NOT NULL"
		" AND ((hold & 8) <> 0) <> (SELECT NOT enabled OR deleted_at IS NOT NULL"
		"   OR (SELECT paused FROM schedule WHERE id = 1)"
		"  FROM task_run JOIN task ON task.id = task_id WHERE task_run.id = run_id)"));
}

void task_enable(int64_t id, int64_t due_at, int64_t now)
{
	struct db_statement *s = db_prepare("UPDATE task SET enabled = 1, looked_at = :now,"
					    " due_at = :due WHERE id = :id AND NOT enabled");

	db_bind_int(s, ":now", now);
	db_bind_positive(s, ":due", due_at);
	if (!run_for(s, id))
		return;
	if (!task_paused())
		task_idle_begin(id, now);
	task_hold_refresh();
}

static void end_idle(int64_t id)
{
	run_for(db_prepare("UPDATE task_user SET due_at = NULL"
			   " WHERE task_id = :id AND due_at IS NOT NULL"),
		id);
}

void task_disable(int64_t id)
{
	if (!run_for(db_prepare("UPDATE task SET enabled = 0, due_at = NULL"
				" WHERE id = :id AND enabled"),
		    id))
		return;
	end_idle(id);
	task_hold_refresh();
}

void task_delete(int64_t id, int64_t now)
{
	struct db_statement *s = db_prepare("UPDATE task SET deleted_at = :now, due_at = NULL"
					    " WHERE id = :id AND deleted_at IS NULL");

	db_bind_int(s, ":now", now);
	if (!run_for(s, id))
		return;
	end_idle(id);
	task_run_cancel_queued(id, DELETED, now);
}

void task_run_job_requeued(int64_t job, int64_t now)
{
	struct db_statement *s = db_prepare("SELECT task.deleted_at IS NOT NULL FROM job"
					    " JOIN task_run ON task_run.id = run_id"
					    " JOIN task ON task.id = task_id WHERE job.id = :id");
	int64_t deleted;

	db_bind_int(s, ":id", job);
	deleted = db_first(s, -1);
	if (deleted > 0)
		transition_cancel(job, DELETED, now);
	else if (deleted == 0)
		task_hold_refresh();
}

int task_paused(void)
{
	return db_first(db_prepare("SELECT paused FROM schedule WHERE id = 1"), 0) != 0;
}

void task_set_paused(int paused)
{
	struct db_statement *s = db_prepare(
		"UPDATE schedule SET paused = :paused WHERE id = 1 AND paused <> :paused");

	db_bind_int(s, ":paused", paused);
	if (!db_run(s))
		return;
	if (paused)
		db_run(db_prepare("UPDATE task_user SET due_at = NULL WHERE due_at IS NOT NULL"));
	task_hold_refresh();
}
