/* pool_cycle: one transaction of a pool: record what ended, claim what may start */
#include "run/pool_cycle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/failpoint.h"
#include "base/process.h"
#include "base/str.h"
#include "db/db.h"
#include "db/home.h"
#include "run/launch_local.h"
#include "run/settle.h"
#include "run/spool.h"
#include "service/runner.h"
#include "shim/state.h"
#include "store/claim.h"
#include "store/transition.h"

/* settled or started in one round: each needs some descriptors */
enum { AT_ONCE = 64 };

struct starting {
	struct launch_local launch;
	struct attempt attempt;
	char claim[STATE_TOKEN];
	int slot;
	int failed; /* it can never be started, and its exit record says so */
};

struct cycle {
	struct running *running;
	const struct pool_options *options;
	struct pool_cycle_result *result;
	int64_t pool, now;
	int starts;  /* how many to start at most */
	int express; /* and how many more in express slots */
	struct settlement *settled;
	struct member **members; /* members[i] is settled by settled[i] */
	int settled_count;
	struct starting *starting;
	int starting_count;
};

static void make_token(char token[STATE_TOKEN])
{
	unsigned char bytes[16];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		die_errno("cannot get random bytes");
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(token + 2 * i, 3, "%02x", bytes[i]);
}

/* jobs in this queue may get an express slot */
static char chat_queue[] = JOB_QUEUE_CHAT;
static char *const express_queues[] = { chat_queue, NULL };

static int has_express(const struct pool_options *options)
{
	char *const *queue = options->queues;

	while (queue && *queue && strcmp(*queue, chat_queue) != 0)
		queue++;
	return options->mode != POOL_ONCE && (!queue || *queue);
}

static int next_slot(const struct cycle *c, int express)
{
	int slot = express ? RUNNING_EXPRESS + 1 : 1, taken;

	do {
		taken = 0;
		for (const struct member *m = c->running->first; m; m = m->next)
			taken |= m->slot == slot && !m->ended;
		for (int i = 0; i < c->starting_count; i++)
			taken |= c->starting[i].slot == slot;
		slot += taken;
	} while (taken);
	return slot;
}

/*
 * inside the transaction: the state file first, then the row. Returns 0, or -1 to start no more in
 * this round
 */
static int start_one(struct cycle *c, int64_t job, int express)
{
	struct starting *start = &c->starting[c->starting_count];
	struct transition_start row;
	int state, streams;

	make_token(start->claim);
	start->slot = next_slot(c, express);
	start->attempt = (struct attempt){ .job = job,
		.attempt = attempt_latest(job) + 1,
		.claim = start->claim,
		.boot = process_boot() };
	state = spool_reserve(job, &start->attempt.attempt, start->claim, &streams);
	if (state < 0) {
		int error = errno;

		warn_errno("cannot create a file in %s", home_file("spool"));
		errno = error;
		c->result->no_space = errno == ENOSPC || errno == EDQUOT;
		c->result->no_process = !c->result->no_space;
		return -1;
	}
	start->launch = (struct launch_local){ .state = state, .input = -1, .spec = -1 };
	c->starting_count++;
	row = (struct transition_start){ .job = job,
		.attempt = start->attempt.attempt,
		.claim = start->claim,
		.boot = process_boot(),
		.pool = c->pool,
		.slot = start->slot,
		.now = c->now };
	if (!transition_start(&row)) {
		if (db_failing())
			return -1;
		die_system("job %lld changed while the store was locked", (long long)job);
	}
	start->failed = launch_local_prepare(&start->launch, job, start->attempt.attempt,
				start->claim, state, start->slot, streams) < 0;
	return 0;
}

/* Returns whether there may be more to claim. */
static int claim_up_to(struct cycle *c, int most, int express)
{
	struct claim *claim = claim_open(express ? express_queues : c->options->queues);
	int64_t job = 0;

	for (int n = 0; n < most && (job = claim_next(claim)); n++)
		if (start_one(c, job, express) < 0)
			break;
	claim_close(claim);
	return job != 0;
}

static void claim_some(struct cycle *c)
{
	if (c->express > 0)
		claim_up_to(c, c->express, 1);
	if (c->starts > 0)
		c->result->more = claim_up_to(c, c->starts, 0);
}

static void cycle_work(void *arg)
{
	struct cycle *c = arg;

	for (int i = 0; i < c->settled_count; i++)
		settle_apply(&c->settled[i], c->now);
	if (c->starts + c->express > 0) {
		claim_release_due(c->now);
		claim_some(c);
	}
}

static void forget_starts(struct cycle *c)
{
	/*
	 * the files stay: after a crash a failed commit may turn out to have been written, and then
	 * they say that the attempt was never started
	 */
	for (int i = 0; i < c->starting_count; i++)
		launch_local_free(&c->starting[i].launch);
	c->starting_count = 0;
}

