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
	/* whom the model works for: it may see and do what they may, and nothing else */
	const char *user; /* never NULL */
	enum user_role role;
	const char *by; /* their name in a job's reason; NULL: cancel_asker(user) */

	int64_t session; /* of the conversation; 0: none */
	/* what TOOL_JOBS_AT_ONCE applies to; NULL: "session N", without a session "user USER" */
	const char *conversation;
	int64_t job;      /* the job that this program runs in; 0: none */
	int depth;        /* 0: a conversation; more: a background job, which starts no others */
	const char *said; /* only workflows named in it may be run; NULL: any */

	const char *target; /* where a job it starts reports; NULL: nowhere */
	/* more arguments for the bgjob-agent of such a job, NULL-terminated; or NULL */
	const char *const *agent;
	struct workspace *workspace; /* for file tools and shell; NULL: not offered */
	int stop; /* a descriptor; readable: a long call has to end now. -1: none */
};

/* A conversation with this user, without session, job, target and workspace. */
void tool_context_init(struct tool_context *c, const char *user, enum user_role role);

/*
 * Set the job that this program runs in (0: none), and the depth that follows from it: 0 in a job
 * that answers a chat message (type "chat"), else 1. The store is open.
 */
void tool_context_in_job(struct tool_context *c, int64_t job);

/* The user, now, as a viewer of jobs. */
struct viewer tool_context_viewer(const struct tool_context *c);

#endif
