/* tool_context: on whose behalf tools are called, and from where; database errors end the program */
#ifndef TOOLS_TOOL_CONTEXT_H
#define TOOLS_TOOL_CONTEXT_H

#include <stdint.h>

#include "store/viewer.h"

struct workspace;

/* Unfinished jobs that one conversation may have started. */
enum { TOOL_JOBS_AT_ONCE = 5 };

/* The texts are the caller's. */
struct tool_context {
	/* who the model works for: it sees and touches what they may, and nothing else */
	const char *user; /* never NULL */
	enum user_role role;
	const char *by; /* who they are in a job's reason; NULL: cancel_asker() of user */

	int64_t session; /* of the conversation; 0: none */
	/* whose jobs are limited to TOOL_JOBS_AT_ONCE; NULL: "session N", without one "user USER" */
	const char *conversation;
	int64_t job;      /* the job that this program runs in; 0: none */
	int depth;        /* 0: a conversation; more: a background job, which starts no others */
	const char *said; /* only workflows whose names are in it may be run; NULL: any */

	const char *target;       /* where a job that is started reports; NULL: nowhere */
	const char *const *agent; /* more arguments of its bgjob-agent, NULL-terminated; or NULL */
	struct workspace *workspace; /* for the file tools and the shell; NULL: there are none */
	int stop;                    /* readable: a call that takes long is to end now; -1: none */
};

/* For somebody, in a conversation without a session, job, target or workspace. */
void tool_context_init(struct tool_context *c, const char *user, enum user_role role);

/*
 * Set the job that this program runs in (0: none) and the depth that follows from it: 0 in a turn
 * of a chat (a job of type "chat"), else 1. The store is open.
 */
void tool_context_in_job(struct tool_context *c, int64_t job);

/* On whose behalf it is, for what shows jobs now. */
struct viewer tool_context_viewer(const struct tool_context *c);

#endif
