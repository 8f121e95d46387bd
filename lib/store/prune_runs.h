/* prune_runs: remove old runs of tasks; database errors end the program */
#ifndef STORE_PRUNE_RUNS_H
#define STORE_PRUNE_RUNS_H

#include <stdint.h>

/*
 * Runs go as a whole: those whose jobs have all ended, before `before` (-1: at
 * any time) and with ids below `below`, lose their row; then their jobs may
 * go as any others. One that waited for another (after_id) stays while its
 * task has unfinished runs. At most 1000 in one call; returns how many. Inside
 * the caller's transaction.
 */
int64_t prune_runs(int64_t before, int64_t below);

/* Deleted tasks that have no run left. */
void prune_tasks(void);

#endif
