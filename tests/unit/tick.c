/* tick: what fires when, by a clock that the test sets */
#include "store/task_cancel.h"
#include "store/task_pause.h"
#include "tap.h"

#include "base/clock.h"
#include "base/str.h"
#include "db/db.h"
#include "store/claim.h"
#include "store/environment.h"
#include "store/prune.h"
#include "store/task.h"
#include "store/task_due.h"
#include "store/task_run.h"
#include "store/transition.h"
#include "store/user.h"
#include "task/tick.h"
#include "task/trigger.h"

/* 2026-03-02 00:00:00 UTC, a Monday */
#define T0 INT64_C(1772409600000)
#define MINUTES(n) ((n)*CLOCK_MINUTE)
#define HOURS(n) ((n)*CLOCK_HOUR)

static char home[] = "/tmp/bgjob-unit.XXXXXX";
static char owner[] = "tty:/dev/null";

static int64_t count(const char *sql)
{
	return db_query_int(sql);
}

/* A definition with the fewest words; to be freed. */
static struct task definition(const char *name, enum task_kind kind)
{
	struct task t;

	task_init(&t);
	t.name = mem_dup(name);
	t.kind = kind;
	t.zone = mem_dup("UTC");
	t.command = mem_dup("true");
	t.command_size = 5;
	t.directory = mem_dup("/");
	t.queue = mem_dup("tasks");
	return t;
}

static int64_t add(struct task *t, char *const *users, int64_t now)
{
	char *targets[] = { owner, NULL };
	int64_t id;

	db_begin();
	t->environment = environment_save("A=b", 4);
	t->looked_at = now;
	t->due_at = trigger_next(t, now);
	id = task_add(t, users, targets, now);
	db_commit();
	task_free(t);
	return id;
}

static int64_t add_cron(const char *name, const char *schedule, int64_t now)
{
	struct task t = definition(name, TASK_CRON);

	t.schedule = mem_dup(schedule);
	return add(&t, NULL, now);
}

static int64_t add_every(const char *name, int64_t period, enum task_overlap overlap,
	enum task_missed missed, int64_t now)
{
	struct task t = definition(name, TASK_EVERY);

	t.period_ms = period;
	t.anchor = now;
	t.overlap = overlap;
	t.missed = missed;
	return add(&t, NULL, now);
}

/* How many runs with jobs one tick_run() creates; -1 for a failure. */
static int64_t tick(int64_t now)
{
	int64_t runs;

	return tick_run(now, &runs) < 0 ? -1 : runs;
}

static void end_job(int64_t id, enum job_status status, int64_t now)
{
	struct transition_start start = { .job = id,
		.attempt = 1,
		.claim = "c",
		.boot = "b",
		.pool = 1,
		.slot = 1,
		.now = now };
	struct ending end = { .job = id,
		.attempt = 1,
		.claim = "c",
		.status = status,
		.reason = status == JOB_DONE ? NULL : "exit 1",
		.ended_at = now,
		.now = now,
		.utime_us = -1,
		.stime_us = -1,
		.maxrss_kb = -1,
		.stdout_bytes = 0,
		.stderr_bytes = 0 };
	enum job_status became;

	transition_start(&start);
	transition_end(&end, &became);
}

/* Claim a job and let it end. Returns its id, 0 if none may start. */
static int64_t work_one(enum job_status status, int64_t now)
{
	struct claim *claim;
	int64_t id;

	db_begin();
	claim = claim_open(NULL);
	id = claim_next(claim);
	claim_close(claim);
	if (id)
		end_job(id, status, now);
	db_commit();
	return id;
}

static void work_all(enum job_status status, int64_t now)
{
	while (work_one(status, now))
		;
}

/* Remove everything of a case, so that the next one starts from zero. */
static void clean(void)
{
	db_begin();
	db_exec("DELETE FROM delivery; DELETE FROM notify; DELETE FROM job; DELETE FROM task_run;"
		"DELETE FROM task_user; DELETE FROM task_notify; DELETE FROM task;"
		"DELETE FROM user");
	db_commit();
}

