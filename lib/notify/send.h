/* send: one message on its way to its receiver; what became of it is in the outcome */
#ifndef NOTIFY_SEND_H
#define NOTIFY_SEND_H

#include <sys/types.h>

#include "net/outcome.h"
#include "store/outbox.h"

struct http;
struct telegram;

struct sending {
	struct outbox_row row;
	struct outcome outcome; /* valid when done */
	int done;

	/* what is made from the store before the transaction ends */
	char *body;     /* a document's bytes, a webhook's JSON, a plain text */
	size_t size;    /* of body, bytes */
	char *job[3];   /* exec: id, status, label; NULL: none */
	char event[16]; /* the event's name */

	pid_t child; /* exec: 0: none */
	int pidfd;
	int64_t deadline; /* exec: clock_boot() ms */

	struct sending *next;
};

/* Read what the message needs from the store, inside the caller's transaction. Marks nothing. */
void send_prepare(struct sending *s, int64_t now);

/*
 * Start it. It may be done at once; otherwise when http_wait() calls back, or,
 * for exec, when send_reap() finds its process ended. telegram may be NULL (no
 * token): why says what is missing.
 */
void send_start(struct sending *s, struct http *http, struct telegram *telegram, const char *why);
void send_reap(struct sending *s);
void send_free(struct sending *s);

/* The parts of send_start(). */
void send_telegram(struct sending *s, struct telegram *telegram, const char *why);
void send_exec(struct sending *s);
void send_tty(struct sending *s);

/* tty messages go to our stdout (bgjob-notify --drain), not to a terminal of the user. */
extern int send_tty_here;
extern int send_tty_failed; /* and it took none; said on stderr */

/* Done, without a request. */
void send_finish(struct sending *s, enum outcome_kind kind, const char *reason);

/* Done, as an answer says; arg is the struct sending. */
void send_outcome(void *arg, const struct outcome *outcome);

#endif
