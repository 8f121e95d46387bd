/* pool: run queued jobs, each under its shim, until told to stop */
#ifndef RUN_POOL_H
#define RUN_POOL_H

#include <stdint.h>

enum pool_mode {
	POOL_SERVICE, /* until a signal */
	POOL_DRAIN,   /* until nothing is runnable */
	POOL_ONCE,    /* one job */
	POOL_LINGER,  /* until there has been nothing to do for a while */
};

/* Default of BGJOB_MIN_FREE: with fewer free bytes no job is started. */
#define POOL_MIN_FREE (INT64_C(256) << 20)

struct pool_options {
	enum pool_mode mode;
	int slots;
	char *const *queues; /* NULL-terminated, or NULL: all */
	int64_t linger_ms;
	int64_t min_free; /* bytes: with less, no job is started */

	/*
	 * May add jobs. Called when the store has changed, and at the time that it returned (ms
	 * since 1970; -1: none). NULL: no such function.
	 */
	int64_t (*tick)(void);
};

/*
 * Run the pool; the store is open for writing. Returns the exit code: 0; with POOL_ONCE, 1 if
 * there was no job or it failed; with POOL_DRAIN, 3 if jobs are left that cannot be started.
 * Running jobs continue after it returns. Errors of the store end the program (exit 3), except a
 * full or failing disk: that is tried again.
 */
int pool_run(const struct pool_options *options);

#endif
