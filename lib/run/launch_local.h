/* launch_local: the local launcher: start a shim for a claimed job */
#ifndef RUN_LAUNCH_LOCAL_H
#define RUN_LAUNCH_LOCAL_H

#include <stdint.h>
#include <sys/types.h>

/* Everything a start needs, read from the store inside the claim transaction. */
struct launch_local {
	int64_t job, attempt;
	int state; /* descriptor, locked; handed on to the shim */
	int input; /* descriptor, -1: none */
	int spec;  /* descriptor */
	int later; /* out of descriptors or memory: put it back, try again after a pause */
};

/*
 * Prepare a claimed job: its spec and input. The job's row must be running.
 * Takes over `state`; streams as spool_reserve() gave it. Returns 0, or -1 when it can never be started: then the
 * exit record that says so has been written, as a shim would do.
 */
int launch_local_prepare(struct launch_local *l, int64_t job, int64_t attempt, const char *claim,
	int state, int slot, int streams);

/*
 * Start the shim. Returns its pid, or -1 with errno. In any case our copies of
 * the descriptors are closed afterwards, the lock's among them: the shim is
 * then the only one who holds it.
 */
pid_t launch_local_start(struct launch_local *l);

/* Give up a prepared start; its lock is dropped. */
void launch_local_free(struct launch_local *l);

/* How far commands started from now on stand back: added to our nice value, 0 to 19. */
void launch_local_nice(int by);

#endif
