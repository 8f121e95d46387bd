/* prune: remove finished jobs and what belongs to them; database errors end the program */
#ifndef STORE_PRUNE_H
#define STORE_PRUNE_H

#include <stdint.h>

struct prune {
	int64_t before; /* jobs that ended before this, ms; -1: at any time */
	int64_t keep;   /* but never the newest `keep` finished ones; -1: no such limit */
	int dry_run;    /* only report them */
};

/*
 * Remove finished jobs, but none with an undelivered message, none that an unfinished job waits
 * for, and none of a run that keeps any job. A few hundred are removed in each transaction, so that
 * other programs do not wait long. each(id) is called for each job that is, or would be, removed;
 * may be NULL. Result files are removed after the commit. Then messages and model records of the
 * same age, unused environments, stray files in results/ and free pages. Returns how many jobs were
 * removed.
 */
int64_t prune_run(const struct prune *prune, void (*each)(int64_t id));

#endif
