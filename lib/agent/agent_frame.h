/* agent_frame: data for a model, between marks that the data cannot forge; no errors */
#ifndef AGENT_AGENT_FRAME_H
#define AGENT_AGENT_FRAME_H

#include <stddef.h>

#include "base/str.h"

/* The marks: <NAME ...> and </NAME>; share/prompts/agent says what they mean. */
#define AGENT_FRAME_TOOL "tool_output"
#define AGENT_FRAME_MEMORY "memory"
#define AGENT_FRAME_JOBS "jobs"
#define AGENT_FRAME_CONVERSATION "conversation"
#define AGENT_FRAME_WORKFLOWS "workflows"

/*
 * Append n bytes of anything as clean text in a frame: the opening mark with attributes (a="1", our
 * own; may be NULL), the text, the closing mark. A text of more than `most` bytes is cut, and a line
 * says so. Where the text contains a mark, its "<" becomes "‹".
 */
void agent_frame(struct str *out, const char *name, const char *attributes, const char *text,
	size_t n, size_t most);

/* Append NAME="VALUE"; the value becomes part of a line, without quotes and angle brackets. */
void agent_frame_attribute(struct str *out, const char *name, const char *value);

#endif