static void due_moments(void)
{
	int64_t due = T0 + HOURS(3);

	add_cron("daily", "0 3 * * *", T0);
	is_int(tick(T0), 0, "the first look fires nothing");
	is_int(tick_next(), due, "it knows when to look");
	is_int(tick(due - 1), 0, "a millisecond too early");
	is_int(tick(due), 1, "on time");
	is_int(count("SELECT due_at FROM task_run"), due, "the run says for which moment");
	is_int(tick(due), 0, "once");
	is_int(tick(due + MINUTES(5)), 0, "and not later either");
	is_int(tick_next(), due + CLOCK_DAY, "the next one is tomorrow");
	db_begin();
	db_exec("UPDATE task SET due_at = due_at - 86400000, looked_at = looked_at - 86400000");
	db_commit();
	is_int(tick(due), 0, "one who looks with old eyes finds the moment claimed");
	is_int(count("SELECT count(*) FROM job"), 1, "with one job");
	clean();
}

static void once_at_a_time(void)
{
	struct task t = definition("once", TASK_AT);

	t.anchor = T0 + HOURS(1);
	add(&t, NULL, T0);
	is_int(tick(T0 + HOURS(9)), 1, "--at, made up when the machine is on again");
	is_int(tick_next(), -1, "and over");
	is_int(tick(T0), 0, "also for a clock that is set back");
	is_int(tick(T0 + HOURS(2)), 0, "and passes it again");
	clean();
}

static void missed(void)
{
	struct task t;

	add_every("once", HOURS(1), TASK_ALLOW, TASK_ONCE, T0);
	add_every("skip", HOURS(1), TASK_ALLOW, TASK_SKIP_MISSED, T0);
	add_every("all", HOURS(1), TASK_ALLOW, TASK_ALL, T0);
	add_every("many", MINUTES(1), TASK_ALLOW, TASK_ALL, T0);
	t = definition("graceful", TASK_EVERY);
	t.period_ms = HOURS(1);
	t.anchor = T0;
	t.missed = TASK_ALL;
	t.overlap = TASK_ALLOW;
	t.grace_ms = HOURS(2);
	add(&t, NULL, T0);
	tick(T0 + HOURS(10) + MINUTES(30));
	is_int(count("SELECT count(*) FROM background_runs WHERE task = 'once'"), 1,
		"once: one is made up");
	is_int(count("SELECT task_run.due_at FROM task_run JOIN task ON task.id = task_id WHERE name = 'once'"),
		T0 + HOURS(10), "the latest");
	is_int(count("SELECT count(*) FROM background_runs WHERE task = 'skip'"), 0,
		"skip: none that is half an hour late");
	is_int(count("SELECT count(*) FROM background_runs WHERE task = 'all'"), 10,
		"all: all of them");
	is_int(count("SELECT count(*) FROM background_runs WHERE task = 'many'"), 100,
		"at most a hundred");
	is_int(count("SELECT max(task_run.due_at) FROM task_run JOIN task ON task.id = task_id"
		     " WHERE name = 'many'"),
		T0 + HOURS(10) + MINUTES(30), "the latest hundred");
	is_int(count("SELECT count(*) FROM background_runs WHERE task = 'graceful'"), 2,
		"--grace: those of the last two hours");
	tick(T0 + HOURS(11) + MINUTES(1));
	is_int(count("SELECT count(*) FROM background_runs WHERE task = 'skip'"), 1,
		"skip: a minute late is on time, since cron comes once a minute");
	tick(T0 + 3653 * CLOCK_DAY);
	is_int(count("SELECT count(*) FROM background_runs WHERE task = 'once'"), 3,
		"once: also after ten years");
	clean();
}

static void ignore(int64_t job, void *arg)
{
	(void)job;
	(void)arg;
}

