/* bgjob-cancel: cancel queued or running jobs */
#include <stdlib.h>
#include <unistd.h>

#include "base/arg.h"
#include "base/die.h"
#include "base/out.h"
#include "db/db.h"
#include "run/cancel.h"
#include "store/job.h"

static const struct arg_option options[] = {
	{ 'u', "user", "ID", "who cancels, recorded in the reason (default: your login name)" },
	{ 0 },
};

static int report(int64_t id, enum cancel_result result)
{
	static const char *const words[] = { "cancelled", "cancelling" };

	if (result == CANCEL_DONE || result == CANCEL_ASKED) {
		out_fieldf("%lld", (long long)id);
		out_field(words[result]);
		out_end();
		return EXIT_DONE;
	}
	if (result == CANCEL_UNKNOWN)
		warn("no job %lld", (long long)id);
	else
		warn("job %lld has already ended: %s", (long long)id,
			job_status_name((enum job_status)job_status(id)));
	return result == CANCEL_UNKNOWN ? EXIT_USAGE : EXIT_NO;
}

int main(int argc, char *argv[])
{
	int status = EXIT_DONE;
	struct arg_ids ids;
	char *by = NULL;
	const char *user = NULL;

	arg_init("bgjob-cancel", "Cancel queued or running jobs.", "[-u ID] ID...", options);
	while (arg_next(argc, argv, 0) >= 0)
		user = optarg;
	if (user && !*user)
		die_usage("--user: empty");
	arg_ids(&ids, argc - optind, argv + optind);
	if (db_open(DB_READ) < 0 && ids.count)
		die_usage("no job %lld", (long long)ids.ids[0]);
	for (size_t i = 0; i < ids.count; i++)
		if (job_status(ids.ids[i]) < 0)
			die_usage("no job %lld", (long long)ids.ids[i]);
	by = cancel_asker(user);
	for (size_t i = 0; i < ids.count; i++) {
		int one = report(ids.ids[i], cancel_job(ids.ids[i], by));

		status = one > status ? one : status;
	}
	db_close();
	free(by);
	arg_ids_free(&ids);
	out_done();
	return status;
}
