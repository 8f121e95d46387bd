/* pool_watch: processes whose end concerns a pool: other pools, and what dead shims left; no errors */
#ifndef RUN_POOL_WATCH_H
#define RUN_POOL_WATCH_H

#include <stdint.h>
#include <sys/types.h>

/* What a pool's epoll points to starts with an int; a neighbour with this one. */
enum { POOL_WATCH_TAG = 1001 };

struct pool_watch_process {
	int tag;
	int pidfd;
	pid_t pid;
	int64_t pool; /* its id; 0: a leftover process */
	struct pool_watch_process *next;
};

struct pool_watch {
	struct pool_watch_process *first;
	int epoll;
	int64_t self;   /* our own pool */
	int64_t newest; /* the newest pool that was looked at */
};

/*
 * Watch pools that have come since the last call. Returns 1 if one of them is
 * dead already, so that its attempts are to be taken over; else 0.
 */
int pool_watch_look(struct pool_watch *n);

/*
 * Whether the process of some pool has ended while its lock is still held: for a moment, by a
 * child between fork and exec.
 */
int pool_watch_dying(void);

/* Whether a leftover process is being watched. */
int pool_watch_has_leftover(const struct pool_watch *n);

/* Watch a process that a job's retry waits for. Returns 1 if it is gone already. */
int pool_watch_leftover(struct pool_watch *n, pid_t pid);

/* A neighbour has ended: forget it. Returns the id of its pool, 0 for a leftover. */
int64_t pool_watch_ended(struct pool_watch *n, struct pool_watch_process *who);

void pool_watch_free(struct pool_watch *n);

#endif
