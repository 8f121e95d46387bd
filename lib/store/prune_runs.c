/* prune_runs: remove old runs of tasks */
#include "store/prune_runs.h"

#include "db/db.h"

enum { BATCH = 1000 };

int64_t prune_runs(int64_t before, int64_t below)
{
	/* one that never had a job is as old as the job that was recorded next */
	struct db_statement *s = db_prepare(
		"DELETE FROM task_run WHERE id IN (SELECT id FROM task_run AS r"
		" WHERE (:before < 0 OR created_at < :before)"
		" AND created_at < coalesce("
		"  (SELECT created_at FROM job WHERE id = :below), :below)"
		" AND NOT EXISTS (SELECT 1 FROM job WHERE run_id = r.id"
		"  AND status IN ('queued', 'running'))"
		" AND NOT EXISTS (SELECT 1 FROM job WHERE run_id = r.id"
		"  AND (id >= :below OR (:before >= 0 AND completed_at >= :before)))"
		/* those behind it in the queue look through it at the one before (task_run_capacity()) */
		" AND (after_id IS NULL OR task_id NOT IN"
		"  (SELECT task_id FROM task_run WHERE id IN (SELECT run_id FROM job"
		"   WHERE run_id IS NOT NULL AND status IN ('queued', 'running'))))"
		" LIMIT :limit)");

	db_bind_int(s, ":before", before);
	db_bind_int(s, ":below", below);
	db_bind_int(s, ":limit", BATCH);
	return db_run(s);
}

void prune_tasks(void)
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