static void overlap(void)
{
	add_every("skip", HOURS(1), TASK_SKIP, TASK_ONCE, T0);
	is_int(tick(T0 + HOURS(1)), 1, "the first run");
	is_int(tick(T0 + HOURS(2)), 0, "still going: the next is skipped");
	is_int(count("SELECT count(*) FROM background_runs WHERE status = 'cancelled'"
		     " AND reason LIKE 'run % was still going' AND jobs = 0"),
		1, "and recorded with that reason");
	work_all(JOB_DONE, T0);
	is_int(tick(T0 + HOURS(3)), 1, "ended: the next one runs");
	clean();
	add_every("queue", HOURS(1), TASK_QUEUE, TASK_ALL, T0);
	is_int(tick(T0 + HOURS(3)), 3, "queue: three runs");
	db_begin();
	int64_t first = count("SELECT min(id) FROM task_run");
	is_int(task_run_capacity(first + 1), 0, "the second waits for the first");
	is_int(task_run_capacity(first + 2), 0, "and the third for the second");
	db_commit();
	db_begin();
	task_run_cancel(first + 1, "them", T0, ignore, NULL);
	is_int(task_run_capacity(first + 2), 0,
		"the second is cancelled: the third waits for the first");
	db_commit();
	clean();
	add_every("queue", HOURS(1), TASK_QUEUE, TASK_ALL, T0);
	is_int(tick(T0 + HOURS(3)), 3, "queue: three runs");
	is_int(work_one(JOB_DONE, T0), count("SELECT min(id) FROM job"), "the first job");
	is_int(work_one(JOB_FAILED, T0), count("SELECT min(id) + 1 FROM job"), "the second");
	is_int(work_one(JOB_DONE, T0), count("SELECT min(id) + 2 FROM job"), "the third");
	tick(T0 + HOURS(130));
	tick(T0 + HOURS(131));
	is_int(count("SELECT count(*) FROM task_run WHERE reason = '100 runs were waiting'"), 0,
		"a hundred wait");
	tick(T0 + HOURS(132));
	tick(T0 + HOURS(133));
	is_int(count("SELECT count(*) FROM task_run WHERE reason = '100 runs were waiting'"), 2,
		"not more");
	clean();
}

static void clocks(void)
{
	add_every("every", MINUTES(1), TASK_ALLOW, TASK_ONCE, T0);
	for (int64_t now = T0; now <= T0 + MINUTES(10); now += MINUTES(1))
		tick(now);
	is_int(count("SELECT count(*) FROM task_run"), 10, "ten minutes");
	for (int64_t now = T0 + MINUTES(3); now <= T0 + MINUTES(10); now += MINUTES(1))
		is_int(tick(now), 0, "set back: nothing fires twice");
	is_int(tick(T0 + MINUTES(11)), 1, "and it goes on where it was");
	is_int(tick(T0 + HOURS(1000)), 1, "far ahead: one is made up");
	is_int(tick(T0 + MINUTES(12)), 0, "corrected: what lies before is passed over");
	is_int(tick(T0 + MINUTES(13)), 1, "and it goes on, not only in a thousand hours");
	is_int(tick(T0 + MINUTES(13) - 5000), 0, "another machine's clock is behind by seconds");
	is_int(tick(T0 + MINUTES(14)), 1, "nobody is confused by it");
	is_int(count("SELECT count(DISTINCT due_at) = count(*) FROM task_run"), 1,
		"each moment has one run");
	clean();
}

static void seen(const char *user, int64_t now)
{
	db_begin();
	user_seen(user, NULL, now);
	db_commit();
}

static void idle(void)
{
	struct task t = definition("nudge", TASK_IDLE);
	char ada[] = "ada", bob[] = "bob";
	char *users[] = { ada, bob, NULL };
	int64_t now = T0, id;

	seen("ada", T0 - MINUTES(50));
	seen("bob", T0 - MINUTES(10));
	t.period_ms = MINUTES(30);
	t.cooldown_ms = MINUTES(60);
	t.overlap = TASK_ALLOW;
	id = add(&t, users, now);
	is_int(tick(now), 0, "a silence of long ago is none to fire for");
	is_int(tick_next(), now + MINUTES(20), "one that goes on is");
	is_int(tick(now + MINUTES(20)), 1, "half an hour after the last message");
	is_int(count("SELECT user_id = 'bob' FROM job"), 1, "for the one who is silent");
	is_int(tick(now + HOURS(5)), 0, "once in each silence");
	seen("carl", now + HOURS(5));
	is_int(tick(now + HOURS(6)), 0, "not for somebody who is not on the list");
	now += HOURS(6);
	seen("ada", now);
	seen("ada", now + MINUTES(20));
	is_int(tick(now + MINUTES(30)), 0, "silence begins anew with each message");
	is_int(tick(now + MINUTES(50)), 1, "ada's is long enough");
	seen("ada", now + MINUTES(51));
	seen("bob", now + MINUTES(51));
	is_int(tick(now + MINUTES(81)), 1, "bob's is, too; ada's falls into her cooldown");
	is_int(tick(now + MINUTES(109)), 0, "which lasts");
	is_int(tick(now + MINUTES(110)), 1, "an hour; she is still silent then");
	is_int(count("SELECT count(DISTINCT job.user_id || due_at) = 4 AND count(*) = 4"
		     " FROM task_run JOIN job ON run_id = task_run.id"),
		1, "four in all");
	now += HOURS(20);
	seen("ada", now);
	db_begin();
	task_disable(id);
	db_commit();
	is_int(tick(now + HOURS(1)), 0, "disabled");
	seen("bob", now + HOURS(1));
	db_begin();
	task_enable(id, -1, now + HOURS(1) + MINUTES(10));
	db_commit();
	is_int(tick(now + HOURS(3)), 1,
		"enabled: what fell between is passed over, bob's lay ahead");
	is_int(count("SELECT count(*) FROM job WHERE user_id = 'bob'"), 3, "for bob");
	now += HOURS(30);
	seen("ada", now);
	is_int(tick(now - HOURS(10)), 0, "a clock set back");
	clean();
}

