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
	int later; /* out of descriptors or memory: requeue the job and try again after a pause */
};

/*
 * Prepare the spec and the input of a claimed job, whose row must be running. Takes over `state`;
 * streams is what spool_reserve() returned. Returns 0, or -1 if the job can never be started: the
 * exit record that says so has then been written, as a shim would do.
 */
int launch_local_prepare(struct launch_local *l, int64_t job, int64_t attempt, const char *claim,
	int state, int slot, int streams);

/*
 * Start the shim. Returns its pid, or -1 with errno. Either way our copies of the descriptors are
 * closed afterwards, so that the shim alone holds the lock.
 */
pid_t launch_local_start(struct launch_local *l);

/* Discard a prepared start and drop its lock. */
void launch_local_free(struct launch_local *l);

/* Nice value added to ours for commands started from now on: 0 to 19. */
void launch_local_nice(int by);

#endif
