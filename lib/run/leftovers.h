/* leftovers: processes of an attempt that outlived their shim; no errors */
#ifndef RUN_LEFTOVERS_H
#define RUN_LEFTOVERS_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Search /proc for processes, shims excepted, that have this attempt's BGJOB_ID, BGJOB_ATTEMPT and
 * BGJOB_HOME in their environment or belong to its session (0: unknown). job 0: those of any
 * attempt of this store. each() may be NULL. Returns how many there are.
 */
int leftovers_find(int64_t job, int64_t attempt, pid_t session,
	void (*each)(pid_t pid, int64_t job, int64_t attempt, void *arg), void *arg);

#endif