static void only_idle_tasks_wait_for_silence(void)
{
	struct task t = definition("often", TASK_EVERY);
	char ada[] = "ada";
	char *users[] = { ada, NULL };
	int64_t id;

	t.period_ms = HOURS(1);
	t.anchor = T0;
	id = add(&t, users, T0);
	seen("ada", T0 + MINUTES(5));
	db_begin();
	task_disable(id);
	task_enable(id, T0 + HOURS(1), T0 + MINUTES(10));
	db_commit();
	is_int(count("SELECT count(*) FROM task_user WHERE due_at IS NOT NULL"), 0,
		"enabled: a period is no silence");
	is_int(tick(T0 + MINUTES(100)), 1, "it has its own moment");
	clean();
}

static const char *status(int64_t run)
{
	static char text[16];
	struct task_run r;

	task_run_get(run, &r);
	snprintf(text, sizeof(text), "%s", r.status);
	task_run_free(&r);
	return text;
}

/* Start the jobs that may start now. Returns how many; their ids are put into `ids`. */
static int start_all(int64_t *ids)
{
	struct claim *claim;
	int n = 0;

	db_begin();
	claim = claim_open(NULL);
	while ((ids[n] = claim_next(claim)) != 0) {
		struct transition_start start = { .job = ids[n],
			.attempt = 1,
			.claim = "c",
			.boot = "b",
			.pool = 1,
			.slot = 1,
			.now = T0 };

		transition_start(&start);
		n++;
	}
	claim_close(claim);
	db_commit();
	return n;
}

static void fan_out(void)
{
	struct task t = definition("review", TASK_EVERY);
	char names[7][4] = { "u1", "u2", "u3", "u4", "u5", "u6", "u7" };
	char *users[8] = { 0 };
	int64_t ids[16], run;

	for (int i = 0; i < 7; i++)
		users[i] = names[i];
	t.period_ms = HOURS(1);
	t.anchor = T0;
	t.batch_size = 3;
	add(&t, users, T0);
	is_int(tick(T0 + HOURS(1)), 1, "one run");
	run = count("SELECT id FROM task_run");
	is_int(count("SELECT count(DISTINCT user_id) FROM job"), 7, "a job for each user");
	is_str(status(run), "pending", "pending");
	is_int(start_all(ids), 3, "a batch starts");
	is_str(status(run), "running", "running");
	is_int(start_all(ids + 3), 0, "no more");
	db_begin();
	end_job(ids[1], JOB_FAILED, T0);
	db_commit();
	is_int(start_all(ids + 3), 1, "one ends, the next takes its place at once");
	db_begin();
	end_job(ids[0], JOB_DONE, T0);
	end_job(ids[2], JOB_DONE, T0);
	end_job(ids[3], JOB_DONE, T0);
	db_commit();
	work_all(JOB_DONE, T0);
	is_str(status(run), "partial", "one user's failure leaves the others alone");
	is_int(count("SELECT count(*) FROM delivery WHERE title = '❌ review: partial'"), 1,
		"the summary, once");
	is_int(tick(T0 + HOURS(2)), 1, "the next run");
	start_all(ids);
	db_begin();
	end_job(ids[0], JOB_DONE, T0);
	run = count("SELECT max(id) FROM task_run");
	db_commit();
	db_begin();
	int64_t cancelled = task_run_cancel(run, "me", T0, ignore, NULL);
	db_commit();
	is_int(cancelled, 6, "cancelling takes what is left");
	is_int(start_all(ids + 3), 0, "nothing more starts");
	db_begin();
	end_job(ids[1], JOB_CANCELLED, T0);
	end_job(ids[2], JOB_DONE, T0);
	db_commit();
	is_str(status(run), "cancelled", "cancelled");
	is_int(count("SELECT count(*) FROM delivery WHERE title = '🚫 review: cancelled'"), 1,
		"which is said once, when the last has ended");
	clean();
}

