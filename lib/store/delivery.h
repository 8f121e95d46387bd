/* delivery: queueing messages in the outbox; outbox.h sends them. Database errors end the program */
#ifndef STORE_DELIVERY_H
#define STORE_DELIVERY_H

#include <stddef.h>
#include <stdint.h>

#include "store/job.h"

/* What a message is; this decides what is sent first and what may be dropped. */
enum delivery_kind {
	DELIVERY_CALLBACK,  /* confirms a pressed button: text is the callback's id */
	DELIVERY_ACK,       /* a job was accepted; dropped if the job ends before it is due */
	DELIVERY_REPLY,     /* the answer to a message */
	DELIVERY_FINAL,     /* how a job ended; made from the job when it is sent */
	DELIVERY_NOTE,      /* a text from a pipe or a program */
	DELIVERY_MILESTONE, /* progress of a job; sent silently */
};

/* "callback", "ack" ... and back; -1 for no kind. */
const char *delivery_kind_name(enum delivery_kind kind);
int delivery_kind_parse(const char *name);

/* A message to be queued. Zero or NULL: none. */
struct delivery_new {
	enum delivery_kind kind;
	const char *target;
	int64_t event, job;
	int markdown;        /* the text's format; else plain */
	const char *text;    /* NULL: made from the job */
	const char *title;   /* shown above the text, bold */
	const char *buttons; /* a row of buttons: LABEL TAB COMMAND, a line each */
	int64_t reply_to;    /* the receiver's id of the message it answers */
	int64_t not_before;  /* ms since 1970 */
};

/* Inside the caller's transaction. Returns its id. */
int64_t delivery_queue(const struct delivery_new *delivery, int64_t now);

/*
 * A job has ended with this event: queue one final for each of its targets if
 * its rules ask for it: notify_on (NULL: always; "change": the first failure,
 * and the first success after failures, among the jobs of the same label and
 * type) and notify_after_ms (only longer runs). Milestones that are still held
 * back are dropped, and so is an ack that is not due yet: the final is the
 * answer then. Inside the caller's transaction.
 */
void delivery_add(int64_t job, enum job_status status, int64_t event, int64_t now);

/* For job_event_milestone(). None is sent before an ack that is still held back. */
void delivery_milestone(int64_t job, int64_t event, const char *text, int64_t interval,
	int64_t most, int64_t now);

/* How many have not been delivered yet, and how many were refused for good. */
int64_t delivery_open(void);
int64_t delivery_dead(void);

/* Whether there is something to send. */
int delivery_waiting(void);

/* Whether there is something to send, or an unfinished job may still produce something. */
int delivery_expected(void);

/* The deliveries of a job, oldest first. Texts are valid during the call and may be NULL. */
struct delivery_state {
	int64_t id, tries, doubtful, sent_at; /* sent_at 0: never */
	int part;
	enum delivery_kind kind;
	const char *target, *status, *error;
};
void delivery_list(int64_t job, void (*each)(const struct delivery_state *d, void *arg), void *arg);

/* The latest ones that were refused for good, with a job or without, newest first. */
void delivery_list_dead(int64_t limit, void (*each)(const struct delivery_state *d, void *arg),
	void *arg);

#endif