/* the attempt is committed but nothing runs: it is settled as after a crash */
static void settle_next(struct cycle *c, struct starting *start)
{
	struct member *m = running_add(c->running, &start->attempt, 0, start->slot);

	m->ended = 1;
	c->result->unsettled = 1;
}

static void start_all(struct cycle *c)
{
	for (int i = 0; i < c->starting_count; i++) {
		struct starting *start = &c->starting[i];
		struct member *m;
		pid_t pid;

		if (start->failed) {
			c->result->no_process |= start->launch.later;
			launch_local_free(&start->launch);
			settle_next(c, start);
			continue;
		}
		pid = launch_local_start(&start->launch);
		if (pid < 0) {
			warn_errno("cannot start bgjob-shim for job %lld",
				(long long)start->attempt.job);
			c->result->no_process = 1;
			settle_next(c, start);
			continue;
		}
		c->result->started++;
		m = running_add(c->running, &start->attempt, pid, start->slot);
		if (running_watch(c->running, m) < 0)
			c->result->unsettled = 1;
	}
}

static void examine_ended(struct cycle *c)
{
	c->settled = mem_zero((size_t)c->running->count, sizeof(*c->settled));
	c->members = mem_zero((size_t)c->running->count, sizeof(struct member *));
	for (struct member *m = c->running->first; m; m = m->next) {
		struct settlement *s = &c->settled[c->settled_count];

		if (!m->ended)
			continue;
		if (c->settled_count == AT_ONCE) {
			c->result->unsettled = 1;
			break;
		}
		settle_examine(s, &m->attempt, m->child != 0);
		if (s->finding == SETTLE_ALIVE) {
			/* another process is settling it, which leaves nothing to do for us */
			c->result->unsettled = 1;
			c->result->no_disk |= s->later;
			continue;
		}
		c->members[c->settled_count++] = m;
	}
}

static void clear_ended(struct cycle *c)
{
	for (int i = 0; i < c->settled_count; i++) {
		const char *status = c->settled[i].status;

		c->result->ended++;
		c->result->leftovers |= c->settled[i].leftovers > 0;
		/* a shim that dies at its start would do so again and again: pause */
		c->result->no_process |=
			c->settled[i].live && c->settled[i].finding == SETTLE_NEVER_STARTED;
		c->result->failed += strcmp(status, "done") != 0 && strcmp(status, "queued") != 0;
		settle_clear(&c->settled[i]);
		running_remove(c->running, c->members[i]);
	}
}

static void leave_ended(struct cycle *c)
{
	for (int i = 0; i < c->settled_count; i++)
		settle_leave(&c->settled[i]);
	c->result->unsettled = 1;
}

/* an attempt that could not be settled yet keeps its slot: its row still says running */
static int as_slots_allow(const struct cycle *c, int express, int most)
{
	int settled = 0, left;

	for (int i = 0; i < c->settled_count; i++)
		settled += (c->members[i]->slot > RUNNING_EXPRESS) == express;
	left = running_free_slots(c->running, express, settled);
	if (left > AT_ONCE)
		left = AT_ONCE;
	if (most > left)
		most = left;
	return most > 0 ? most : 0;
}

int pool_cycle_run(struct running *r, const struct pool_options *options, int64_t pool, int starts,
	int express, struct pool_cycle_result *result)
{
	struct cycle c = { .running = r,
		.options = options,
		.result = result,
		.pool = pool,
		.now = clock_now(),
		.starts = starts,
		.express = has_express(options) ? express : 0 };
	int status;

	*result = (struct pool_cycle_result){ 0 };
	if (starts + c.express > 0 && home_free_space() < options->min_free) {
		result->no_space = pool_cycle_claimable(options);
		c.starts = c.express = 0;
	}
	examine_ended(&c);
	c.starts = as_slots_allow(&c, 0, c.starts);
	c.express = as_slots_allow(&c, 1, c.express);
	c.starting = mem_zero((size_t)(c.starts + c.express) + 1, sizeof(*c.starting));
	status = db_try(cycle_work, &c);
	if (status == 0) {
		start_all(&c);
		clear_ended(&c);
	} else {
		forget_starts(&c);
		leave_ended(&c);
	}
	free(c.starting);
	free(c.settled);
	free(c.members);
	if (result->ended)
		runner_deliver();
	return status;
}

int pool_cycle_claimable(const struct pool_options *options)
{
	struct claim *claim = claim_open(options->queues);
	int64_t due = claim_next_due();
	int found = claim_any(claim) || (due >= 0 && due <= clock_now());

	claim_close(claim);
	return found;
}

int pool_cycle_express_claimable(const struct pool_options *options)
{
	struct claim *claim;
	int found;

	if (!has_express(options))
		return 0;
	claim = claim_open(express_queues);
	found = claim_any(claim);
	claim_close(claim);
	return found;
}
