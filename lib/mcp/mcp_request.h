/* mcp_request: one request of an MCP client, and the revision of the protocol it follows */
#ifndef MCP_MCP_REQUEST_H
#define MCP_MCP_REQUEST_H

#include "base/str.h"
#include "net/jsonrpc.h"

#define MCP_MODERN "2026-07-28" /* the revision without a handshake */
#define MCP_LEGACY "2025-11-25" /* the last one with a handshake */
#define MCP_TASKS "io.modelcontextprotocol/tasks"

/* Codes of the revision 2026-07-28 (schema/2026-07-28/schema.ts). */
enum { MCP_NO_CAPABILITY = -32021, MCP_NO_VERSION = -32022 };

struct mcp_request {
	struct jsonrpc_message message; /* owned */
	const char *version;            /* never NULL */
	int modern;
	int tasks;                 /* the client declared the extension */
	const struct cJSON *token; /* for notifications/progress; NULL: the client wants none */
};

/*
 * Read a request from m, which is taken over; agreed: the version that "initialize" agreed on, NULL:
 * none yet. Returns 0, or -1 with the answer, an error, in `answer`. Free it in either case.
 */
int mcp_request_read(struct mcp_request *r, struct jsonrpc_message *m, const char *agreed,
	struct str *answer);
void mcp_request_free(struct mcp_request *r);

/* Whether it follows that revision or a later one. */
int mcp_request_since(const struct mcp_request *r, const char *version);

/* A string among the params, or NULL. */
const char *mcp_request_text(const struct mcp_request *r, const char *name);

/*
 * The version to agree on when "initialize" asks for one: that one if it is supported, else the
 * last.
 */
const char *mcp_request_agree(const char *wanted);

/* All supported versions, as a JSON array that the caller deletes. */
struct cJSON *mcp_request_versions(void);

/*
 * Append the answer. Takes over result and adds what the revision wants in every result: a type
 * ("complete", "task"; ignored before 2026-07-28) and our name.
 */
void mcp_request_answer(const struct mcp_request *r, struct str *s, struct cJSON *result,
	const char *type);

/* The same for an error; takes over data (NULL: none). */
void mcp_request_refuse(const struct mcp_request *r, struct str *s, int code, const char *message,
	struct cJSON *data);

/* Our name and version; the caller deletes it. */
struct cJSON *mcp_request_server(void);

#endif
