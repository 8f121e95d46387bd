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
 * Express slots come on top of the pool's own. They are for chat replies: a person is waiting for
 * them, and they mostly wait for a model. Their numbers start after this one.
 */
enum { RUNNING_EXPRESS = 1000, RUNNING_EXPRESS_SLOTS = 8 };

struct member {
	struct running *running;    /* the list it is in */
	struct attempt attempt;     /* claim and boot are the member's own */
	pid_t child;                /* the shim if it is our child; else 0 */
	int pidfd;                  /* of the shim; -1: not known yet, or dead */
	struct loop_source *source; /* NULL: not watched */
	int slot;
	int ended;     /* it has ended and is to be settled */
	int cancelled; /* it was told to end */
	struct member *next;
};

struct running {
	struct member *first;
	int count;         /* number of members */
	int slots;         /* of the pool */
	struct loop *loop; /* where pidfds are watched */
};

/* Free slots (or express slots), not counting the `but` members about to leave; may be below 0. */
int running_free_slots(const struct running *r, int express, int but);

/* How many members in slots (or express slots) have ended and are to be settled. */
int running_ended(const struct running *r, int express);

/* Add an attempt (its strings are copied). */
struct member *running_add(struct running *r, const struct attempt *a, pid_t child, int slot);

struct member *running_find(const struct running *r, int64_t job, int64_t attempt);

/* Remove and free; waits for a child that has ended. */
void running_remove(struct running *r, struct member *m);
void running_free(struct running *r);

/*
 * Watch a member's shim: m->ended is set when it ends, or at once if it is already dead. If it is
 * not our child, its pid comes from the state file. Returns 0, or -1 if the pid is not written yet
 * or resources are short: try again soon.
 */
int running_watch(struct running *r, struct member *m);

/* The same for all that are not watched yet; -1 if one of them has to be tried again. */
int running_watch_all(struct running *r);

/* Signal the members that are to be cancelled, each once. */
void cancelling_deliver(struct running *r);

#endif
