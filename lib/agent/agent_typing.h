/* agent_typing: "is typing ..." in a chat while a model thinks; as good as it gets, no errors */
#ifndef AGENT_AGENT_TYPING_H
#define AGENT_AGENT_TYPING_H

#include <stdint.h>

struct http;
struct telegram;

/* Start with { 0 }. */
struct agent_typing {
	struct telegram *telegram; /* NULL: nobody is shown anything */
	char *chat;
	int64_t thread, next; /* clock_boot() */
	int busy;
};

/* Begin in the chat of a target; of one that is not Telegram's, or without a token, nothing happens. */
void agent_typing_start(struct agent_typing *t, struct http *http, const char *target);

/* Say it again if it is time to. Returns the ms until then, -1: never. */
int agent_typing_tick(struct agent_typing *t);

/* To be called after http_free(). */
void agent_typing_free(struct agent_typing *t);

#endif
