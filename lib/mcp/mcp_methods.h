/* mcp_methods: the table of methods that need a process of their own; database errors end it */
#ifndef MCP_MCP_METHODS_H
#define MCP_MCP_METHODS_H

#include "mcp/mcp_call.h"

/*
 * MCP_METHOD_NONE: the request's revision has no such method; _WAITS: it may take as long as a job.
 */
enum mcp_method_kind { MCP_METHOD_NONE, MCP_METHOD_QUICK, MCP_METHOD_WAITS };
enum mcp_method_kind mcp_methods_kind(const struct mcp_request *r);

/* Carry it out: write notifications and one answer. Ends the process. */
_Noreturn void mcp_methods_run(struct mcp_call *w);

#endif
