/* agent_history: what was said in a session, as messages for a model; database errors end the program */
#ifndef AGENT_AGENT_HISTORY_H
#define AGENT_AGENT_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct cJSON;

/*
 * How much of a conversation is sent to the model again, in estimated tokens; the last question
 * always is.
 */
enum { AGENT_HISTORY_TOKENS = 24000 };

struct agent_history {
	struct cJSON *messages; /* array of the API's message objects; never NULL */
	int open;               /* something has not been answered */
	char *asked; /* the user's last message, if it has not been answered; else NULL */
	/*
	 * ids of the last calls, whose end was not recorded; the messages have an answer for each
	 */
	char **dangling;
	size_t dangling_count;
};

/* The answer recorded for a tool that was killed. */
#define AGENT_HISTORY_INTERRUPTED \
	"interrupted: nobody saw how this call ended; it may have been carried out"

/*
 * The latest messages of a session, at most `tokens` of them (-1: all), beginning with one of the
 * user's. Each tool call is followed by exactly one answer, and each answer has its call. Stored
 * system messages are left out. Free with agent_history_free().
 */
void agent_history_load(struct agent_history *h, int64_t session, int64_t tokens);
void agent_history_free(struct agent_history *h); /* legal on { 0 } and twice */

/*
 * Add what the user says. If their last message got no answer, it becomes part of that one: the
 * templates of some models refuse two in a row.
 */
void agent_history_say(struct cJSON *messages, const char *text);

/* Append the latest messages, without tool calls, as lines "user: ..." and "assistant: ...". */
void agent_history_digest(struct str *text, int64_t session, int64_t messages);

#endif
