/* pool_watch: processes whose end concerns a pool: other pools, and what dead shims left; no errors */
#ifndef RUN_POOL_WATCH_H
#define RUN_POOL_WATCH_H

#include <stdint.h>
#include <sys/types.h>

struct loop;
struct pool_watch_process;

struct pool_watch {
	struct loop *loop; /* where the processes are watched */
	struct pool_watch_process *first;
	int64_t self;                   /* our own pool */
	int64_t newest;                 /* the newest pool that was looked at */
	int pool_ended, leftover_ended; /* one has; for the caller to set back to 0 */
};

/*
 * Watch pools that have come since the last call. Returns 1 if one of them is
 * dead already, so that its attempts are to be taken over; else 0.
 */
int pool_watch_look(struct pool_watch *w);

/*
 * Whether the process of some pool has ended while its lock is still held: for a moment, by a
 * child between fork and exec.
 */
int pool_watch_dying(void);

/* Whether a leftover process is being watched. */
int pool_watch_has_leftover(const struct pool_watch *w);

/* Watch a process that a job's retry waits for. Returns 1 if it is gone already. */
int pool_watch_leftover(struct pool_watch *w, pid_t pid);

void pool_watch_free(struct pool_watch *w);

#endif
