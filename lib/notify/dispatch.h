/* dispatch: messages from the outbox to their receivers, several at once; database errors end the program */
#ifndef NOTIFY_DISPATCH_H
#define NOTIFY_DISPATCH_H

#include <stdint.h>

#include "base/str.h"
#include "notify/process_watch.h"
#include "store/outbox.h"

struct http;
struct loop;
struct sending;
struct telegram;

enum { DISPATCH_AT_ONCE = 64 };

struct dispatch {
	struct loop *loop; /* woken by the end of an exec target or of a watched process */
	struct http *http;
	struct telegram *telegram; /* NULL: why says what is missing */
	struct str why;
	struct process_watch watched; /* processes whose end becomes a message */
	struct sending *first;
	char last[OUTBOX_RECEIVER]; /* the receiver served last: the one after it is next */
	int count;                  /* messages being sent */
	int stop;                   /* take no more */
};

/*
 * Whether something can be sent now. If not, *at is when to look again: ms since 1970; INT64_MAX:
 * when something changes.
 */
int dispatch_due(struct dispatch *d, int64_t now, int64_t *at);

/*
 * Whether a message that only waits for its turn (not after a failure, nor after the receiver
 * refused a flood) will be due within seconds.
 */
int dispatch_soon(const struct dispatch *d, int64_t now);

/* Whether a message has been sent or a watched process has ended, and is to be settled. */
int dispatch_ended(struct dispatch *d);

/*
 * In one transaction, settle what has ended and take what is due, one message for each receiver;
 * then send it. Returns 0, or -1 if the store could not be written (db_error()): nothing is sent
 * then.
 */
int dispatch_run(struct dispatch *d);

/* When an exec target exceeds its time limit: clock_boot() ms; INT64_MAX: none is running. */
int64_t dispatch_deadline(const struct dispatch *d);

/* Wait for exec targets that have ended, and kill those over their time limit. */
void dispatch_reap(struct dispatch *d);

/* Free everything. Messages being sent are aborted, and whether they arrived is unknown. */
void dispatch_free(struct dispatch *d);

#endif
