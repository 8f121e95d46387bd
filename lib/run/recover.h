/* recover: settle jobs whose runner or machine died */
#ifndef RUN_RECOVER_H
#define RUN_RECOVER_H

#include <stdint.h>

#include "run/settle.h"
#include "store/attempt.h"

/*
 * Look at each running local attempt. If its lock is held, it is left alone; if it has a valid
 * exit record, that is committed; if it never started, it goes back to the queue; otherwise it has
 * failed: "interrupted by restart". settled() is called for each attempt settled by this call,
 * alive() for each that is still alive; both may be NULL. Attempts of a living pool are left to
 * it, unless all != 0. Spool files that belong to no attempt are removed. Returns how many were
 * settled, or -1 if the store could not be written (db_error()): the others are left for the next
 * time.
 */
int recover_all(int all, void (*settled)(const struct settlement *s, void *arg),
	void (*alive)(const struct attempt *a, void *arg), void *arg);

/*
 * Release jobs that waited until the processes of their last attempt were gone. still() gets the
 * pid of each process that is still there. Returns how many were released.
 */
int recover_leftovers(void (*still)(int pid, void *arg), void *arg);

#endif
