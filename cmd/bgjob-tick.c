/* bgjob-tick: fire the tasks that are due */
#include <unistd.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/failpoint.h"
#include "base/out.h"
#include "db/db.h"
#include "run/pool_cycle.h"
#include "service/runner.h"
#include "store/delivery.h"
#include "store/job.h"
#include "task/tick.h"

enum { NEXT = 256 };

static const struct arg_option options[] = {
	{ NEXT, "next", NULL, "fire nothing; print when the next task is due" },
	{ 0 },
};

static int print_next(void)
{
	char text[CLOCK_TEXT];
	int64_t at = tick_next();

	if (at < 0)
		return EXIT_NO;
	clock_format_time(at, text);
	out_field(text);
	out_end();
	return EXIT_DONE;
}

/* including jobs left by a killed tick, or by a runner when the machine went down */
static int work_left(void)
{
	static const struct pool_options any;
	int64_t running, failed;

	job_counts(INT64_MAX, &running, &failed);
	return running || pool_cycle_claimable(&any);
}

/* Returns whether messages wait for a notifier; *work: whether jobs wait for a runner. */
static int fire(int *work)
{
	if (tick_run(clock_now(), NULL) < 0)
		die_system("%s", db_error());
	*work = work_left();
	return delivery_expected();
}

int main(int argc, char *argv[])
{
	int next = 0, told = 0, work = 0, status = EXIT_DONE;

	arg_init("bgjob-tick", "Fire the tasks that are due.", "[--next]", options);
	while (arg_next(argc, argv, 0) >= 0)
		next = 1;
	if (optind < argc)
		die_usage("takes no operands: %s", argv[optind]);
	if (db_open(DB_READ) < 0)
		return next ? EXIT_NO : EXIT_DONE;
	if (next)
		status = print_next();
	else
		told = fire(&work);
	db_close();
	failpoint("tick-closed");
	if (work)
		runner_ensure();
	if (told)
		runner_ensure_notifier();
	out_done();
	return status;
}
