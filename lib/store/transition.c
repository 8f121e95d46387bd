/* transition: all changes of a job's status, each with its event and deliveries */
#include "store/transition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/failpoint.h"
#include "base/str.h"
#include "db/db.h"
#include "store/delivery.h"
#include "store/job_event.h"
#include "store/task_pause.h"
#include "store/task_run.h"

/* ended jobs whose dependents are still to be looked at */
struct ended {
	int64_t *ids;
	size_t count, next, room;
};

static void ended_add(struct ended *list, int64_t id)
{
	list->ids = mem_grow(list->ids, list->count, &list->room, sizeof(*list->ids));
	list->ids[list->count++] = id;
}

/* queued -> failed or cancelled, without another attempt */
static int end_queued(int64_t job, enum job_status status, const char *reason, int64_t now)
{
	struct db_statement *s = db_prepare("UPDATE job SET status = :status, reason = :reason,"
					    " completed_at = :now, hold = 0"
					    " WHERE id = :id AND status = 'queued'"
					    " RETURNING attempt");
	int64_t attempt;

	db_bind_text(s, ":status", job_status_name(status));
	db_bind_text(s, ":reason", reason);
	db_bind_int(s, ":now", now);
	db_bind_int(s, ":id", job);
	if (!db_step(s))
		return 0;
	attempt = db_int(s, 0);
	while (db_step(s))
		;
	delivery_add(job, status,
		job_event_add(job, attempt, job_event_of_end(status), now, reason), now);
	return 1;
}

static int still_waits(int64_t job)
{
	struct db_statement *s =
		db_prepare("SELECT 1 FROM dependency JOIN job ON job.id = on_id"
			   " WHERE job_id = :id AND status IN ('queued', 'running') LIMIT 1");
	int waits;

	db_bind_int(s, ":id", job);
	waits = db_step(s);
	db_end(s);
	return waits;
}

static void clear_hold(int64_t job, int bit)
{
	struct db_statement *s = db_prepare("UPDATE job SET hold = hold & ~:bit"
					    " WHERE id = :id AND status = 'queued'");

	db_bind_int(s, ":bit", bit);
	db_bind_int(s, ":id", job);
	db_run(s);
}

static void end_dependent(struct ended *list, int64_t job, int64_t on, enum job_status how,
	int64_t now)
{
	char reason[64];

	snprintf(reason, sizeof(reason), "dependency %lld %s", (long long)on,
		how == JOB_CANCELLED ? "was cancelled" : "failed");
	if (end_queued(job, JOB_FAILED, reason, now))
		ended_add(list, job);
}

struct dependent {
	int64_t job;
	int any;
};

/* collected first, since the caller writes to the tables that are read */
static size_t dependents_of(int64_t on, struct dependent **found)
{
	struct db_statement *s =
		db_prepare("SELECT job_id, kind = 'any' FROM dependency WHERE on_id = :id");
	size_t count = 0, room = 0;

	*found = NULL;
	db_bind_int(s, ":id", on);
	while (db_step(s)) {
		*found = mem_grow(*found, count, &room, sizeof(**found));
		(*found)[count++] = (struct dependent){ db_int(s, 0), (int)db_int(s, 1) };
	}
	return count;
}

/* a failure fails the jobs that waited for it, and so on */
void transition_followed(int64_t first, int64_t now)
{
	struct ended list = { 0 };

	ended_add(&list, first);
	while (list.next < list.count) {
		int64_t on = list.ids[list.next++];
		struct dependent *waiting;
		size_t count = dependents_of(on, &waiting);
		enum job_status how = count ? (enum job_status)job_status(on) : JOB_DONE;

		for (size_t i = 0; i < count; i++) {
			if (!waiting[i].any && how != JOB_DONE)
				end_dependent(&list, waiting[i].job, on, how, now);
			else if (!still_waits(waiting[i].job))
				clear_hold(waiting[i].job, HOLD_DEPENDENCY);
		}
		free(waiting);
	}
	free(list.ids);
}

static void settle_run(int64_t job, int64_t now)
{
	struct db_statement *s = db_prepare("SELECT run_id FROM job WHERE id = :id");
	int64_t run;

	db_bind_int(s, ":id", job);
	run = db_first(s, 0);
	if (run)
		task_run_job_ended(run, now);
}

void transition_added(int64_t id, int depends, int64_t now)
{
	struct ended unused = { 0 };
	struct db_statement *s;
	int64_t on = 0;
	int how = 0;

	job_event_add(id, 0, EVENT_QUEUED, now, NULL);
	if (!depends)
		return;
	s = db_prepare("SELECT on_id, status FROM dependency JOIN job ON job.id = on_id"
		       " WHERE job_id = :id AND kind = 'done' AND status IN ('failed', 'cancelled')"
		       " ORDER BY on_id LIMIT 1");
	db_bind_int(s, ":id", id);
	if (db_step(s)) {
		on = db_int(s, 0);
		how = job_status_parse(db_text(s, 1));
	}
	db_end(s);
	if (on)
		end_dependent(&unused, id, on, (enum job_status)how, now);
	free(unused.ids);
}

