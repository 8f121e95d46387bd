/* agent_typing: "is typing ..." in a chat while a model thinks; errors are ignored */
#ifndef AGENT_AGENT_TYPING_H
#define AGENT_AGENT_TYPING_H

#include <stdint.h>

struct http;
struct telegram;

/* Start with { 0 }. */
struct agent_typing {
	struct telegram *telegram; /* NULL: nothing is shown */
	char *chat;
	int64_t thread, next; /* clock_boot() */
	int busy;
};

/*
 * Begin in the chat of a target. Does nothing without a token or for a target that is not
 * Telegram's.
 */
void agent_typing_start(struct agent_typing *t, struct http *http, const char *target);

/* Send it again if it is due. Returns the ms until the next time, -1: never. */
int agent_typing_tick(struct agent_typing *t);

/* Call it after http_free(). */
void agent_typing_free(struct agent_typing *t);

#endif
