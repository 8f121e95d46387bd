/* wait: wait for jobs, woken by commits, and exit as they did */
#ifndef RUN_WAIT_H
#define RUN_WAIT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Wait until all of the jobs (any != 0: one of them) have ended, or until within_ms have passed
 * (-1: no limit; 0: only look). If no pool is alive, one is started (runner_ensure()), or, with
 * BGJOB_AUTORUN=no, this process records the ends. Returns the index of the job that ended last
 * (any: first), or -1 if the time ran out. All ids must exist.
 */
long wait_for(const int64_t *ids, size_t count, int any, int64_t within_ms);

/*
 * Wait for all of them without a limit. told() is called at the start, after each commit by
 * anybody, and when all have ended; it can report what has happened since its last call.
 */
void wait_told(const int64_t *ids, size_t count, void (*told)(void *arg), void *arg);

/*
 * The exit status for an ended job: 0 if it is done, else its own exit code, 128 + N for signal N,
 * or 1 if it has neither.
 */
int wait_status(int64_t id);

#endif
