/* tool: what a model may call, for the agent and the MCP server; errors are reported in the result,
 * database errors end the program */
#ifndef TOOLS_TOOL_H
#define TOOLS_TOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "tools/tool_context.h"

struct cJSON;

/*
 * The limit of a result's text, in bytes; a tool that has more says how to ask for the rest. The
 * text is clean (base/text.h), and it is data: code that shows it to a model has to mark it as
 * such.
 */
enum { TOOL_TEXT_MAX = 16 * 1024 };

/* What a client may expect of a call (the ToolAnnotations of MCP). */
enum tool_annotation {
	TOOL_READ_ONLY = 1,
	TOOL_DESTRUCTIVE = 2, /* may undo or overwrite something */
	TOOL_IDEMPOTENT = 4,  /* repeating the call changes nothing more */
	TOOL_OPEN_WORLD = 8,  /* reaches beyond the store and the workspace */
};

/* What a tool needs to be offered. */
enum tool_need {
	TOOL_NEEDS_WORKSPACE = 1,
	TOOL_NEEDS_CONVERSATION = 2, /* depth 0 */
	TOOL_NEEDS_JOB = 4,          /* inside a background job */
};

struct tool {
	const char *name;        /* [a-z_]+ */
	const char *description; /* for the model, one paragraph */
	const char *schema;      /* a JSON Schema (2020-12) of the arguments, an object, as text */
	unsigned annotations, needs;
	/* As tool_call(), for arguments that fit the schema. */
	int (*run)(struct tool_context *c, const struct cJSON *arguments, struct str *text,
		struct cJSON **structured);
};

/* The one of this name, or NULL. */
const struct tool *tool_find(const char *name);

/*
 * The tools offered in this context, in the order of the table; names: only these, separated by
 * commas or blanks (NULL: all). Returns an array of *count that the caller frees; or NULL with the
 * reason appended to why: no tool has one of the names. One that is not offered is left out.
 */
const struct tool **tool_list(const char *names, const struct tool_context *c, size_t *count,
	struct str *why);

/*
 * Call a tool, outside a transaction and with the store open for writing. arguments: the parsed
 * object; NULL and a JSON null stand for an empty one. text is emptied and gets the result;
 * *structured gets the same as an object that the caller deletes, or NULL if there is nothing
 * beyond the text. Returns 0; or -1 if the tool did nothing, and the text tells the model why.
 *
 * A tool that is not offered is refused, and so are arguments that do not fit the schema, by name.
 * A job, block or file of another user is treated as one that does not exist. When this returns,
 * jobs it started or cancelled are committed, and a runner has been started if there was none.
 */
int tool_call(const struct tool *tool, struct tool_context *c, const struct cJSON *arguments,
	struct str *text, struct cJSON **structured);

#endif
