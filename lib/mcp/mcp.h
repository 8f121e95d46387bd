/* mcp: the tools for any client of the Model Context Protocol; bad options return -1 and say why */
#ifndef MCP_MCP_H
#define MCP_MCP_H

#include "base/str.h"

/*
 * The protocol is that of https://modelcontextprotocol.io/specification, over stdio, in both of
 * its eras: 2024-11-05, 2025-03-26, 2025-06-18 and 2025-11-25, which begin with "initialize", and
 * 2026-07-28, in which every request says for itself by which revision it is made; the extension
 * io.modelcontextprotocol/tasks as of
 * https://github.com/modelcontextprotocol/ext-tasks, specification/draft/tasks.md.
 */
struct mcp_options {
	const char *user;   /* NULL: whose job this program runs in, else the store's owner */
	const char *tools;  /* names; NULL: all */
	const char *folder; /* of the file tools and the shell; NULL: they are not offered */
	const char *target; /* where jobs that are started report; NULL: nowhere */
};

/*
 * Answer what comes from `in`, on `out`, until the end of `in`. Nothing else may be written to out:
 * both are moved, and stdin and stdout are /dev/null and stderr from then on. This process never
 * opens the store: what needs it is done by children of it, one for each call, so that calls do not
 * wait for each other, can be ended, and take nobody with them when they fail. Returns 0 at the
 * end of in, or -1 with the reason appended to why before anything was read. An out that cannot be
 * written ends the program.
 */
int mcp_serve(const struct mcp_options *options, int in, int out, struct str *why);

#endif