static void alerts(void)
{
	int64_t at = T0;

	add_every("flaky", HOURS(1), TASK_SKIP, TASK_ONCE, T0);
	for (int i = 1; i <= 5; i++) {
		tick(at += HOURS(1));
		work_all(JOB_FAILED, at);
		is_int(count("SELECT count(*) FROM delivery WHERE title = '⚠️ flaky keeps failing'"),
			i >= 3, "after %d failures in a row", i);
	}
	tick(at += HOURS(1));
	work_all(JOB_DONE, at);
	is_int(count("SELECT count(*) FROM delivery WHERE title = '✅ flaky has recovered'"), 1,
		"and when it recovers");
	tick(at += HOURS(1));
	work_all(JOB_DONE, at);
	is_int(count("SELECT count(*) FROM delivery WHERE title = '✅ flaky has recovered'"), 1,
		"once");
	is_int(count("SELECT count(*) FROM delivery WHERE kind = 'final'"), 7,
		"a run with one job is told of as that job");
	clean();
}

static void held_back(void)
{
	int64_t id = add_every("held", HOURS(1), TASK_SKIP, TASK_ONCE, T0);
	int64_t ids[4];

	tick(T0 + HOURS(1));
	db_begin();
	task_disable(id);
	db_commit();
	is_int(start_all(ids), 0, "disabled: what is queued waits");
	is_int(tick(T0 + HOURS(5)), 0, "and nothing fires");
	db_begin();
	task_enable(id, T0 + HOURS(6), T0 + HOURS(5));
	db_commit();
	is_int(start_all(ids), 1, "enabled: it goes on");
	db_begin();
	end_job(ids[0], JOB_DONE, T0);
	task_set_paused(1);
	db_commit();
	is_int(tick_next(), -1, "paused: nothing is due");
	is_int(tick(T0 + HOURS(9)), 0, "and nothing fires");
	db_begin();
	tick_resume(T0 + HOURS(9));
	db_commit();
	is_int(tick(T0 + HOURS(9)), 0, "resumed: what fell between is passed over");
	is_int(tick(T0 + HOURS(10)), 1, "the next one fires");
	db_begin();
	task_delete(id, T0 + HOURS(10));
	db_commit();
	is_int(start_all(ids), 0, "deleted: it starts nothing more");
	is_int(count("SELECT count(*) FROM job WHERE status = 'cancelled'"), 1,
		"what was queued is cancelled");
	is_int(count("SELECT count(*) FROM background_runs WHERE task = 'held'"), 2,
		"its history stays");
	is_int(tick(T0 + HOURS(20)), 0, "and it never fires again");
	add_every("held", HOURS(1), TASK_SKIP, TASK_ONCE, T0);
	is_int(count("SELECT count(*) FROM task"), 2, "its name is free");
	clean();
}

/* Whose job starts next: the name of its task. */
static const char *next_task(void)
{
	static char name[65];
	struct job job;

	name[0] = '\0';
	if (job_get(work_one(JOB_DONE, T0), &job) < 0)
		return name;
	snprintf(name, sizeof(name), "%s", job.type);
	job_free(&job);
	return name;
}

static void turns(void)
{
	static const char *const order[] = { "large", "small", "plain", "large", "small", "plain",
		"large", "large" };
	char *users[] = { (char[]){ "a" }, (char[]){ "b" }, (char[]){ "c" }, (char[]){ "d" },
		NULL };
	const char *names[] = { "large", "small" };

	for (int i = 0; i < 2; i++) {
		struct task t = definition(names[i], TASK_EVERY);

		t.period_ms = HOURS(1);
		t.anchor = T0;
		add(&t, users + 2 * i, T0);
		tick(T0 + HOURS(1));
	}
	add_every("plain", HOURS(1), TASK_ALLOW, TASK_ALL, T0);
	tick(T0 + HOURS(2));
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		is_str(next_task(), order[i], "runs take turns");
	clean();
}

/* A claim whose command never started goes back to the queue. */
static void unstart(int64_t job)
{
	db_begin();
	transition_unstart(job, 1, "c", T0);
	db_commit();
}

