/* mcp: a Model Context Protocol server that offers the tools; returns -1 and says why for bad options */
#ifndef MCP_MCP_H
#define MCP_MCP_H

#include "base/str.h"

/*
 * The protocol is https://modelcontextprotocol.io/specification, over stdio, both with and without
 * a handshake: the revisions 2024-11-05, 2025-03-26, 2025-06-18 and 2025-11-25, which begin with
 * "initialize", and 2026-07-28, in which every request names its revision; with the extension
 * io.modelcontextprotocol/tasks as of https://github.com/modelcontextprotocol/ext-tasks,
 * specification/draft/tasks.md.
 */
struct mcp_options {
	const char
		*user; /* NULL: the user of the job this program runs in, else the store's owner */
	const char *tools;  /* names; NULL: all */
	const char *folder; /* for the file tools and the shell; NULL: they are not offered */
	const char *target; /* where jobs it starts report; NULL: nowhere */
};

/*
 * Answer the requests from `in` on `out` until the end of `in`. Nothing else may write to out, so both
 * are moved, and stdin and stdout become /dev/null and stderr. This process never opens the store:
 * a child does each call that needs it, so that calls do not wait for each other, can be ended, and
 * fail alone. Returns 0 at the end of in, or -1 with the reason appended to why before anything is
 * read. An error on out ends the program.
 */
int mcp_serve(const struct mcp_options *options, int in, int out, struct str *why);

#endif
