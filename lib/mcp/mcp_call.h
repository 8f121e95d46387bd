/* mcp_call: what answers one request of an MCP client, in a process of its own; database errors end it */
#ifndef MCP_MCP_CALL_H
#define MCP_MCP_CALL_H

#include <stdint.h>

#include "mcp/mcp.h"
#include "mcp/mcp_request.h"
#include "tools/tool.h"

struct cJSON;
struct job;

struct mcp_call {
	const struct mcp_options *options;
	const struct mcp_request *request;
	struct workspace *workspace; /* NULL: none */
	int out;  /* where its lines go: MCP_CALL_ANSWER or _NOTICE and a message */
	int stop; /* readable: it is to end; -1: it need not look */
	struct tool_context context; /* after mcp_call_open() */
};

#define MCP_CALL_ANSWER 'A'
#define MCP_CALL_NOTICE 'N'

/* Whether there is such a method for the request; one that waits may do so for as long as a job runs. */
enum mcp_call_kind { MCP_CALL_NONE, MCP_CALL_QUICK, MCP_CALL_WAITS };
enum mcp_call_kind mcp_call_kind(const struct mcp_request *r);

/* Do it: one answer, and notices. Ends the process. */
_Noreturn void mcp_call_do(struct mcp_call *w);

/* ---- for the methods ---- */

/* Open the store, and find out who asks. */
void mcp_call_open(struct mcp_call *w);

/* Write the answer; result is taken over (mcp_request_answer()). */
void mcp_call_answer(struct mcp_call *w, struct cJSON *result, const char *type);
void mcp_call_refuse(struct mcp_call *w, int code, const char *fmt, ...) DIE_PRINTF(3, 4);
void mcp_call_refuse_with(struct mcp_call *w, int code, const char *message, struct cJSON *data);

/* Write a notification; params is taken over. */
void mcp_call_notify(struct mcp_call *w, const char *method, struct cJSON *params);

void mcp_tools_list(struct mcp_call *w);
void mcp_tools_call(struct mcp_call *w);
void mcp_tasks_get(struct mcp_call *w);
void mcp_tasks_cancel(struct mcp_call *w);
void mcp_tasks_update(struct mcp_call *w);
void mcp_tasks_result(struct mcp_call *w);
void mcp_follow_tasks(struct mcp_call *w);

/* The result of tools/call: what tool_call() returned and gave; structured is taken over. */
struct cJSON *mcp_tools_result(const struct mcp_call *w, int status, const struct str *text,
	struct cJSON *structured);

/* A job that was just started is the answer, as a task; its milestones follow where they may. */
void mcp_tasks_started(struct mcp_call *w, int64_t job);

/* Whether the request may be for tasks: 0, or -1: that was answered. */
int mcp_tasks_declared(struct mcp_call *w);

/* The job of a task's id, if it is theirs to see: 0, to be freed with job_free(); else -1. */
int mcp_tasks_find(const struct mcp_call *w, const char *id, struct job *job);

/* A job as the extension's DetailedTask. */
struct cJSON *mcp_tasks_detailed(struct mcp_call *w, const struct job *job);

/* Wait until a job has ended; its milestones are progress, if the request wants to be told. */
void mcp_follow_job(struct mcp_call *w, int64_t job);

#endif
