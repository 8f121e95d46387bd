/* bgjob-output: print or follow what a job wrote */
#include <unistd.h>

#include "base/arg.h"
#include "base/die.h"
#include "base/out.h"
#include "db/db.h"
#include "run/output.h"
#include "store/job.h"

enum { BOTH = 256, ATTEMPT };

static const struct arg_option options[] = {
	{ 'e', "stderr", NULL, "its stderr instead of its stdout" },
	{ BOTH, "both", NULL, "its stdout on stdout and its stderr on stderr" },
	{ 'f', "follow", NULL, "keep printing until the job has ended" },
	{ ATTEMPT, "attempt", "N", "the output of attempt N (default: the latest)" },
	{ 0 },
};

int main(int argc, char *argv[])
{
	struct output_options o = { .to = { STDOUT_FILENO, -1 } };
	int id, found;

	arg_init("bgjob-output", "Print or follow what a job wrote.", "[-e | --both] [-f] ID",
		options);
	while ((id = arg_next(argc, argv, 0)) >= 0) {
		if (id == 'f')
			o.follow = 1;
		else if (id == ATTEMPT)
			o.attempt = arg_number("--attempt", optarg, 1, INT64_MAX);
		else if (id == 'e')
			o.to[0] = -1, o.to[1] = STDOUT_FILENO;
		else if (id == BOTH)
			o.to[0] = STDOUT_FILENO, o.to[1] = STDERR_FILENO;
	}
	if (argc - optind != 1)
		die_usage("give one job id (see bgjob-output --help)");
	o.job = arg_id(argv[optind]);
	if (db_open(DB_READ) < 0 || job_status(o.job) < 0)
		die_usage("no job %lld", (long long)o.job);
	found = output_copy(&o);
	if (found < 0)
		die_usage("job %lld has no attempt %lld", (long long)o.job, (long long)o.attempt);
	db_close();
	out_done();
	return EXIT_DONE;
}
