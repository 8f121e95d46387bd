/* outbox: sending the messages of the outbox: what may be sent now, and its outcome.
 * pending -> sending -> sent | pending again | uncertain | dead. For one sender
 * at a time (notify.lock). All functions are called inside the caller's transaction. */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include <stddef.h>
#include <stdint.h>

#include "store/delivery.h"

/* A message to be sent. Free with outbox_free(). Texts are NULL where there are none. */
struct outbox_row {
	int64_t id, job, event, parent; /* 0: none */
	int part;                       /* 0: the first or only one */
	int markdown, plain, direct;    /* plain: its formatting was refused before */
	int64_t reply_to, tries, doubtful, created_at;
	enum delivery_kind kind;
	char *target, *receiver, *text, *title, *buttons, *document;
};
void outbox_free(struct outbox_row *row);

/*
 * What was being sent when the last sender died may have been delivered: mark
 * it as doubtful, and drop it if it is a milestone. Returns how many.
 */
int64_t outbox_recover(int64_t now);

/*
 * The receivers that have messages waiting, one after another: the first after
 * `after` ("" to begin). Returns 0, or -1 if there is none; `receiver` has room for
 * OUTBOX_RECEIVER bytes. A longer name is skipped (targets are shorter).
 */
enum { OUTBOX_RECEIVER = 2048 };
int outbox_receiver(const char *after, char receiver[OUTBOX_RECEIVER]);

/*
 * The same for receivers with something urgent: an acknowledgement, a reply, the
 * answer to a button.
 */
int outbox_urgent(const char *after, char receiver[OUTBOX_RECEIVER]);

/*
 * When Telegram accepts the next message to any chat (it limits all chats together). Until then no
 * chat has to be looked at.
 */
int64_t outbox_telegram_opens(int64_t now);

/*
 * The next message for a receiver, if one is due and the flood gates are open.
 * Returns 0, or -1 with *at = when to ask again (INT64_MAX: when something
 * changes; now: outbox_follow() first). Nothing is written.
 */
int outbox_next(const char *receiver, int64_t now, struct outbox_row *row, int64_t *at);

/* Redirect what waits for chats that have a new id. */
void outbox_follow(void);

/*
 * Mark it as being sent, before the request is made, and count it against the
 * receiver's rate. Returns 0 if it has changed meanwhile: do not send it then.
 */
int outbox_take(const struct outbox_row *row, int64_t now);

/*
 * A message made from its job, or too long for one message: the row becomes the
 * first part, the others are queued after it.
 */
struct outbox_part {
	const char *text;
	const char *buttons;  /* NULL: none */
	const char *document; /* the file's name; NULL: none */
};
void outbox_expand(struct outbox_row *row, int markdown, const struct outbox_part *parts,
	size_t count, int64_t now);

/* Store the title of a row that was made from its job. */
void outbox_title(const struct outbox_row *row);

/* Store the bytes of a document that is not a job's result. */
void outbox_attach(int64_t id, const void *data, size_t n);

/* The stored bytes of a row's document; the caller frees them. NULL: none are stored. */
char *outbox_attachment(const struct outbox_row *row, size_t *n);

/* It was delivered, and has this id there (0: unknown). */
void outbox_sent(const struct outbox_row *row, int64_t remote_id, int64_t now);

/*
 * It was definitely not delivered: try again at `at`, and send nothing else to
 * `gate` (a receiver, or OUTBOX_TELEGRAM) before that.
 */
#define OUTBOX_TELEGRAM "telegram:"
void outbox_again(const struct outbox_row *row, const char *gate, int64_t at, const char *error);

/*
 * Nobody knows whether it was delivered: sent again at `at`, marked as a possible
 * duplicate; a milestone is dropped.
 */
void outbox_uncertain(const struct outbox_row *row, int64_t at, const char *error);

/* It was refused for good. The parts after it are not sent either. */
void outbox_dead(const struct outbox_row *row, const char *error);

/* Drop it: it is not worth another try. */
void outbox_dropped(const struct outbox_row *row, const char *error);

/* Its formatting was refused: send it again as plain text, at once. */
void outbox_plain(const struct outbox_row *row, const char *error);

/* The chat has a new id: everything for the old one is sent there, also what is queued later. */
void outbox_moved(const struct outbox_row *row, const char *to);

/* Consecutive failures at a gate, for the backoff. */
int64_t outbox_failures(const char *gate);

/*
 * A sender has started: what held up all receivers with this prefix (a wrong
 * token, no network, no terminal) may be over, so open their gates. whole: open
 * only the gate with exactly that name.
 */
void outbox_open(const char *prefix, int whole);

#endif
