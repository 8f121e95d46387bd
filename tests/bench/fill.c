/* bench: fill a scratch store with finished jobs
 *
 *	fill COUNT
 *
 * Copies the finished job 1 of $BGJOB_HOME, with its attempt, its result and its events, COUNT
 * times: one ended every 30 seconds until now, each hundredth failed. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/die.h"
#include "db/db.h"

enum { PIECE = 20000 };

static const char *const copies[] = {
	"INSERT INTO attempt SELECT job.id, a.attempt, a.launcher, a.claim, a.handle, a.pool_id,"
	"  a.slot, a.boot, job.started_at, job.completed_at, job.reason, a.wait_status,"
	"  a.utime_us, a.stime_us, a.maxrss_kb, a.stdout_bytes, a.stderr_bytes"
	" FROM job, attempt AS a WHERE a.job_id = 1 AND job.id > :after",
	"INSERT INTO result SELECT job.id, r.attempt, r.stream, r.size, r.omitted, r.cut_at,"
	"  r.data, r.file FROM job, result AS r WHERE r.job_id = 1 AND job.id > :after",
	"INSERT INTO event (job_id, attempt, kind, at, detail)"
	" SELECT job.id, e.attempt, iif(e.kind = 'done', job.status, e.kind), job.completed_at,"
	" e.detail"
	" FROM job, event AS e WHERE e.job_id = 1 AND job.id > :after",
};

static void copy_job(int64_t count, int64_t first, int64_t total)
{
	struct db_statement *s = db_prepare(
		"WITH RECURSIVE n (i) AS (SELECT :first UNION ALL"
		"  SELECT i + 1 FROM n WHERE i + 1 < :first + :count),"
		" t (i, at) AS (SELECT i, :now - (:total - i) * 30000 FROM n)"
		" INSERT INTO job (status, queue, priority, type, label, user_id, command,"
		"  directory, umask, environment_id, launcher, created_at, attempt, claim,"
		"  started_at, completed_at, reason)"
		" SELECT iif(t.i % 100, 'done', 'failed'), queue, priority, type, label, user_id,"
		"  command, directory, umask, environment_id, launcher, t.at - 2000, attempt,"
		"  claim, t.at - 1000, t.at, iif(t.i % 100, NULL, 'exit 1')"
		" FROM t, job WHERE job.id = 1");

	db_bind_int(s, ":first", first);
	db_bind_int(s, ":count", count);
	db_bind_int(s, ":total", total);
	db_bind_int(s, ":now", clock_now());
	db_run(s);
}

int main(int argc, char *argv[])
{
	int64_t total = argc == 2 ? atoll(argv[1]) : 0;

	die_init("fill");
	if (total < 1)
		die_usage("fill COUNT");
	if (db_open(DB_WRITE) < 0 ||
		db_query_int("SELECT count(*) FROM job WHERE status = 'done'") != 1)
		die_system("the store has no finished job 1, or more jobs");
	for (int64_t i = 0; i < total; i += PIECE) {
		int64_t after = db_query_int("SELECT max(id) FROM job");

		db_begin();
		copy_job(total - i < PIECE ? total - i : PIECE, i, total);
		for (size_t k = 0; k < sizeof(copies) / sizeof(*copies); k++) {
			struct db_statement *s = db_compile(copies[k]);

			db_bind_int(s, ":after", after);
			db_run(s);
			db_free(s);
		}
		db_commit();
	}
	db_close();
	return 0;
}
