/* transition: all changes of a job's status, each with its event and deliveries; nothing else changes it.
 * All functions are called inside the caller's transaction. Database errors end the program. */
#ifndef STORE_TRANSITION_H
#define STORE_TRANSITION_H

#include <stdint.h>

#include "store/job.h"

/*
 * Each function is one guarded UPDATE. If it changes no row, another process was first: nothing
 * else is written, and it returns 0. Otherwise it returns 1.
 */

/* A job was recorded: write its event; and its end, if a dependency has already failed. */
void transition_added(int64_t id, int depends, int64_t now);

/* queued -> running, as attempt number `attempt` with this token. */
struct transition_start {
	int64_t job, attempt;
	const char *claim, *boot;
	int64_t pool, slot, now;
};
int transition_start(const struct transition_start *start);

/*
 * running -> queued: it is certain that the attempt never started its command. A
 * job of a task that was deleted meanwhile is cancelled.
 */
int transition_unstart(int64_t job, int64_t attempt, const char *claim, int64_t now);

/*
 * running -> done, failed or cancelled; or back to queued when it failed and
 * retries are left: *became says which. wait_status -1: nobody saw the end.
 */
struct ending {
	int64_t job, attempt;
	const char *claim;
	enum job_status status;
	const char *reason;
	int64_t ended_at, now;
	int64_t wait_status, utime_us, stime_us, maxrss_kb, stdout_bytes,
		stderr_bytes; /* -1: unknown */
	int leftovers; /* processes of it are still alive: a retry waits until they are gone */
};
int transition_end(const struct ending *ending, enum job_status *became);

/* Who cancelled the queued jobs of a deleted task. */
#define TASK_DELETED "the deletion of its task"

/* queued -> cancelled. */
int transition_cancel(int64_t job, const char *by, int64_t now);

/* A job has ended: release or fail the jobs that waited for it. Only for files of the store. */
void transition_followed(int64_t job, int64_t now);

/* Record who cancelled a running job. Its status changes when it has ended. */
int transition_ask_cancel(int64_t job, const char *by, int64_t now);

/* The leftovers of the last attempt are gone: the job may start again. */
int transition_release(int64_t job);

#endif
