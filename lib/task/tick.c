/* tick: fire what is due */
#include "task/tick.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "db/db.h"
#include "db/home.h"
#include "store/task_due.h"
#include "store/task_pause.h"
#include "store/task_run.h"
#include "task/trigger.h"
#include "task/zone.h"

enum {
	AT_ONCE = 50, /* tasks in one transaction ... */
	JOBS_AT_ONCE =
		500, /* ... or fewer, once so many jobs were made: others need to write too */
	MOST_MISSED = 100,
};

/* How late a moment may fire if its task skips missed ones: cron calls once a minute. */
#define ON_TIME (2 * CLOCK_MINUTE)

/* A clock that is behind by less was not set back: it just waits for the moment. */
#define SET_BACK CLOCK_MINUTE

#define TICKED "ticked" /* its modification time is the last look */

struct pass {
	int64_t given, began; /* the time given by the caller, and clock_now() then */
	int64_t now, jobs, runs;
	int more;
};

static int too_late(const struct task *task, int64_t due, int64_t now)
{
	int64_t grace = task->grace_ms;

	if (grace < 0 && task->missed == TASK_SKIP_MISSED)
		grace = ON_TIME;
	return grace >= 0 && now - due > grace;
}

static void fire(struct pass *r, const struct task *task, int64_t due, char *const *users)
{
	struct task_run_new run = { .task = task,
		.kind = task->kind,
		.due_at = due,
		.users = users };
	int64_t jobs;

	task_run_add(&run, r->now, &jobs);
	r->jobs += jobs;
	r->runs += jobs > 0;
}

static void fire_missed(struct pass *r, const struct task *task)
{
	int64_t moments[MOST_MISSED];
	size_t count = trigger_latest(task, task->looked_at, r->now, moments,
		task->missed == TASK_ALL ? MOST_MISSED : 1);

	for (size_t i = 0; i < count; i++)
		if (!too_late(task, moments[i], r->now))
			fire(r, task, moments[i], NULL);
}

static void fire_task(struct pass *r, int64_t id)
{
	struct task task;

	if (task_get(id, &task) < 0)
		return;
	fire_missed(r, &task);
	failpoint("tick-fired");
	task_due_settle(id, r->now, trigger_next(&task, r->now));
	failpoint("tick-settled");
	task_free(&task);
}

static void fire_idle(struct pass *r, const struct task_idle *idle)
{
	char *users[] = { idle->user, NULL };
	struct task task;
	int64_t before = r->runs;

	if (task_get(idle->task, &task) < 0)
		return;
	if (!too_late(&task, idle->due_at, r->now))
		fire(r, &task, idle->due_at, users);
	failpoint("idle-fired");
	task_idle_settle(idle, r->runs > before, r->now);
	task_free(&task);
}

/* for tasks whose next moment was computed with another clock or tz database; skips no moment */
static void settle_again(int64_t id, int64_t now)
{
	struct task task;
	int64_t from;

	if (task_get(id, &task) < 0)
		return;
	from = task.looked_at < now ? task.looked_at : now;
	task_due_settle(id, from, task.enabled ? trigger_next(&task, from) : -1);
	task_free(&task);
}

/* zone files are read once, and again when the tz database changes */
static int64_t current_zones(void)
{
	static int64_t known = -1;
	int64_t stamp = zone_stamp();

	if (known != stamp)
		zone_close_all();
	known = stamp;
	return stamp;
}

/*
 * A process that was stopped, or waited for a lock, would mistake the progress of other processes
 * for a clock that was set back, so the time that passed is added. In whole seconds, so that tests
 * find the time they gave.
 */
static int64_t now_at_last(const struct pass *r)
{
	return r->given + (clock_now() - r->began) / CLOCK_SECOND * CLOCK_SECOND;
}

static void tick_work(void *arg)
{
	struct pass *r = arg;
	int64_t ids[AT_ONCE];
	struct task_idle idle[AT_ONCE];
	size_t count, i;

	r->now = now_at_last(r);
	task_due_clock_set_back(r->now, SET_BACK, settle_again);
	failpoint("tick-set-back");
	task_due_zones_changed(current_zones(), settle_again, r->now);
	count = task_due_list(r->now, ids, AT_ONCE);
	for (i = 0; i < count && r->jobs < JOBS_AT_ONCE; i++)
		fire_task(r, ids[i]);
	r->more = i < count || count == AT_ONCE;
	count = task_idle_list(r->now, idle, AT_ONCE);
	for (i = 0; i < count; i++) {
		if (r->jobs < JOBS_AT_ONCE)
			fire_idle(r, &idle[i]);
		else
			r->more = 1;
		free(idle[i].user);
	}
	r->more |= count == AT_ONCE;
}

static void note_look(void)
{
	int fd = openat(home_dir(), TICKED, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	/* for bgjob-doctor; not worth failing for */
	if (fd >= 0) {
		futimens(fd, NULL);
		close(fd);
	}
}

/* whether there is anything to do, found without a write, since usually nothing is due */
static int is_needed(int64_t now)
{
	int64_t next = task_due_next();

	return (next >= 0 && next <= now) || task_due_outdated(now + SET_BACK, zone_stamp());
}

int tick_run(int64_t now, int64_t *runs)
{
	struct pass r = { .given = now, .began = clock_now() };

	if (runs)
		*runs = 0;
	note_look();
	r.more = is_needed(now);
	failpoint("tick-looked");
	while (r.more) {
		r.jobs = r.runs = r.more = 0;
		if (db_try(tick_work, &r) < 0)
			return -1;
		failpoint("tick-committed");
		if (runs)
			*runs += r.runs;
	}
	return 0;
}

int64_t tick_next(void)
{
	return task_due_next();
}

int64_t tick_last(void)
{
	struct stat st;

	if (fstatat(home_dir(), TICKED, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	return (int64_t)st.st_mtim.tv_sec * CLOCK_SECOND;
}

static void resume_one(const struct task *task, void *arg)
{
	int64_t now = *(int64_t *)arg;

	/* its moments during the pause are skipped */
	if (!task->enabled)
		return;
	task_due_settle(task->id, now, trigger_next(task, now));
	task_idle_begin(task->id, now);
}

void tick_resume(int64_t now)
{
	task_set_paused(0);
	task_list(resume_one, &now);
}
