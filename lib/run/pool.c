/* pool: run queued jobs, each under its shim, until told to stop */
#include "run/pool.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/failpoint.h"
#include "db/db.h"
#include "db/home.h"
#include "run/pool_cycle.h"
#include "run/pool_watch.h"
#include "run/recover.h"
#include "run/running.h"
#include "run/spool.h"
#include "service/loop.h"
#include "service/paths.h"
#include "store/claim.h"
#include "store/pool.h"

enum { RETRY = 10, PAUSE = 2000 }; /* ms */

struct pool {
	const struct pool_options *options;
	struct running running;
	struct pool_watch watch;
	struct loop *loop;
	int64_t id;
	int lock, autorun; /* locks; -1: not held */
	int look;          /* there may be work */
	int recover;       /* another pool died: take over its jobs */
	int dying;         /* its lock is still held: look again soon */
	int leftovers;     /* check whether the processes that a retry waits for are gone */
	int stop;
	int64_t tick_due;                          /* when to call options->tick(); -1: no need */
	int64_t retry_at, pause_until, idle_since; /* clock_boot(); 0: not set */
	int64_t patience;                          /* ms before trying again what just failed */
	int said_no_space, said_error;
	int started, failed;
	int no_room; /* --drain gives up: no space, or no process can be started */
};

/* how many jobs may be started once those that have ended are settled */
static int free_starts(const struct pool *p, int express)
{
	int free_slots =
		running_free_slots(&p->running, express, running_ended(&p->running, express));

	if (p->pause_until || free_slots < 0)
		return 0;
	if (p->options->mode == POOL_ONCE)
		return p->started == 0 && free_slots > 0;
	return free_slots;
}

/* when the next job is due; setting the real-time clock wakes us as well */
static void arm_due(struct pool *p)
{
	int64_t due = claim_next_due();

	/* a job that is due but has no slot starts when one becomes free, without a timer */
	if (!free_starts(p, 0) && due <= clock_now())
		due = -1;
	if (p->tick_due >= 0 && (due < 0 || p->tick_due < due))
		due = p->tick_due;
	loop_set_due(p->loop, due);
}

static void tick(struct pool *p)
{
	if (!p->look || !p->options->tick)
		return;
	p->tick_due = p->options->tick();
	arm_due(p);
}

static void retry_in(struct pool *p, int64_t ms)
{
	int64_t at = clock_boot() + ms;

	if (!p->retry_at || at < p->retry_at)
		p->retry_at = at;
}

/* usually it takes a moment; a process that was stopped halfway takes longer */
static int64_t patience(struct pool *p)
{
	p->patience = p->patience ? 2 * p->patience : RETRY;
	if (p->patience > PAUSE)
		p->patience = PAUSE;
	return p->patience;
}

static void tell_settled(const struct settlement *s, void *arg)
{
	(void)arg;
	warn("job %lld %s%s%s", (long long)s->job, s->status, s->reason[0] ? ": " : "", s->reason);
}

/* take over a running attempt of a pool that is gone */
static void adopt(const struct attempt *a, void *arg)
{
	struct pool *p = arg;
	int changed;

	if (running_find(&p->running, a->job, a->attempt))
		return;
	changed = attempt_adopt(a, p->id);
	if (changed < 0)
		p->recover = 1; /* the disk is full: try again after a pause */
	if (changed > 0 &&
		running_watch(&p->running, running_add(&p->running, a, 0, (int)a->slot)) < 0)
		retry_in(p, RETRY);
}

/* watching one of them is enough: we look again when it is gone */
static void watch_leftover(int pid, void *arg)
{
	struct pool *p = arg;

	if (pool_watch_leftover(&p->watch, pid))
		p->leftovers = 1;
}

static void look_around(struct pool *p)
{
	if (pool_watch_look(&p->watch))
		p->recover = 1;
	if (p->recover && !p->retry_at) {
		p->recover = 0;
		if (recover_all(0, tell_settled, adopt, p) < 0 || p->recover) {
			warn_once(&p->said_error, 1, "will try again: ", db_error());
			p->recover = 1;
			retry_in(p, PAUSE);
		}
		p->look = p->leftovers = 1;
		/* the jobs of a pool that is just losing its lock have yet to be taken over */
		p->dying = pool_watch_dying();
		if (p->dying)
			retry_in(p, patience(p));
	}
	if (p->look)
		cancelling_deliver(&p->running);
	if (p->leftovers) {
		p->leftovers = 0;
		if (recover_leftovers(watch_leftover, p))
			p->look = 1;
	}
}

static void on_signal(void *arg)
{
	struct pool *p = arg;

	p->stop = 1;
}

static void on_commit(void *arg)
{
	struct pool *p = arg;

	p->look = 1;
	/* bgjob-recover may have left a waiting retry */
	p->leftovers |= !pool_watch_has_leftover(&p->watch);
}

static void on_due(void *arg)
{
	struct pool *p = arg;

	p->look = 1;
}

static void pool_start(struct pool *p)
{
	struct loop_options options = { .on_signal = on_signal,
		.on_commit = on_commit,
		.on_due = on_due,
		.arg = p };

	p->loop = p->running.loop = p->watch.loop = loop_new(&options);
	paths_shim();
	spool_keep_spares(p->running.slots);
	p->id = p->watch.self = pool_register(getpid(), p->running.slots, &p->lock);
	p->recover = p->leftovers = p->look = 1;
	look_around(p);
	loop_ready(p->loop);
}

