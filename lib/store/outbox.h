/* outbox: the outbox's lower side: what may be sent now, and what became of it.
 * pending -> sending -> sent | pending again | uncertain | dead. For one sender
 * at a time (lock notify.lock). All inside the caller's transaction. */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include <stddef.h>
#include <stdint.h>

#include "store/delivery.h"

/* A message to be sent. Free with outbox_free(). Texts are NULL where there are none. */
struct outbox_row {
	int64_t id, job, event, parent; /* 0: none */
	int part;                       /* 0: the first or only one */
	int markdown, plain, direct;    /* plain: its markup was refused before */
	int64_t reply_to, tries, doubtful, created_at;
	enum delivery_kind kind;
	char *target, *receiver, *text, *title, *buttons, *document;
};
void outbox_free(struct outbox_row *row);

/*
 * What was being sent when the last sender died may have been taken: it is
 * doubtful from now on. Milestones of that kind are dropped. Returns how many.
 */
int64_t outbox_recover(int64_t now);

/*
 * The receivers with something to send, in turn: the first after `after` (""
 * to begin). Returns 0, or -1 if there is none; `receiver` has room for
 * OUTBOX_RECEIVER bytes. A longer one is not sent to (targets are shorter).
 */
enum { OUTBOX_RECEIVER = 2048 };
int outbox_receiver(const char *after, char receiver[OUTBOX_RECEIVER]);

/* The same of those for whom there is something urgent: an acknowledgement, a reply, a button's answer. */
int outbox_urgent(const char *after, char receiver[OUTBOX_RECEIVER]);

/* When Telegram may be sent to at all: its limit for all chats together. Before that no chat need be asked for. */
int64_t outbox_telegram_opens(int64_t now);

/*
 * The next message for a receiver, if one is due and the flood gates are open.
 * Returns 0, or -1 with *at = when to ask again (INT64_MAX: when something
 * changes; now: outbox_follow() first). Nothing is written.
 */
int outbox_next(const char *receiver, int64_t now, struct outbox_row *row, int64_t *at);

/* What waits for chats that have a new id goes there from now on. */
void outbox_follow(void);

/*
 * Mark it as being sent, before the request goes out; the receiver's allowance
 * is used up accordingly. Returns 0 if somebody else changed it (nothing is sent then).
 */
int outbox_take(const struct outbox_row *row, int64_t now);

/*
 * A message made from its job, or too long for one: the row becomes the first
 * part, the others are queued behind it.
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

/* Keep the bytes of a document that is no job's result. */
void outbox_attach(int64_t id, const void *data, size_t n);

/* The bytes of the document of a row, in memory; the caller frees them. NULL: it has none of its own. */
char *outbox_attachment(const struct outbox_row *row, size_t *n);

/* It was taken, under this id (0: unknown). */
void outbox_sent(const struct outbox_row *row, int64_t remote_id, int64_t now);

/* It was surely not taken: again at `at`; nothing else goes to `gate` before that (a receiver, or OUTBOX_TELEGRAM). */
#define OUTBOX_TELEGRAM "telegram:"
void outbox_again(const struct outbox_row *row, const char *gate, int64_t at, const char *error);

/* Nobody knows whether it was taken: sent again at `at`, marked; a milestone is dropped. */
void outbox_uncertain(const struct outbox_row *row, int64_t at, const char *error);

/* It was refused for good. The parts behind it are not sent either. */
void outbox_dead(const struct outbox_row *row, const char *error);

/* It is not worth another try. */
void outbox_dropped(const struct outbox_row *row, const char *error);

/* Its formatting was refused: it goes as plain text, at once. */
void outbox_plain(const struct outbox_row *row, const char *error);

/* The chat has a new id: everything to the old one goes there, also what is queued later. */
void outbox_moved(const struct outbox_row *row, const char *to);

/* Consecutive failures of a receiver, for the backoff. */
int64_t outbox_failures(const char *gate);

/*
 * A sender starts anew: what held up all receivers whose names begin so (a
 * wrong token, no network, no terminal) may be over. whole: only the gate of
 * exactly that name. Inside the caller's transaction.
 */
void outbox_open(const char *prefix, int whole);

#endif
