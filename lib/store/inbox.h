/* inbox: incoming messages, stored before they are confirmed to their source.
 * Database errors end the program. */
#ifndef STORE_INBOX_H
#define STORE_INBOX_H

#include <stdint.h>

/* A message as it is stored. Free with inbox_free(). */
struct inbox_message {
	int64_t id, source_id, tries, received_at;
	char *source, *user, *chat, *body, *status; /* user and chat: "" for none */
};
void inbox_free(struct inbox_message *m);

/* Store one inside the caller's transaction. Returns its id, or 0 if it is stored already. */
int64_t inbox_add(const struct inbox_message *m, int64_t now);

/* Returns 0, or -1 if there is no message with that id. */
int inbox_get(int64_t id, struct inbox_message *m);

/* The oldest unhandled message of a user with an id above `after`; 0: none. */
int64_t inbox_oldest(const char *user, int64_t after);

/*
 * Count one attempt to handle it, in a transaction of its own without a sync
 * (a crash of the machine may undo it). Returns how many there have been, this
 * one included.
 */
int64_t inbox_begin(int64_t id);

/*
 * Mark it as handled, or set it aside with an error, inside the caller's
 * transaction. Returns 0 if it was no longer new.
 */
int inbox_handled(int64_t id, int64_t now);
int inbox_set_aside(int64_t id, const char *error, int64_t now);

/*
 * Call each() for messages last offered before `before` and still not handled,
 * oldest first, and mark them as offered now. The pause (now - before) doubles
 * with each attempt after the first. before = now + 1: all of them. Inside the
 * caller's transaction.
 */
void inbox_offer_again(int64_t before, int64_t now,
	void (*each)(int64_t id, const char *user, const char *chat, void *arg), void *arg);

/* The newest source_id from a source, and when it was received; 0 if there is none. */
int64_t inbox_last(const char *source, int64_t *received_at);

/* How many wait, and how many were set aside. */
int64_t inbox_waiting(void);
int64_t inbox_failed(void);

#endif
