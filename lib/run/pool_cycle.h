/* pool_cycle: one transaction of a pool: record what ended, claim what may start */
#ifndef RUN_POOL_CYCLE_H
#define RUN_POOL_CYCLE_H

#include "run/pool.h"
#include "run/running.h"

struct pool_cycle_result {
	int started, ended; /* attempts */
	int failed;         /* of those, jobs that failed or were cancelled */
	int more;           /* there may be more to start: the slots were the limit */
	int unsettled;      /* some end could not be recorded yet: try again soon */
	int no_space;       /* too little space to start anything */
	int leftovers;      /* a job waits until processes of its last attempt are gone */
	int no_disk;        /* the disk was full or failing: try again after a pause */
	int no_process;     /* the system could start no process */
};

/*
 * Settle the members that have ended and start up to `starts` jobs, and up to
 * `express` of those that may have an express slot, as far as slots are free then, all in one commit. Returns 0; -1 when the store could not be written: nothing was lost,
 * try again later; db_error() says why.
 */
int pool_cycle_run(struct running *r, const struct pool_options *options, int64_t pool, int starts,
	int express, struct pool_cycle_result *result);

/* Whether some job could start now, without writing; express: in an express slot. */
int pool_cycle_claimable(const struct pool_options *options);
int pool_cycle_express_claimable(const struct pool_options *options);

#endif
