/* mcp_task: a job as an MCP task; database errors end the process */
#ifndef MCP_MCP_TASK_H
#define MCP_MCP_TASK_H

#include "mcp/mcp_call.h"
#include "store/job.h"

/*
 * As in 2025-11-25 (specification/2025-11-25/basic/utilities/tasks) and in the extension of
 * 2026-07-28. A task's id is its job's. It may be easy to guess: the client's user may see the job,
 * and for other users the job does not exist.
 */

/* Whether the request may use tasks: 0, or -1 if it was refused. */
int mcp_task_declared(struct mcp_call *w);

/* Find the job of a task's id, if the user may see it: 0, to be freed with job_free(); else -1. */
int mcp_task_find(const struct mcp_call *w, const char *id, struct job *job);

/* The Task; the extension's DetailedTask. */
struct cJSON *mcp_task_object(const struct mcp_call *w, const struct job *job);
struct cJSON *mcp_task_detailed(struct mcp_call *w, const struct job *job);

/* What a call that waited would have returned: what show_background_job shows. */
struct cJSON *mcp_task_result(struct mcp_call *w, const struct job *job);

#endif
