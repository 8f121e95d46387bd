/* running: the running attempts that a pool looks after; no errors */
#ifndef RUN_RUNNING_H
#define RUN_RUNNING_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "store/attempt.h"

struct loop;
struct loop_source;

/*
 * Express slots are beside those of the pool, for the turns of a chat: somebody
 * waits for them, and they mostly wait for a model. Their numbers begin behind this one.
 */
enum { RUNNING_EXPRESS = 1000, RUNNING_EXPRESS_SLOTS = 8 };

struct member {
	struct running *running;    /* it is one of these */
	struct attempt attempt;     /* claim and boot are the member's own */
	pid_t child;                /* the shim, if it is a child of ours; else 0 */
	int pidfd;                  /* of the shim; -1: it is not known yet, or dead */
	struct loop_source *source; /* NULL: not watched */
	int slot;
	int ended;     /* to be settled */
	int cancelled; /* it was told to end */
	struct member *next;
};

struct running {
	struct member *first;
	int count;         /* members */
	int slots;         /* of the pool */
	struct loop *loop; /* where pidfds are watched */
};

/* Slots (or express slots) that are not taken by members, but for so many of them; may be below 0. */
int running_free_slots(const struct running *r, int express, int but);

/* How many members have ended and are to be settled, of those with a slot (or express slot). */
int running_ended(const struct running *r, int express);

/* Add an attempt (its strings are copied). */
struct member *running_add(struct running *r, const struct attempt *a, pid_t child, int slot);

struct member *running_find(const struct running *r, int64_t job, int64_t attempt);

/* Remove and free; a child is waited for. */
void running_remove(struct running *r, struct member *m);
void running_free(struct running *r);

/*
 * Watch the shim of a member: m->ended is set when it ends, or at once if it is dead already. The
 * pid of one that we did not start comes from the state file. Returns 0, or -1 when it is not
 * written yet or resources are short: to be tried again soon.
 */
int running_watch(struct running *r, struct member *m);

/* The same for all that are not watched yet; -1 when there is one to be tried again. */
int running_watch_all(struct running *r);

/* Signal those of a pool's attempts that are to be cancelled, each once. */
void cancelling_deliver(struct running *r);

#endif
