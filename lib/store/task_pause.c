/* task_pause: pausing all tasks, and holding queued jobs of tasks that may not start any */
#include "store/task_pause.h"

#include "db/db.h"
#include "store/job.h"

/* jobs with a run's limit key are held back by task_run_capacity(); others by their hold bit */
void task_hold_refresh(void)
{
	struct db_statement *s = db_prepare(
		"UPDATE job SET hold = (hold | :task) - (hold & :task)"
		" WHERE status = 'queued' AND limit_key = '' AND run_id IS NOT NULL"
		" AND ((hold & :task) <> 0) <> (SELECT NOT enabled OR deleted_at IS NOT NULL"
		"   OR (SELECT paused FROM schedule WHERE id = 1)"
		"  FROM task_run JOIN task ON task.id = task_id WHERE task_run.id = run_id)");

	db_bind_int(s, ":task", HOLD_TASK);
	db_run(s);
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
