/* job_event: what happened to jobs, append-only; database errors end the program */
#ifndef STORE_JOB_EVENT_H
#define STORE_JOB_EVENT_H

#include <stdint.h>

/* Append one inside the caller's transaction. detail may be NULL. Returns its id; ids only grow. */
int64_t job_event_add(int64_t job, int64_t attempt, const char *kind, int64_t now,
	const char *detail);

/* The id of the latest event, 0 if there is none. */
int64_t job_event_last(void);

struct job_event {
	int64_t id, job, attempt, at;
	const char *kind, *detail; /* detail may be NULL; both live during the call */
};

/* Call each() for the events after `after`, oldest first, at most `limit`. Returns how many. */
int64_t job_event_list(int64_t after, int64_t limit,
	void (*each)(const struct job_event *event, void *arg), void *arg);

/* Call each() for the milestones of one job after the event `after`, oldest first. */
void job_event_milestones(int64_t job, int64_t after,
	void (*each)(const struct job_event *event, void *arg), void *arg);

/*
 * A job says how far it is: one event; and for each of its targets a message
 * that takes the place of an earlier one still held back, since no more than
 * one in `interval` ms and `most` in all are sent. Inside the caller's
 * transaction. Returns 0, or -1 if the job does not run.
 */
int job_event_milestone(int64_t job, const char *text, int64_t interval, int64_t most, int64_t now);

#endif
