/* sending: a message being sent, and how it ended; no errors */
#ifndef NOTIFY_SENDING_H
#define NOTIFY_SENDING_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "net/outcome.h"
#include "store/outbox.h"

struct loop_source;

struct sending {
	struct outbox_row row;
	struct outcome outcome; /* valid when done */
	int done;

	/* made from the store before the transaction ends */
	char *body;     /* a document's bytes, a webhook's JSON, a plain text */
	size_t size;    /* of body, bytes */
	char *job[3];   /* exec: id, status, label; NULL: none */
	char event[16]; /* the event's name */

	pid_t child; /* exec: 0: none */
	int pidfd;
	struct loop_source *source; /* of pidfd in the dispatch's loop; NULL: none */
	int64_t deadline;           /* exec: clock_boot() ms */

	struct sending *next;
};

/* It is done, without a request. */
void sending_finish(struct sending *s, enum outcome_kind kind, const char *reason);

/* It is done, as the answer says; arg is the struct sending. */
void sending_outcome(void *arg, const struct outcome *outcome);

#endif
