/* wait: wait for jobs, woken by commits, and stand in for them */
#ifndef RUN_WAIT_H
#define RUN_WAIT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Wait until all of the jobs (any != 0: one of them) have ended, or until
 * within_ms have passed (-1: no limit; 0: only look). Where no pool is alive
 * one is started (runner_ensure()), or, with BGJOB_AUTORUN=no, ends are
 * recorded by this process. Returns the index of a job that ended last or
 * first, or -1 when the time was over. All ids must exist.
 */
long wait_for(const int64_t *ids, size_t count, int any, int64_t within_ms);

/*
 * Wait for all of them, without limit, and call told() first, after commits of anybody and last
 * when they have ended: for whoever tells of what happens meanwhile.
 */
void wait_told(const int64_t *ids, size_t count, void (*told)(void *arg), void *arg);

/*
 * The exit status that stands for an ended job: 0 if it is done, else its own
 * code, 128 + N for signal N, and 1 if it has none of these.
 */
int wait_status(int64_t id);

#endif
