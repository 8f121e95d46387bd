/* job_event: what happened to jobs, append-only; database errors end the program */
#ifndef STORE_JOB_EVENT_H
#define STORE_JOB_EVENT_H

#include <stdint.h>

#include "store/job.h"

enum job_event_kind {
	EVENT_QUEUED,
	EVENT_STARTED,
	EVENT_MILESTONE,
	EVENT_CANCELLING, /* its cancellation was requested; detail: by whom */
	EVENT_REQUEUED,   /* its command was never started */
	EVENT_RETRY,      /* follows EVENT_FAILED; detail: when */
	EVENT_DONE,
	EVENT_FAILED,
	EVENT_CANCELLED,
};

/* "queued", "started" ... and back; -1 for no kind. */
const char *job_event_kind_name(enum job_event_kind kind);
int job_event_kind_parse(const char *name);

/* The event for ending with that status; and whether an event is the end of an attempt. */
enum job_event_kind job_event_of_end(enum job_status status);
int job_event_is_end(enum job_event_kind kind);

/*
 * Append one inside the caller's transaction. detail may be NULL. Returns its id;
 * ids only increase.
 */
int64_t job_event_add(int64_t job, int64_t attempt, enum job_event_kind kind, int64_t now,
	const char *detail);

/* The id of the latest event, 0 if there is none. */
int64_t job_event_last(void);

struct job_event {
	int64_t id, job, attempt, at;
	enum job_event_kind kind;
	const char *detail; /* may be NULL; lives during the call */
};

/* Call each() for the events after `after`, oldest first, at most `limit`. Returns how many. */
int64_t job_event_list(int64_t after, int64_t limit,
	void (*each)(const struct job_event *event, void *arg), void *arg);

/* Call each() for the milestones of one job after the event `after`, oldest first. */
void job_event_milestones(int64_t job, int64_t after,
	void (*each)(const struct job_event *event, void *arg), void *arg);

/*
 * A job reports progress: one event, and a message to each of its targets. At
 * most one message per `interval` ms and `most` in all are sent; a new one
 * replaces an earlier one that is still held back. Inside the caller's
 * transaction. Returns 0, or -1 if the job is not running.
 */
int job_event_milestone(int64_t job, const char *text, int64_t interval, int64_t most, int64_t now);

#endif
