/* tool: the one table of what a model may call, for the agent, the MCP server and the man page;
 * what goes wrong is said in the result, database errors end the program */
#ifndef TOOLS_TOOL_H
#define TOOLS_TOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "tools/tool_context.h"

struct cJSON;

/*
 * No text of a result is longer (bytes); tools that have more say how to ask for the rest. It is
 * clean text (base/text.h), and it is data: whoever shows it to a model has to mark it as such.
 */
enum { TOOL_TEXT_MAX = 16 * 1024 };

/* What a client may expect of a call (the ToolAnnotations of MCP). */
enum tool_annotation {
	TOOL_READ_ONLY = 1,
	TOOL_DESTRUCTIVE = 2, /* may undo or overwrite something */
	TOOL_IDEMPOTENT = 4,  /* the second of two equal calls changes nothing */
	TOOL_OPEN_WORLD = 8,  /* reaches beyond the store and the workspace */
};

/* Without which a tool is not offered. */
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
 * Those that are offered, in the order of the table; names: only these, separated by commas or
 * blanks (NULL: all). Returns an array of *count that the caller frees; or NULL if a name is none
 * of a tool's, with the reason appended to why. A known one that is not offered is left out.
 */
const struct tool **tool_list(const char *names, const struct tool_context *c, size_t *count,
	struct str *why);

/*
 * Call a tool; to be called outside a transaction, with the store open for writing. arguments:
 * the parsed object; NULL and a JSON null count as an empty one. text, which is emptied first, gets
 * the result; *structured the same as an object that the caller deletes, NULL if it has no more
 * than the text. Returns 0, or -1: it was not done, the text says why in words for the model.
 *
 * Refused is what is not offered and what does not fit the schema, with the argument's name. A job,
 * block or file that is not theirs is refused in the words for one that does not exist. Jobs that
 * were started or cancelled are committed, and a runner was seen to, when it returns.
 */
int tool_call(const struct tool *tool, struct tool_context *c, const struct cJSON *arguments,
	struct str *text, struct cJSON **structured);

#endif
