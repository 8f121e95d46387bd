/* pool_leave: when a pool has done its work */
#include <unistd.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "db/home.h"
#include "run/pool_cycle.h"
#include "run/pool_state.h"
#include "store/claim.h"
#include "store/pool.h"

/* whether there is nothing that will become runnable by itself */
static int nothing_ahead(struct pool *p)
{
	return claim_next_due() < 0 && p->tick_due < 0 && !pool_cycle_claimable(p->options) &&
		!pool_watch_has_leftover(&p->neighbours);
}

/*
 * A submitter commits, then looks for a living pool. We give up the lock, then
 * look for work: one of the two sees the other.
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
	p->id = p->neighbours.self = pool_register(getpid(), p->roster.slots, &p->lock);
	if (p->options->mode == POOL_LINGER)
		p->autorun = home_lock("autorun.lock", 0, 1, 0);
	p->look = 1;
	p->idle_since = 0;
}

static int idle_long_enough(struct pool *p)
{
	if (p->roster.count || !nothing_ahead(p)) {
		p->idle_since = 0;
		return 0;
	}
	if (!p->idle_since)
		p->idle_since = clock_boot();
	return clock_boot() - p->idle_since >= p->options->linger_ms;
}

int pool_finished(struct pool *p)
{
	if (p->stop)
		return 1;
	switch (p->options->mode) {
	case POOL_SERVICE: return 0;
	case POOL_ONCE: return p->roster.count == 0;
	case POOL_DRAIN:
		if (p->roster.count || pool_cycle_claimable(p->options)) {
			/* nothing can be started: cron comes again, and others need not pile up */
			p->no_room = !p->roster.count && p->pause_until &&
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
