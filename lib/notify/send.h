/* send: send one message, by the kind of its target; its outcome says how it ended */
#ifndef NOTIFY_SEND_H
#define NOTIFY_SEND_H

#include <stdint.h>

#include "notify/sending.h"

struct http;
struct telegram;

/*
 * Read what the message needs from the store, inside the caller's transaction. Changes nothing
 * there.
 */
void send_prepare(struct sending *s, int64_t now);

/*
 * Start sending. It may be done at once, or later when http_wait() calls back or, for exec, when
 * send_reap() finds that its process has ended. telegram may be NULL (no token): why says what is
 * missing.
 */
void send_start(struct sending *s, struct http *http, struct telegram *telegram, const char *why);
void send_reap(struct sending *s);
void send_free(struct sending *s);

/* The parts of send_start(). */
void send_telegram(struct sending *s, struct telegram *telegram, const char *why);
void send_exec(struct sending *s);
void send_tty(struct sending *s);

/* tty messages go to our stdout (bgjob-notify --drain), not to the user's terminal. */
extern int send_tty_here;
extern int send_tty_failed; /* and stdout could not be written; said on stderr */

#endif
