/* agent_history: what was said in a session, as messages for a model; database errors end the program */
#ifndef AGENT_AGENT_HISTORY_H
#define AGENT_AGENT_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct cJSON;

/* Of a conversation as much goes to a model again, estimated; the last question always does. */
enum { AGENT_HISTORY_TOKENS = 24000 };

struct agent_history {
	struct cJSON *messages; /* array of the API's message objects; never NULL */
	int open;               /* there is something that has not been answered */
	char *asked;            /* the user's last message, if it is that; NULL: none */
	/* ids of the calls at the end that nobody saw the end of; the messages have an answer for them */
	char **dangling;
	size_t dangling_count;
};

/* What stands for the answer of a tool that was killed. */
#define AGENT_HISTORY_INTERRUPTED \
	"interrupted: nobody saw how this call ended; it may have been carried out"

/*
 * The latest messages of a session that are not worth more than `tokens` (-1: all), from a user's
 * on. Each tool call has exactly one answer behind it, each answer its call. Stored system messages
 * are left out. Free with agent_history_free().
 */
void agent_history_load(struct agent_history *h, int64_t session, int64_t tokens);
void agent_history_free(struct agent_history *h); /* legal on { 0 } and twice */

/*
 * Add what the user says. Behind another message of theirs, which got no answer, it becomes a part
 * of that: some models' templates refuse two in a row.
 */
void agent_history_say(struct cJSON *messages, const char *text);

/* Append the latest of what was said, without tools, as lines "user: ..." and "assistant: ...". */
void agent_history_digest(struct str *text, int64_t session, int64_t messages);

#endif
