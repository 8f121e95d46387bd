/* mcp_tools: the methods tools/list and tools/call; database errors end the process */
#ifndef MCP_MCP_TOOLS_H
#define MCP_MCP_TOOLS_H

#include "mcp/mcp_call.h"

void mcp_tools_list(struct mcp_call *w);
void mcp_tools_call(struct mcp_call *w);

#endif