static void pool_sleep(struct pool *p)
{
	loop_wake_by(p->loop, p->retry_at);
	loop_wake_by(p->loop, p->pause_until);
	if (p->idle_since)
		loop_wake_by(p->loop, p->idle_since + p->options->linger_ms);
	loop_wait(p->loop);
	p->recover |= p->watch.pool_ended;
	p->leftovers |= p->watch.leftover_ended;
	p->watch.pool_ended = p->watch.leftover_ended = 0;
	if (p->retry_at && clock_boot() >= p->retry_at) {
		p->retry_at = 0;
		p->recover |= p->dying;
		if (running_watch_all(&p->running) < 0)
			retry_in(p, RETRY);
	}
	if (p->pause_until && clock_boot() >= p->pause_until) {
		p->pause_until = 0;
		p->look = 1;
	}
}

static void after_round(struct pool *p, int status, const struct pool_cycle_result *result)
{
	warn_once(&p->said_error, status < 0, "will try again: ", status < 0 ? db_error() : "");
	warn_once(&p->said_no_space, result->no_space,
		"too little free space (BGJOB_MIN_FREE), no job is started: ", home_path());
	p->started += result->started;
	p->failed += result->failed;
	p->leftovers |= result->leftovers;
	p->look = result->more && status == 0 && running_free_slots(&p->running, 0, 0) > 0;
	if (status < 0 || result->no_space || result->no_process)
		p->pause_until = clock_boot() + PAUSE;
	if (result->unsettled)
		retry_in(p, status < 0 || result->no_disk ? PAUSE : patience(p));
	else if (!p->dying)
		p->patience = 0;
	if (status == 0)
		arm_due(p);
}

/* one round: record ends and claim jobs in one commit; with nothing to do it costs one read */
static void run_cycle(struct pool *p)
{
	struct pool_cycle_result result;
	int ended = running_ended(&p->running, 0) + running_ended(&p->running, 1),
	    may = free_starts(p, 0);
	int status;

	if (ended && p->retry_at && p->said_error)
		ended = 0; /* the disk is full: wait for the next try */
	if (!ended && !(p->look && may) && !(p->look && pool_cycle_express_claimable(p->options)))
		return;
	/* where there are other pools, look first: most wake-ups are for them */
	if (!ended && p->watch.first && !pool_cycle_claimable(p->options)) {
		p->look = 0;
		arm_due(p);
		return;
	}
	status = pool_cycle_run(&p->running, p->options, p->id, may, free_starts(p, 1), &result);
	after_round(p, status, &result);
}

/* whether nothing will become runnable by itself */
static int nothing_ahead(struct pool *p)
{
	return claim_next_due() < 0 && p->tick_due < 0 && !pool_cycle_claimable(p->options) &&
		!pool_watch_has_leftover(&p->watch);
}

/*
 * A submitter commits first, then looks for a living pool. We drop the lock first, then look for
 * work. So one of the two sees the other.
 */
static int leave(struct pool *p, int with_due)
{
	pool_leave(p->lock);
	if (p->autorun >= 0)
		home_unlock(p->autorun);
	failpoint("pool-left");
	p->lock = p->autorun = -1;
	return !pool_cycle_claimable(p->options) && (!with_due || claim_next_due() < 0);
}

static void come_back(struct pool *p)
{
	p->id = p->watch.self = pool_register(getpid(), p->running.slots, &p->lock);
	if (p->options->mode == POOL_LINGER)
		p->autorun = home_lock("autorun.lock", 0, 1, 0);
	p->look = 1;
	p->idle_since = 0;
}

static int idle_long_enough(struct pool *p)
{
	if (p->running.count || !nothing_ahead(p)) {
		p->idle_since = 0;
		return 0;
	}
	if (!p->idle_since)
		p->idle_since = clock_boot();
	return clock_boot() - p->idle_since >= p->options->linger_ms;
}

static int pool_finished(struct pool *p)
{
	if (p->stop)
		return 1;
	switch (p->options->mode) {
	case POOL_SERVICE: return 0;
	case POOL_ONCE: return p->running.count == 0;
	case POOL_DRAIN:
		if (p->running.count || pool_cycle_claimable(p->options)) {
			/*
			 * nothing can be started: leave it to cron's next run, so that runners do
			 * not pile up
			 */
			p->no_room = !p->running.count && p->pause_until &&
				(p->said_no_space || p->said_error);
			return p->no_room;
		}
		break;
	case POOL_LINGER:
		if (!idle_long_enough(p))
			return 0;
		break;
	}
	if (leave(p, p->options->mode == POOL_LINGER))
		return 1;
	come_back(p);
	return 0;
}

int pool_run(const struct pool_options *options)
{
	struct pool p = { .options = options,
		.running.slots = options->slots,
		.lock = -1,
		.autorun = -1,
		.tick_due = -1 };

	if (options->mode == POOL_LINGER)
		p.autorun = home_lock("autorun.lock", 0, 1, 0);
	pool_start(&p);
	for (;;) {
		look_around(&p);
		tick(&p);
		run_cycle(&p);
		if (pool_finished(&p))
			break;
		if (!p.look || !free_starts(&p, 0))
			pool_sleep(&p);
	}
	loop_stopping(p.loop);
	spool_drop_spares();
	/* running jobs continue under their shims; the next pool takes them over */
	running_free(&p.running);
	pool_watch_free(&p.watch);
	loop_free(p.loop);
	if (p.no_room)
		return EXIT_SYSTEM;
	if (options->mode == POOL_ONCE)
		return p.started == 0 || p.failed ? EXIT_NO : EXIT_DONE;
	return EXIT_DONE;
}
