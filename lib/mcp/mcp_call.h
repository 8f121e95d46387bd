/* mcp_call: one request of an MCP client being answered, in a process of its own; database errors end it */
#ifndef MCP_MCP_CALL_H
#define MCP_MCP_CALL_H

#include <stdint.h>

#include "mcp/mcp.h"
#include "mcp/mcp_request.h"
#include "tools/tool.h"

struct cJSON;

struct mcp_call {
	const struct mcp_options *options;
	const struct mcp_request *request;
	struct workspace *workspace; /* NULL: none */
	int out;                     /* for its lines: MCP_CALL_ANSWER or _NOTICE, and a message */
	int stop;                    /* a descriptor; readable: it has to end. -1: none */
	struct tool_context context; /* after mcp_call_open() */
};

#define MCP_CALL_ANSWER 'A'
#define MCP_CALL_NOTICE 'N'

/* Open the store and fill in the context. */
void mcp_call_open(struct mcp_call *w);

/* Write the answer; takes over result (mcp_request_answer()). */
void mcp_call_answer(struct mcp_call *w, struct cJSON *result, const char *type);
void mcp_call_refuse(struct mcp_call *w, int code, const char *fmt, ...) DIE_PRINTF(3, 4);
void mcp_call_refuse_with(struct mcp_call *w, int code, const char *message, struct cJSON *data);

/* Write a notification; takes over params. */
void mcp_call_notify(struct mcp_call *w, const char *method, struct cJSON *params);

/* The result of tools/call, from what tool_call() returned; takes over structured. */
struct cJSON *mcp_call_result(const struct mcp_call *w, int status, const struct str *text,
	struct cJSON *structured);

#endif
