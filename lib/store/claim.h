/* claim: which queued job starts next; inside the caller's transaction */
#ifndef STORE_CLAIM_H
#define STORE_CLAIM_H

#include <stddef.h>
#include <stdint.h>

struct claim;

/*
 * How a job's limit key begins: with the id of a task's run behind it, so many
 * of it run at once as the run says; with anything behind it, one at a time.
 * Any other key limits nothing.
 */
#define CLAIM_RUN "run:"
#define CLAIM_ONE "one:"

/*
 * Look at every lane (a queue and a limit key within it) that has a job ready
 * to start, is not paused and below its limit; the limits are counted from the
 * running rows. queues: NULL-terminated names to look at, or NULL for all. Free
 * with claim_close().
 */
struct claim *claim_open(char *const *queues);

/*
 * The best job among them: highest priority, then oldest; but runs of tasks
 * take turns with each other and with all else. Returns its id, or 0 if there
 * is none. The caller starts it with transition_start() before it
 * asks for another.
 */
int64_t claim_next(struct claim *c);

/* Whether there is one, for somebody who only looks. */
int claim_any(struct claim *c);

void claim_close(struct claim *c);

/* Let the jobs start whose time has come; at most 1000 at once. Returns how many. */
int64_t claim_release_due(int64_t now);

/* When the next job that waits for its time is due, -1: none. */
int64_t claim_next_due(void);

#endif
