/* pool: run queued jobs, each under its shim, until told to stop */
#ifndef RUN_POOL_H
#define RUN_POOL_H

#include <stdint.h>

enum pool_mode {
	POOL_SERVICE, /* until a signal */
	POOL_DRAIN,   /* until nothing is runnable */
	POOL_ONCE,    /* one job */
	POOL_LINGER,  /* until there was nothing to do for a while */
};

/* Below so many free bytes nothing is started, unless BGJOB_MIN_FREE says otherwise. */
#define POOL_MIN_FREE (INT64_C(256) << 20)

struct pool_options {
	enum pool_mode mode;
	int slots;
	char *const *queues; /* NULL-terminated, or NULL: all */
	int64_t linger_ms;
	int64_t min_free; /* bytes: below it nothing is started */

	/*
	 * NULL, or called when the store has changed and when the time that it
	 * returned has come (ms since 1970; -1: none): it may add jobs.
	 */
	int64_t (*tick)(void);
};

/*
 * Run. The store is open for writing. Returns the exit code: 0; with POOL_ONCE
 * 1 when there was no job or it failed; with POOL_DRAIN 3 when jobs are left
 * that cannot be started, for want of space. Running jobs go on when it returns. Errors of the
 * store end the program (exit 3), except a full or failing disk, which is
 * tried again.
 */
int pool_run(const struct pool_options *options);

#endif
