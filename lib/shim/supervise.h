/* supervise: wait for a command and all it started, end them when it is time; used by the shim only */
#ifndef SHIM_SUPERVISE_H
#define SHIM_SUPERVISE_H

#include <stdint.h>
#include <sys/types.h>

#include "shim/state.h"

struct supervision {
	pid_t command;
	int state;          /* where the cancel mark is looked for */
	int64_t timeout_ms; /* -1: none; CLOCK_BOOTTIME */
	int64_t grace_ms;   /* between TERM and KILL */
	int64_t max_output; /* -1: no limit; beyond it the middle of a stream is cut out */
	int streams[2];
	const char *cgroup; /* its own cgroup folder, "" for none */
};

/*
 * Block the signals a shim waits for and get the descriptors that waiting
 * needs; call it before the pid is written, as nobody can send a signal
 * earlier. Returns 0, or -1: then start nothing, since its end would go
 * unnoticed.
 */
int supervise_prepare(void);

/*
 * Returns when the command has ended and no process below us is left, with
 * ended, wait_status, times and memory filled in.
 */
void supervise(const struct supervision *s, struct state_record *record);

/* Whether the attempt's cancellation was requested. */
int supervise_cancelled(int state);

#endif
