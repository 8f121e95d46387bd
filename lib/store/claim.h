/* claim: which queued job starts next. Called inside the transaction of the caller; database errors end
 * the program. */
#ifndef STORE_CLAIM_H
#define STORE_CLAIM_H

#include <stddef.h>
#include <stdint.h>

struct claim;

/*
 * Prefixes of a job's limit key. "run:" and the id of a task's run: as many
 * jobs at once as the run allows. "one:" and any text: one job at a time. Other
 * keys limit nothing.
 */
#define CLAIM_RUN "run:"
#define CLAIM_ONE "one:"

/*
 * Look at every lane (a queue and a limit key within it) that has a job ready
 * to start, is not paused and is below its limit; running rows are counted for
 * that. queues: NULL-terminated names to look at, or NULL for all. Free with
 * claim_close().
 */
struct claim *claim_open(char *const *queues);

/*
 * The next job among them: highest priority, then oldest, except that runs of
 * tasks take turns with each other and with other jobs. Returns its id, or 0 if
 * there is none. The caller starts it with transition_start() before asking for
 * another.
 */
int64_t claim_next(struct claim *c);

/* Whether there is one; changes nothing. */
int claim_any(struct claim *c);

void claim_close(struct claim *c);

/* Release the jobs whose start time has come, at most 1000 of them. Returns how many. */
int64_t claim_release_due(int64_t now);

/* When the next job with a start time is due; -1: there is none. */
int64_t claim_next_due(void);

#endif
