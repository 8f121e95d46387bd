/* task_cancel: cancelling runs of tasks, and deleting tasks; database errors end the program.
 * All are called inside the caller's transaction. */
#ifndef STORE_TASK_CANCEL_H
#define STORE_TASK_CANCEL_H

#include <stdint.h>

/*
 * Cancel what is left of a run: it starts nothing more, what is queued is
 * cancelled. Its running jobs are asked to end: each(job) is to signal them
 * after the commit (cancel_signal()). Returns how many were cancelled or asked.
 */
int64_t task_run_cancel(int64_t id, const char *by, int64_t now,
	void (*each)(int64_t job, void *arg), void *arg);

/* It is gone but for its history; what is queued of its runs is cancelled. */
void task_delete(int64_t id, int64_t now);

#endif
