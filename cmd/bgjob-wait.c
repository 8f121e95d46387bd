/* bgjob-wait: wait for jobs and exit with their status */
#include <unistd.h>

#include "base/arg.h"
#include "base/die.h"
#include "base/out.h"
#include "db/db.h"
#include "run/wait.h"
#include "store/job.h"

enum { ANY = 256, WITHIN, TEST };

static const struct arg_option options[] = {
	{ ANY, "any", NULL, "stop at the first that ends, and print its id" },
	{ WITHIN, "within", "DURATION", "give up after this long and exit with 124" },
	{ TEST, "test", NULL, "do not wait; exit with 124 if they have not ended" },
	{ 0 },
};

/* several: 0 only if all are done */
static int status_of_all(const struct arg_ids *ids)
{
	if (ids->count == 1)
		return wait_status(ids->ids[0]);
	for (size_t i = 0; i < ids->count; i++)
		if (job_status(ids->ids[i]) != JOB_DONE)
			return EXIT_NO;
	return EXIT_DONE;
}

static void check(const struct arg_ids *ids, int opened)
{
	for (size_t i = 0; i < ids->count; i++)
		if (!opened || job_status(ids->ids[i]) < 0)
			die_usage("no job %lld", (long long)ids->ids[i]);
}

int main(int argc, char *argv[])
{
	int64_t within = -1;
	int any = 0, id, status;
	struct arg_ids ids;
	long which;

	arg_init("bgjob-wait", "Wait for jobs and exit with their status.",
		"[--any] [--within DURATION] [--test] ID...", options);
	die_stand_in();
	while ((id = arg_next(argc, argv, 0)) >= 0) {
		if (id == ANY)
			any = 1;
		else
			within = id == TEST ? 0 : arg_duration("--within", optarg);
	}
	arg_ids(&ids, argc - optind, argv + optind);
	check(&ids, db_open(DB_READ) == 0);
	if (ids.count == 0)
		return EXIT_DONE;
	which = wait_for(ids.ids, ids.count, any, within);
	if (which < 0) {
		status = EXIT_TIMEOUT;
	} else if (any) {
		out_fieldf("%lld", (long long)ids.ids[which]);
		out_end();
		status = wait_status(ids.ids[which]);
	} else {
		status = status_of_all(&ids);
	}
	db_close();
	arg_ids_free(&ids);
	out_done();
	return status;
}
