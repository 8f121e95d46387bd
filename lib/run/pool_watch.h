/* neighbours: processes whose end concerns a pool: other pools, and what dead shims left; no errors */
#ifndef RUN_POOL_WATCH_H
#define RUN_POOL_WATCH_H

#include <stdint.h>
#include <sys/types.h>

/* What a pool's epoll points to starts with an int; a neighbour with this one. */
enum { NEIGHBOUR_TAG = 1001 };

struct neighbour {
	int tag;
	int pidfd;
	pid_t pid;
	int64_t pool; /* its id; 0: a leftover process */
	struct neighbour *next;
};

struct neighbours {
	struct neighbour *first;
	int epoll;
	int64_t self;   /* our own pool */
	int64_t newest; /* the newest pool that was looked at */
};

/*
 * Watch pools that have come since the last call. Returns 1 if one of them is
 * dead already, so that its attempts are to be taken over; else 0.
 */
int neighbours_look(struct neighbours *n);

/*
 * Whether the process of some pool has ended while its lock is still held: for a moment, by a
 * child between fork and exec.
 */
int neighbours_dying(void);

/* Whether a leftover process is being watched. */
int neighbours_has_leftover(const struct neighbours *n);

/* Watch a process that a job's retry waits for. Returns 1 if it is gone already. */
int neighbours_watch(struct neighbours *n, pid_t pid);

/* A neighbour has ended: forget it. Returns the id of its pool, 0 for a leftover. */
int64_t neighbours_ended(struct neighbours *n, struct neighbour *who);

void neighbours_free(struct neighbours *n);

#endif
