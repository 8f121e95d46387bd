/* inbox: messages taken in; stored before they are confirmed to their source.
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

/* Store one inside the caller's transaction. Returns its id, or 0 if it is there already. */
int64_t inbox_add(const struct inbox_message *m, int64_t now);

/* Returns 0, or -1 if there is none of that id. */
int inbox_get(int64_t id, struct inbox_message *m);

/* The oldest unhandled message of a user that is still to be tried; 0: none. */
int64_t inbox_oldest(const char *user, int64_t after);

/*
 * Count one try, in a transaction of its own that costs no sync (a crash of
 * the machine may forget it). Returns how often it was begun, this one counted.
 */
int64_t inbox_begin(int64_t id);

/* Mark it as handled, or as set aside with an error, inside the caller's transaction. Returns 0 if it was not new any more. */
int inbox_handled(int64_t id, int64_t now);
int inbox_set_aside(int64_t id, const char *error, int64_t now);

/*
 * Those that were offered before `before` and are still not handled, oldest
 * first; after the second try the time since then counts twice, after the
 * third four times and so on. before = now + 1: all of them. They are marked
 * as offered now. Inside the caller's transaction.
 */
void inbox_offer_again(int64_t before, int64_t now,
	void (*each)(int64_t id, const char *user, const char *chat, void *arg), void *arg);

/* The newest id that a source gave, and when it came; 0 if there is none. */
int64_t inbox_last(const char *source, int64_t *received_at);

/* How many wait, and how many were set aside. */
int64_t inbox_waiting(void);
int64_t inbox_failed(void);

#endif
