/* tick: fire what is due */
#ifndef TASK_TICK_H
#define TASK_TICK_H

#include <stdint.h>

/*
 * Create the runs of every moment that is due now, in short transactions.
 * Several may do so at once, none fires a moment twice. The store is open for
 * writing. *runs (may be NULL) counts the runs that have jobs. Returns 0, or -1
 * when the store could not be written: nothing is lost, db_error() says why.
 */
int tick_run(int64_t now, int64_t *runs);

/* When the next moment is due, ms since 1970; -1: none. */
int64_t tick_next(void);

/* Resume all tasks (task_set_paused(0)), from now on. Inside the caller's transaction. */
void tick_resume(int64_t now);

/* When a program last looked for due tasks (tick_run()), ms since 1970; -1: never. */
int64_t tick_last(void);

#endif
