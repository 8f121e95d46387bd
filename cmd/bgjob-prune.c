/* bgjob-prune: remove old finished jobs and keep the store small */
#include <unistd.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/out.h"
#include "db/db.h"
#include "store/prune.h"

enum { OLDER = 256, KEEP, DRY_RUN };

static const struct arg_option options[] = {
	{ OLDER, "older", "DURATION", "remove jobs that ended longer ago than this" },
	{ KEEP, "keep", "N", "always keep the N newest finished jobs" },
	{ DRY_RUN, "dry-run", NULL, "only print the ids that would be removed" },
	{ 0 },
};

static void print_id(int64_t id)
{
	out_fieldf("%lld", (long long)id);
	out_end();
}

int main(int argc, char *argv[])
{
	struct prune p = { .before = -1, .keep = -1 };
	int64_t removed;
	int id;

	arg_init("bgjob-prune", "Remove old finished jobs and keep the store small.",
		"[--older DURATION] [--keep N] [--dry-run]", options);
	while ((id = arg_next(argc, argv, 0)) >= 0) {
		if (id == OLDER)
			p.before = clock_now() - arg_duration("--older", optarg);
		else if (id == KEEP)
			p.keep = arg_number("--keep", optarg, 0, INT64_MAX);
		else
			p.dry_run = 1;
	}
	if (optind < argc)
		die_usage("takes no operands: %s", argv[optind]);
	if (p.before < 0 && p.keep < 0)
		die_usage("give --older DURATION, --keep N or both");
	if (db_open(DB_READ) < 0) {
		if (!p.dry_run)
			print_id(0);
		out_done();
		return EXIT_DONE;
	}
	removed = prune_run(&p, p.dry_run ? print_id : NULL);
	if (!p.dry_run)
		print_id(removed);
	db_close();
	out_done();
	return EXIT_DONE;
}
