/* prune: remove finished jobs and what belongs to them */
#ifndef STORE_PRUNE_H
#define STORE_PRUNE_H

#include <stdint.h>

struct prune {
	int64_t before; /* ended before this, ms; -1: any time */
	int64_t keep;   /* but never the newest `keep` finished ones; -1: no such number */
	int dry_run;    /* only name them */
};

/*
 * Remove finished jobs, never one that is undelivered, that an unfinished job
 * waits for, or whose task's run has one that stays; a few hundred in each transaction, so that nobody else waits.
 * each(id) is called for each job that goes, or would go; may be NULL. Result
 * files go after the commit. Then prune_messages() and prune_models() for the same age, unused
 * environments, stray files in results/ and free pages. Returns how many jobs
 * went. Errors die.
 */
int64_t prune_run(const struct prune *prune, void (*each)(int64_t id));

#endif
