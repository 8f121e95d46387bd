/* task_cancel: cancelling runs of tasks, and deleting tasks; database errors end the program.
 * All are called inside the caller's transaction. */
#ifndef STORE_TASK_CANCEL_H
#define STORE_TASK_CANCEL_H

#include <stdint.h>

/*
 * Cancel a run: its queued jobs are cancelled, its running ones are asked to end.
 * each(job) is called for the running ones, which the caller signals after the
 * commit (cancel_signal()). Returns how many were cancelled or asked to end.
 */
int64_t task_run_cancel(int64_t id, const char *by, int64_t now,
	void (*each)(int64_t job, void *arg), void *arg);

/* Delete a task; its history stays. Queued jobs of its runs are cancelled. */
void task_delete(int64_t id, int64_t now);

#endif
