/* outcome: the result of a message or call; shared by telegram, webhook and mail */
#ifndef NET_OUTCOME_H
#define NET_OUTCOME_H

#include <stddef.h>
#include <stdint.h>

struct http_answer;

enum outcome_kind {
	OUTCOME_SENT,      /* taken by the receiver, or nothing is left to do */
	OUTCOME_AGAIN,     /* certainly not taken: try later */
	OUTCOME_UNCERTAIN, /* it was sent, but no whole answer came */
	OUTCOME_REFUSED, /* rejected for its markup, buttons or length: the bare text may be taken */
	OUTCOME_DEAD,    /* not taken, and a retry cannot help */
	OUTCOME_MOVED,   /* not taken: the chat has the id migrate_to now */
	OUTCOME_UNAUTHORIZED, /* not taken, nor any other: wrong token, password or setting */
	OUTCOME_CONFLICT,     /* getUpdates only: another poller or a webhook is using the bot */
};

enum { OUTCOME_REASON = 256 }; /* bytes */

struct outcome {
	enum outcome_kind kind;
	int64_t message_id; /* the receiver's; 0: unknown */
	int64_t after_ms;   /* with OUTCOME_AGAIN: not before that; 0: not said */
	int64_t migrate_to;
	const char *result;          /* Bot API: the JSON of "result", in the answer; NULL: none */
	size_t result_size;          /* bytes */
	char reason[OUTCOME_REASON]; /* in words, valid UTF-8, without secrets; "" if sent */
};

/* Called once with the outcome, in http_wait() or http_free(). */
struct outcome_call {
	void (*done)(void *arg, const struct outcome *outcome);
	void *arg;
};

/*
 * Set the reason, cut to what fits, invalid UTF-8 and control bytes replaced;
 * each occurrence of secret (NULL or "": none) becomes "***".
 */
void outcome_reason(struct outcome *o, const char *text, size_t n, const char *secret);

/*
 * For a request without an answer: AGAIN, UNCERTAIN or DEAD with curl's reason.
 * Not for HTTP_ANSWERED.
 */
void outcome_unanswered(struct outcome *o, const struct http_answer *answer);

#endif
