/* llm_join: assembles a streamed answer, whatever server sent it; for llm*.c; errors are kept */
#ifndef NET_LLM_JOIN_H
#define NET_LLM_JOIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "net/llm_error.h"
#include "net/llm_text.h"

/* How far the first JSON object in the arguments has come. */
struct llm_scan {
	unsigned depth;
	unsigned in_string : 1, escaped : 1, whole : 1;
};

struct llm_join_call {
	int64_t index; /* -1: none was given */
	struct str id, name;
	struct llm_text arguments;
	struct llm_scan scan;
	char *extra; /* JSON; NULL: none */
};

/* What has arrived so far. */
struct llm_joined {
	struct llm_text content;
	struct llm_join_call *calls;
	size_t call_count;
	struct str finish_reason, model;
	int64_t prompt_tokens, completion_tokens, cost_nano; /* -1: not reported */
	int complete;           /* a finish_reason, "[DONE]" or a whole JSON answer came */
	int ended;              /* nothing more is to come */
	struct llm_error error; /* kind LLM_NO_ERROR: none */
};

struct llm_join;

/* text: called with more of the content, in feed and end, valid UTF-8; NULL: nobody. */
struct llm_join *llm_join_new(void (*text)(void *arg, const char *text, size_t n), void *arg);
void llm_join_free(struct llm_join *join); /* NULL is legal */

/*
 * The next n bytes of the body: an event stream, or if its first character is
 * "{" or "[" one JSON text. Returns 0, or -1 if an error makes the rest useless.
 */
int llm_join_feed(struct llm_join *join, const char *data, size_t n);

/*
 * The body is over. Anything still incomplete gets an error; each call has a
 * name, arguments and a unique id. The result lives as long as join.
 */
const struct llm_joined *llm_join_end(struct llm_join *join);

/* The same before the end. */
const struct llm_joined *llm_join_now(const struct llm_join *join);

#endif
