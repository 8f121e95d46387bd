/* attempt: the runs of a job, past and present */
#include "store/attempt.h"

#include <stdlib.h>

#include "base/str.h"
#include "db/db.h"
#include "store/column.h"
#include "store/job.h"

/* clang-format off */
#define COLUMNS(COLUMN) \
	COLUMN(C_ATTEMPT, "attempt.attempt") COLUMN(C_LAUNCHER, "attempt.launcher") \
	COLUMN(C_CLAIM, "attempt.claim") COLUMN(C_BOOT, "attempt.boot") \
	COLUMN(C_POOL_ID, "attempt.pool_id") COLUMN(C_SLOT, "attempt.slot") \
	COLUMN(C_STARTED_AT, "attempt.started_at") COLUMN(C_ENDED_AT, "attempt.ended_at") \
	COLUMN(C_OUTCOME, "attempt.outcome") COLUMN(C_WAIT_STATUS, "attempt.wait_status") \
	COLUMN(C_UTIME_US, "attempt.utime_us") COLUMN(C_STIME_US, "attempt.stime_us") \
	COLUMN(C_MAXRSS_KB, "attempt.maxrss_kb") COLUMN(C_STDOUT_BYTES, "attempt.stdout_bytes") \
	COLUMN(C_STDERR_BYTES, "attempt.stderr_bytes")
/* clang-format on */
enum { C_JOB_ID, COLUMNS(COLUMN_ENUM) };
#define SELECT "SELECT attempt.job_id" COLUMNS(COLUMN_SQL)

static struct attempt load_attempt(struct db_statement *s)
{
	return (struct attempt){
		.job = db_int(s, C_JOB_ID),
		.attempt = db_int(s, C_ATTEMPT),
		.launcher = db_text(s, C_LAUNCHER),
		.claim = db_text(s, C_CLAIM),
		.boot = db_text(s, C_BOOT),
		.pool = db_int_or(s, C_POOL_ID, -1),
		.slot = db_int_or(s, C_SLOT, -1),
		.started_at = db_int(s, C_STARTED_AT),
		.ended_at = db_int_or(s, C_ENDED_AT, -1),
		.outcome = db_text(s, C_OUTCOME),
		.wait_status = db_int_or(s, C_WAIT_STATUS, -1),
		.utime_us = db_int_or(s, C_UTIME_US, -1),
		.stime_us = db_int_or(s, C_STIME_US, -1),
		.maxrss_kb = db_int_or(s, C_MAXRSS_KB, -1),
		.stdout_bytes = db_int_or(s, C_STDOUT_BYTES, -1),
		.stderr_bytes = db_int_or(s, C_STDERR_BYTES, -1),
	};
}

void attempt_list(int64_t job, void (*each)(const struct attempt *a, void *arg), void *arg)
{
	struct db_statement *s =
		db_prepare(SELECT " FROM attempt WHERE job_id = :job ORDER BY attempt.attempt");

	db_bind_int(s, ":job", job);
	while (db_step(s)) {
		struct attempt a = load_attempt(s);

		each(&a, arg);
	}
}

int64_t attempt_latest(int64_t job)
{
	struct db_statement *s = db_prepare("SELECT attempt FROM job WHERE id = :id");

	db_bind_int(s, ":id", job);
	return db_first(s, 0);
}

int attempt_runs(int64_t job, int64_t attempt)
{
	struct db_statement *s = db_prepare("SELECT 1 FROM job WHERE id = :job"
					    " AND status = 'running' AND attempt = :attempt");

	db_bind_int(s, ":job", job);
	db_bind_int(s, ":attempt", attempt);
	return db_first(s, 0) != 0;
}

static size_t collect_attempts(struct db_statement *s, struct attempt **list)
{
	size_t count = 0, room = 0;

	*list = NULL;
	while (db_step(s)) {
		struct attempt a = load_attempt(s);

		*list = mem_grow(*list, count, &room, sizeof(**list));
		a.launcher = mem_dup(a.launcher);
		a.claim = mem_dup(a.claim);
		a.boot = mem_dup(a.boot);
		a.outcome = NULL;
		(*list)[count++] = a;
	}
	return count;
}

/* without INDEXED BY the order by id makes SQLite read the whole table, not the few running jobs */
size_t attempt_running(const char *launcher, struct attempt **list)
{
	struct db_statement *s = db_prepare(SELECT
		" FROM job INDEXED BY job_running"
		" JOIN attempt ON attempt.job_id = job.id AND attempt.attempt = job.attempt"
		" WHERE job.status = 'running' AND attempt.launcher = :launcher ORDER BY job.id");

	db_bind_text(s, ":launcher", launcher);
	return collect_attempts(s, list);
}

size_t attempt_of(int64_t job, struct attempt **list)
{
	struct db_statement *s =
		db_prepare(SELECT " FROM job JOIN attempt ON attempt.job_id = job.id"
				  " AND attempt.attempt = job.attempt"
				  " WHERE job.status = 'running' AND job.id = :job");

	db_bind_int(s, ":job", job);
	return collect_attempts(s, list);
}

size_t attempt_with_leftovers(struct attempt **list)
{
	struct db_statement *s =
		db_prepare(SELECT " FROM job INDEXED BY job_queued"
				  " JOIN attempt ON attempt.job_id = job.id"
				  " AND attempt.attempt = job.attempt"
				  " WHERE job.status = 'queued' AND job.hold >= :leftovers"
				  " AND (job.hold & :leftovers) <> 0 ORDER BY job.id");

	db_bind_int(s, ":leftovers", HOLD_LEFTOVERS);
	return collect_attempts(s, list);
}

void attempt_free_list(struct attempt *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free((char *)(uintptr_t)list[i].launcher);
		free((char *)(uintptr_t)list[i].claim);
		free((char *)(uintptr_t)list[i].boot);
	}
	free(list);
}

struct adoption {
	const struct attempt *attempt;
	int64_t pool;
	int changed;
};

static void adopt(void *arg)
{
	struct adoption *adoption = arg;
	const struct attempt *a = adoption->attempt;
	struct db_statement *s = db_prepare("UPDATE attempt SET pool_id = :pool"
					    " WHERE job_id = :job AND attempt = :attempt"
					    " AND claim = :claim AND pool_id IS :old"
					    " AND ended_at IS NULL");

	db_bind_int(s, ":pool", adoption->pool);
	db_bind_int(s, ":job", a->job);
	db_bind_int(s, ":attempt", a->attempt);
	db_bind_text(s, ":claim", a->claim);
	db_bind_positive(s, ":old", a->pool);
	adoption->changed = db_run(s) > 0;
}

int attempt_adopt(const struct attempt *a, int64_t pool)
{
	struct adoption adoption = { a, pool, 0 };

	return db_try(adopt, &adoption) < 0 ? -1 : adoption.changed;
}

void attempt_cancelling(void (*each)(int64_t job, void *arg), void *arg)
{
	struct db_statement *s =
		db_prepare("SELECT id FROM job WHERE status = 'running' AND cancel_by IS NOT NULL");

	while (db_step(s))
		each(db_int(s, 0), arg);
}
