/* agent: a model that works with tools until it has an answer; what it says and does is in the store
 * message by message; what goes wrong is a reason, database errors end the program */
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

/* Turns in which a model may call tools, if nobody says how many. */
enum { AGENT_TURNS = 20 };

/* What is wanted. Texts are the caller's and live as long as the agent; NULL or 0: none. */
struct agent_options {
	int64_t session;       /* 0: a new one */
	int64_t parent;        /* of a new one: the conversation that it was started from */
	const char *prompt;    /* what the user says; NULL: the session goes on where it stopped */
	const char *system;    /* more of the system prompt */
	const char *tools;     /* their names; NULL: all that are offered; "none" */
	const char *memory;    /* labels of the blocks that are its context */
	const char *model;     /* instead of BGJOB_LLM_MODEL */
	const char *workspace; /* instead of the user's folder */
	const char *typing;    /* a target that is shown that somebody types */
	int64_t max_turns;
	int64_t max_tokens; /* of one answer; 0: the endpoint's limit */
	/* caps in tokens, prompt and completion together; -1: none */
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
	/* llm_ask(), but for tests */
	void (*ask)(struct http *http, const struct llm_settings *settings,
		const struct llm_request *request, struct llm_answer *answer);

	struct session session;
	struct tool_context context;
	struct workspace workspace;
	char *target;                /* of the conversation; NULL: none */
	char *said;                  /* context.said */
	const char **arguments;      /* for the agents of jobs that are started */
	struct str argument_texts;   /* what they consist of */
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
 * Prepare a run: whose it is, its session, what the model may use, what it is told. Opens the
 * user's workspace, and records a new session and the prompt. The store is open for writing, llm
 * is set. Returns 0; -1 with the reason appended to why: something in the options is wrong,
 * nothing was recorded. To be closed in every case.
 */
int agent_open(struct agent *a, const struct agent_options *options, struct str *why);
void agent_close(struct agent *a);

/*
 * Ask and carry out until there is an answer, which goes to stdout; all else that is worth a line
 * goes to stderr. When it returns the session has ended, or, of a chat, waits for what comes next.
 */
enum agent_end agent_run(struct agent *a);

#endif
