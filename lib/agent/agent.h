/* agent: a model that works with tools until it has an answer, recorded in the store message by
 * message; errors return a reason in words, database errors end the program */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include <stddef.h>
#include <stdint.h>

#include "access/workspace.h"
#include "agent/agent_output.h"
#include "agent/agent_typing.h"
#include "base/str.h"
#include "net/llm.h"
#include "store/session.h"
#include "tools/tool.h"

struct cJSON;
struct http;

/* The default for max_turns: turns in which the model may call tools. */
enum { AGENT_TURNS = 20 };

/* The texts are the caller's and live as long as the agent; NULL or 0: none. */
struct agent_options {
	int64_t session;       /* 0: a new one */
	int64_t parent;        /* of a new one: the conversation it was started from */
	const char *prompt;    /* what the user says; NULL: continue the session where it stopped */
	const char *system;    /* appended to the system prompt */
	const char *tools;     /* names, or "none"; NULL: all that are offered */
	const char *memory;    /* labels of memory blocks for the system prompt */
	const char *model;     /* instead of BGJOB_LLM_MODEL */
	const char *workspace; /* instead of the user's folder */
	const char *typing;    /* a target that shows "is typing ..." meanwhile */
	int64_t max_turns;
	int64_t max_tokens; /* of one answer; 0: the endpoint's limit */
	/* caps in tokens, prompts and completions together; -1: none */
	int64_t budget;    /* of this run */
	int64_t job_cap;   /* of its job, all attempts together */
	int64_t daily_cap; /* of all runs since midnight */
	int stop;          /* a descriptor; readable: end now. -1: none */
};

enum agent_end { AGENT_DONE, AGENT_STOPPED, AGENT_FAILED };

struct agent {
	struct agent_options options;
	struct llm_settings llm;
	struct http *http;
	/* llm_ask(), except in tests */
	void (*ask)(struct http *http, const struct llm_settings *settings,
		const struct llm_request *request, struct llm_answer *answer);

	struct session session;
	struct tool_context context;
	struct workspace workspace;
	char *target;                /* of the conversation; NULL: none */
	char *said;                  /* context.said */
	const char **arguments;      /* for the agents of jobs it starts */
	struct str argument_texts;   /* holds some of these arguments */
	const struct tool **offered; /* what the model may call */
	size_t offered_count;
	struct cJSON *tools, *messages; /* for the request */
	int64_t attempt;                /* of context.job */
	int64_t deadline;               /* clock_boot() */

	int64_t used; /* tokens of this run */
	struct agent_output speech;
	struct agent_typing typing;
	struct str reason; /* why it stopped or failed, in words */
};

/*
 * Prepare a run: its user, its session, its tools and its prompt. Opens the user's workspace and
 * records the session, if it is new, and the prompt. The store is open for writing, and llm is set.
 * Returns 0; or -1 with the reason appended to why: an option is wrong, and nothing was recorded.
 * Close it in either case.
 */
int agent_open(struct agent *a, const struct agent_options *options, struct str *why);
void agent_close(struct agent *a);

/*
 * Ask the model and carry out its calls until there is an answer, which is written to stdout; other
 * messages are written to stderr. Afterwards the session has ended, or, in a chat, waits for the
 * next message.
 */
enum agent_end agent_run(struct agent *a);

#endif
