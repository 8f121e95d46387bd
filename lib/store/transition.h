/* transition: every change of a job's status, each with its event and deliveries.
 * The one place for them. All are called inside the caller's transaction. */
#ifndef STORE_TRANSITION_H
#define STORE_TRANSITION_H

#include <stdint.h>

#include "store/job.h"

/*
 * Each function is one guarded UPDATE; if it changed no row somebody else was
 * first, nothing else is written, and it returns 0. Otherwise 1.
 */

/* A job was recorded, with dependencies or without: its event; and, if one has failed already, its end. */
void transition_added(int64_t id, int depends, int64_t now);

/* queued -> running, as attempt number `attempt` with this token. */
struct transition_start {
	int64_t job, attempt;
	const char *claim, *boot;
	int64_t pool, slot, now;
};
int transition_start(const struct transition_start *start);

/*
 * running -> queued: the attempt provably never started its command. A job of
 * a task that was deleted meanwhile is cancelled.
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
	int leftovers;        /* processes of it are still there: a retry has to wait for them */
};
int transition_end(const struct ending *ending, enum job_status *became);

#define TASK_DELETED "the deletion of its task" /* who cancels what was queued of it */

/* queued -> cancelled. */
int transition_cancel(int64_t job, const char *by, int64_t now);

/* A job has ended: settle those that waited for it. For transitions only. */
void transition_followed(int64_t job, int64_t now);

/* Note who asked that a running job be ended. The status follows when it did. */
int transition_ask_cancel(int64_t job, const char *by, int64_t now);

/* The leftovers of the last attempt are gone: it may be started again. */
int transition_release(int64_t job);

#endif
