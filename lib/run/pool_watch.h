/* pool_watch: processes whose end matters to a pool: other pools, and what dead shims left; no
 * errors */
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
	int64_t newest;                 /* the newest pool seen so far */
	int pool_ended, leftover_ended; /* one has ended; the caller resets it */
};

/*
 * Watch the pools that were registered since the last call. Returns 1 if one of them is already
 * dead, so that its attempts have to be taken over; else 0.
 */
int pool_watch_look(struct pool_watch *w);

/*
 * Whether a pool's process has ended while its lock is still held: a child between fork and exec
 * holds it for a moment.
 */
int pool_watch_dying(void);

/* Whether a leftover process is being watched. */
int pool_watch_has_leftover(const struct pool_watch *w);

/* Watch a process that a job's retry waits for. Returns 1 if it is gone already. */
int pool_watch_leftover(struct pool_watch *w, pid_t pid);

void pool_watch_free(struct pool_watch *w);

#endif
