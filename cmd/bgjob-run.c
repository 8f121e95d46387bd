/* bgjob-run: run queued jobs */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/die.h"
#include "base/out.h"
#include "base/str.h"
#include "db/db.h"
#include "db/home.h"
#include "run/launch_local.h"
#include "run/pool.h"
#include "service/runner.h"
#include "store/queue.h"
#include "task/tick.h"

enum { DRAIN = 256, ONCE, LINGER, AUTORUN, TICK, MAX_SLOTS = 1000, DEFAULT_NICE = 10 };

static const struct arg_option options[] = {
	{ 'j', "jobs", "N",
		"run up to N jobs at once (default: BGJOB_SLOTS, else one per processor)" },
	{ 'q', "queue", "NAME", "only jobs in this queue (repeatable)" },
	{ DRAIN, "drain", NULL, "exit when nothing is running or ready to run" },
	{ ONCE, "once", NULL, "run one job and exit" },
	{ LINGER, "linger", "DURATION", "exit after being idle this long" },
	{ TICK, "tick", NULL, "also fire due tasks (bgjob-task)" },
	{ AUTORUN, "autorun", NULL, "exit at once if another lingering runner is alive" },
	{ 0 },
};

struct request {
	struct pool_options pool;
	char **queues;
	size_t queue_count;
	int autorun;
};

static void add_queue(struct request *r, char *name)
{
	if (!queue_name_valid(name))
		die_usage("--queue: not a name (1 to 64 of A-Z a-z 0-9 . _ -): %s", name);
	r->queues = mem_resize(r->queues, r->queue_count + 2, sizeof(*r->queues));
	r->queues[r->queue_count++] = name;
	r->queues[r->queue_count] = NULL;
	r->pool.queues = r->queues;
}

static void set_mode(struct request *r, enum pool_mode mode)
{
	if (r->pool.mode != POOL_SERVICE && r->pool.mode != mode)
		die_usage("only one of --drain, --once and --linger");
	r->pool.mode = mode;
}

static int default_slots(void)
{
	const char *slots = config_get("BGJOB_SLOTS");
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (slots)
		return (int)arg_number("BGJOB_SLOTS", slots, 1, MAX_SLOTS);
	return processors < 1 ? 1 : processors > MAX_SLOTS ? MAX_SLOTS : (int)processors;
}

/* nice value added to jobs, so that interactive programs come first */
static int niceness(void)
{
	const char *by = config_get("BGJOB_NICE");

	return by ? (int)arg_number("BGJOB_NICE", by, 0, 19) : DEFAULT_NICE;
}

/* a store that cannot be written now may be in a moment */
static int64_t tick(void)
{
	if (tick_run(clock_now(), NULL) == 0)
		return tick_next();
	warn("cannot fire due tasks, will try again: %s", db_error());
	return clock_now() + 2 * CLOCK_SECOND;
}

static void parse(int argc, char *argv[], struct request *r)
{
	int id;

	while ((id = arg_next(argc, argv, 0)) >= 0) {
		switch (id) {
		case 'j': r->pool.slots = (int)arg_number("--jobs", optarg, 1, MAX_SLOTS); break;
		case 'q': add_queue(r, optarg); break;
		case DRAIN: set_mode(r, POOL_DRAIN); break;
		case ONCE: set_mode(r, POOL_ONCE); break;
		case LINGER:
			set_mode(r, POOL_LINGER);
			r->pool.linger_ms = arg_duration("--linger", optarg);
			break;
		case AUTORUN: r->autorun = 1; break;
		case TICK: r->pool.tick = tick; break;
		}
	}
	if (optind < argc)
		die_usage("takes no operands: %s", argv[optind]);
}

int main(int argc, char *argv[])
{
	struct request r = { .pool.mode = POOL_SERVICE };
	int status;

	arg_init("bgjob-run", "Run queued jobs.",
		"[-j N] [-q QUEUE]... [--tick] [--drain | --once | --linger DURATION]", options);
	parse(argc, argv, &r);
	if (!r.pool.slots)
		r.pool.slots = default_slots();
	launch_local_nice(niceness());
	r.pool.min_free = config_size("BGJOB_MIN_FREE", POOL_MIN_FREE);
	db_open(DB_WRITE);
	if (r.autorun && home_locked("autorun.lock", 0, 1))
		return EXIT_DONE;
	/* what was queued before the machine went down */
	runner_deliver();
	status = pool_run(&r.pool);
	db_close();
	free(r.queues);
	out_done();
	return status;
}
