/* recover: settle jobs whose runner or machine died */
#ifndef RUN_RECOVER_H
#define RUN_RECOVER_H

#include <stdint.h>

#include "run/settle.h"
#include "store/attempt.h"

/*
 * For each running local attempt: a held lock leaves it, a valid exit record
 * is committed, one that never started goes back to queued, everything else
 * has failed: "interrupted by restart". settled() is told of each that this
 * call settled, alive() of each that lives; both may be NULL. Attempts of a
 * living pool are its own business, except with all != 0. Also removes spool
 * files that belong to nothing. Returns how many were
 * settled; -1 when the store could not be written (db_error()): then some are
 * left for the next time.
 */
int recover_all(int all, void (*settled)(const struct settlement *s, void *arg),
	void (*alive)(const struct attempt *a, void *arg), void *arg);

/*
 * Release jobs that waited for the processes of their last attempt to go. still() is told
 * the pid of each that is still there. Returns how many were released.
 */
int recover_leftovers(void (*still)(int pid, void *arg), void *arg);

#endif