static void given_back(void)
{
	int64_t id = add_every("held", HOURS(1), TASK_SKIP, TASK_ONCE, T0);
	int64_t ids[4];

	tick(T0 + HOURS(1));
	start_all(ids);
	db_begin();
	task_disable(id);
	db_commit();
	unstart(ids[0]);
	is_int(work_one(JOB_DONE, T0), 0, "disabled while it was to start: it waits");
	db_begin();
	task_enable(id, T0 + HOURS(6), T0 + HOURS(5));
	db_exec("UPDATE job SET attempt = 0; DELETE FROM attempt");
	db_commit();
	is_int(start_all(ids), 1, "enabled: it starts");
	db_begin();
	task_delete(id, T0 + HOURS(5));
	db_commit();
	unstart(ids[0]);
	is_int(count("SELECT count(*) FROM job WHERE status = 'cancelled'"), 1,
		"deleted while it was to start: it is cancelled");
	is_int(count("SELECT count(*) FROM job WHERE status = 'queued'"), 0, "and does not start");
	clean();
}

static void one_behind_the_other_pruned(void)
{
	struct prune old = { .before = T0 + HOURS(9), .keep = -1 };
	int64_t ids[4];

	add_every("queue", HOURS(1), TASK_QUEUE, TASK_ALL, T0);
	tick(T0 + HOURS(4));
	is_int(start_all(ids), 1, "of four runs one starts");
	db_begin();
	for (int64_t back = 1; back <= 2; back++)
		task_run_cancel(count("SELECT min(id) FROM task_run") + back, "me", T0, ignore,
			NULL);
	db_exec("UPDATE task_run SET created_at = due_at; UPDATE delivery SET status = 'sent'");
	db_commit();
	is_int(prune_run(&old, NULL), 0, "those between it and the last stay");
	is_int(start_all(ids + 1), 0, "which waits for the first, still");
	db_begin();
	end_job(ids[0], JOB_DONE, T0);
	db_exec("UPDATE delivery SET status = 'sent'");
	db_commit();
	is_int(start_all(ids + 1), 1, "until that has ended");
	db_begin();
	end_job(ids[1], JOB_DONE, T0);
	db_exec("UPDATE delivery SET status = 'sent'");
	db_commit();
	is_int(prune_run(&old, NULL), 4, "then all go");
	clean();
}

static void pruned(void)
{
	struct prune old = { .before = T0 + HOURS(2) + 1, .keep = -1 };
	int64_t first = add_every("old", HOURS(1), TASK_ALLOW, TASK_ALL, T0), open;

	tick(T0 + HOURS(1));
	work_all(JOB_DONE, T0 + HOURS(1));
	tick(T0 + HOURS(2));
	open = count("SELECT max(id) FROM job");
	tick(T0 + HOURS(3));
	db_begin();
	db_exec("UPDATE task_run SET created_at = due_at; UPDATE delivery SET status = 'sent'");
	end_job(open + 1, JOB_DONE, T0 + HOURS(3));
	db_exec("UPDATE delivery SET status = 'sent'");
	db_commit();
	old.dry_run = 1;
	is_int(prune_run(&old, NULL), 1, "one run has ended and is old");
	is_int(count("SELECT count(*) FROM task_run"), 3, "--dry-run leaves it there");
	old.dry_run = 0;
	is_int(prune_run(&old, NULL), 1, "pruned");
	is_int(count("SELECT count(*) FROM task_run"), 2, "the run goes with its jobs");
	db_begin();
	end_job(open, JOB_FAILED, T0 + HOURS(3));
	task_delete(first, T0 + HOURS(3));
	db_exec("UPDATE delivery SET status = 'sent'");
	db_commit();
	old.before = T0 + HOURS(4);
	is_int(prune_run(&old, NULL), 2, "later the others");
	is_int(count("SELECT (SELECT count(*) FROM task_run) + (SELECT count(*) FROM task)"
		     " + (SELECT count(*) FROM task_notify)"),
		0, "and a deleted task with its last run");
	clean();
}

int main(void)
{
	if (!tap_folder(home))
		return 1;
	setenv("BGJOB_HOME", home, 1);
	db_open(DB_WRITE);
	due_moments();
	once_at_a_time();
	missed();
	overlap();
	clocks();
	idle();
	only_idle_tasks_wait_for_silence();
	fan_out();
	alerts();
	held_back();
	turns();
	given_back();
	one_behind_the_other_pruned();
	pruned();
	db_close();
	return done();
}