static void add_attempt(const struct transition_start *start)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO attempt (job_id, attempt, claim, pool_id, slot, boot, started_at)"
		" VALUES (:job, :attempt, :claim, :pool, :slot, :boot, :now)");

	db_bind_int(s, ":job", start->job);
	db_bind_int(s, ":attempt", start->attempt);
	db_bind_text(s, ":claim", start->claim);
	db_bind_int(s, ":pool", start->pool);
	db_bind_int(s, ":slot", start->slot);
	db_bind_text(s, ":boot", start->boot);
	db_bind_int(s, ":now", start->now);
	db_run(s);
}

int transition_start(const struct transition_start *start)
{
	struct db_statement *s = db_prepare("UPDATE job SET status = 'running', attempt = :attempt,"
					    " claim = :claim, started_at = :now, reason = NULL,"
					    " cancel_by = NULL"
					    " WHERE id = :id AND status = 'queued' AND hold = 0"
					    " AND attempt < :attempt");

	db_bind_int(s, ":attempt", start->attempt);
	db_bind_text(s, ":claim", start->claim);
	db_bind_int(s, ":now", start->now);
	db_bind_int(s, ":id", start->job);
	if (!db_run(s))
		return 0;
	add_attempt(start);
	job_event_add(start->job, start->attempt, EVENT_STARTED, start->now, NULL);
	return 1;
}

static void close_attempt(const struct ending *e, const char *outcome)
{
	struct db_statement *s = db_prepare(
		"UPDATE attempt SET ended_at = :at, outcome = :outcome, wait_status = :wait_status,"
		" utime_us = :utime, stime_us = :stime, maxrss_kb = :maxrss,"
		" stdout_bytes = :stdout, stderr_bytes = :stderr"
		" WHERE job_id = :job AND attempt = :attempt");

	db_bind_int(s, ":at", e->ended_at);
	db_bind_text(s, ":outcome", outcome);
	db_bind_positive(s, ":wait_status", e->wait_status);
	db_bind_positive(s, ":utime", e->utime_us);
	db_bind_positive(s, ":stime", e->stime_us);
	db_bind_positive(s, ":maxrss", e->maxrss_kb);
	db_bind_positive(s, ":stdout", e->stdout_bytes);
	db_bind_positive(s, ":stderr", e->stderr_bytes);
	db_bind_int(s, ":job", e->job);
	db_bind_int(s, ":attempt", e->attempt);
	db_run(s);
}

/* exponential: base * 2^(failures so far), at most a day, plus or minus up to a quarter */
static int64_t retry_backoff(int64_t base, int64_t failures)
{
	int64_t delay = base < 0 ? CLOCK_MINUTE : base;
	uint32_t draw = 0;

	for (; failures > 0 && delay < CLOCK_DAY; failures--)
		delay *= 2;
	if (delay > CLOCK_DAY)
		delay = base > CLOCK_DAY ? base : CLOCK_DAY;
	if (getrandom(&draw, sizeof(draw), GRND_NONBLOCK) != sizeof(draw))
		draw = UINT32_MAX / 2;
	return delay - delay / 4 + (int64_t)((double)delay / 2 * draw / UINT32_MAX);
}

static int retry(const struct ending *e, int64_t delay)
{
	struct db_statement *s = db_prepare(
		"UPDATE job SET status = 'queued', claim = NULL, reason = :reason,"
		" failures = failures + 1, hold = :hold, not_before = :not_before"
		" WHERE id = :id AND status = 'running' AND attempt = :attempt AND claim = :claim");
	char detail[CLOCK_TEXT + 32];
	char text[CLOCK_TEXT];

	db_bind_text(s, ":reason", e->reason);
	db_bind_int(s, ":hold", HOLD_TIME | (e->leftovers ? HOLD_LEFTOVERS : 0));
	db_bind_int(s, ":not_before", e->now + delay);
	db_bind_int(s, ":id", e->job);
	db_bind_int(s, ":attempt", e->attempt);
	db_bind_text(s, ":claim", e->claim);
	if (!db_run(s))
		return 0;
	clock_format_duration(delay, text);
	snprintf(detail, sizeof(detail), "again in %s", text);
	close_attempt(e, e->reason);
	job_event_add(e->job, e->attempt, EVENT_FAILED, e->now, e->reason);
	job_event_add(e->job, e->attempt, EVENT_RETRY, e->now, detail);
	return 1;
}

