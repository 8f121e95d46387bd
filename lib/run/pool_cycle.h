/* pool_cycle: one transaction of a pool: record what ended, claim what may start */
#ifndef RUN_POOL_CYCLE_H
#define RUN_POOL_CYCLE_H

#include "run/pool.h"
#include "run/running.h"

struct pool_cycle_result {
	int started, ended; /* attempts */
	int failed;         /* jobs among those that failed or were cancelled */
	int more;           /* more jobs may be startable: the slots ran out */
	int unsettled;      /* an end could not be recorded yet: try again soon */
	int no_space;       /* too little space to start anything */
	int leftovers;      /* a job waits until processes of its last attempt are gone */
	int no_disk;        /* the disk was full or failing: try again after a pause */
	int no_process;     /* the system could start no process */
};

/*
 * In one commit, settle the members that have ended, then start up to `starts` jobs in free slots
 * and up to `express` in free express slots. Returns 0, or -1 if the store could not be written
 * (db_error() says why): nothing is lost then, try again later.
 */
int pool_cycle_run(struct running *r, const struct pool_options *options, int64_t pool, int starts,
	int express, struct pool_cycle_result *result);

/* Whether a job could start now, in any slot or in an express slot. Writes nothing. */
int pool_cycle_claimable(const struct pool_options *options);
int pool_cycle_express_claimable(const struct pool_options *options);

#endif
