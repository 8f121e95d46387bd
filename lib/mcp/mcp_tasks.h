/* mcp_tasks: the methods for tasks; database errors end the process */
#ifndef MCP_MCP_TASKS_H
#define MCP_MCP_TASKS_H

#include "mcp/mcp_call.h"

void mcp_tasks_get(struct mcp_call *w);
void mcp_tasks_cancel(struct mcp_call *w);
void mcp_tasks_update(struct mcp_call *w);
void mcp_tasks_result(struct mcp_call *w);

/* subscriptions/listen */
void mcp_tasks_listen(struct mcp_call *w);

/*
 * A call has started a job: answer with it as a task, and send its milestones if the request wants
 * them.
 */
void mcp_tasks_started(struct mcp_call *w, int64_t job);

#endif