static int finish_job(const struct ending *e)
{
	struct db_statement *s = db_prepare(
		"UPDATE job SET status = :status, claim = NULL, completed_at = :at,"
		" reason = :reason, failures = failures + :failed"
		" WHERE id = :id AND status = 'running' AND attempt = :attempt AND claim = :claim");

	db_bind_text(s, ":status", job_status_name(e->status));
	db_bind_int(s, ":at", e->ended_at);
	db_bind_text(s, ":reason", e->reason);
	db_bind_int(s, ":failed", e->status == JOB_FAILED);
	db_bind_int(s, ":id", e->job);
	db_bind_int(s, ":attempt", e->attempt);
	db_bind_text(s, ":claim", e->claim);
	if (!db_run(s))
		return 0;
	close_attempt(e, e->reason);
	delivery_add(e->job, e->status,
		job_event_add(e->job, e->attempt, job_event_of_end(e->status), e->now, e->reason),
		e->now);
	return 1;
}

int transition_end(const struct ending *e, enum job_status *became)
{
	struct db_statement *s = db_prepare("SELECT backoff_ms, failures FROM job"
					    " WHERE id = :id AND failures < retries"
					    " AND cancel_by IS NULL");
	int64_t delay = -1;

	if (e->status == JOB_FAILED) {
		db_bind_int(s, ":id", e->job);
		if (db_step(s))
			delay = retry_backoff(db_int_or(s, 0, -1), db_int(s, 1));
		db_end(s);
	}
	failpoint("end");
	*became = delay >= 0 ? JOB_QUEUED : e->status;
	if (delay >= 0)
		return retry(e, delay);
	if (!finish_job(e))
		return 0;
	transition_followed(e->job, e->now);
	settle_run(e->job, e->now);
	return 1;
}

int transition_cancel(int64_t job, const char *by, int64_t now)
{
	struct str reason = { 0 };
	int changed;

	str_addf(&reason, "cancelled by %s", by);
	changed = end_queued(job, JOB_CANCELLED, reason.data, now);
	str_free(&reason);
	if (changed) {
		transition_followed(job, now);
		settle_run(job, now);
	}
	return changed;
}

int transition_ask_cancel(int64_t job, const char *by, int64_t now)
{
	struct db_statement *s = db_prepare("UPDATE job SET cancel_by = :by"
					    " WHERE id = :id AND status = 'running'"
					    " RETURNING attempt");
	int64_t attempt;

	db_bind_text(s, ":by", by);
	db_bind_int(s, ":id", job);
	if (!db_step(s))
		return 0;
	attempt = db_int(s, 0);
	while (db_step(s))
		;
	job_event_add(job, attempt, EVENT_CANCELLING, now, by);
	return 1;
}

int transition_release(int64_t job)
{
	struct db_statement *s = db_prepare("UPDATE job SET hold = hold & ~:leftovers"
					    " WHERE id = :id AND status = 'queued'"
					    " AND (hold & :leftovers) <> 0");

	db_bind_int(s, ":leftovers", HOLD_LEFTOVERS);
	db_bind_int(s, ":id", job);
	return db_run(s) > 0;
}

/*
 * a job whose task is paused or disabled is held again, and cancelled if the task was deleted
 * meanwhile
 */
static void requeued(int64_t job, int64_t now)
{
	struct db_statement *s = db_prepare("SELECT task.deleted_at IS NOT NULL FROM job"
					    " JOIN task_run ON task_run.id = run_id"
					    " JOIN task ON task.id = task_id WHERE job.id = :id");
	int64_t deleted;

	db_bind_int(s, ":id", job);
	deleted = db_first(s, -1);
	if (deleted > 0)
		transition_cancel(job, TASK_DELETED, now);
	else if (deleted == 0)
		task_hold_refresh();
}

int transition_unstart(int64_t job, int64_t attempt, const char *claim, int64_t now)
{
	struct ending e = { .job = job,
		.attempt = attempt,
		.ended_at = now,
		.wait_status = -1,
		.utime_us = -1,
		.stime_us = -1,
		.maxrss_kb = -1,
		.stdout_bytes = -1,
		.stderr_bytes = -1 };
	struct db_statement *s = db_prepare("UPDATE job SET status = 'queued', claim = NULL,"
					    " started_at = NULL"
					    " WHERE id = :id AND status = 'running'"
					    " AND attempt = :attempt AND claim = :claim");

	db_bind_int(s, ":id", job);
	db_bind_int(s, ":attempt", attempt);
	db_bind_text(s, ":claim", claim);
	if (!db_run(s))
		return 0;
	close_attempt(&e, "never started");
	job_event_add(job, attempt, EVENT_REQUEUED, now, "never started");
	requeued(job, now);
	return 1;
}
