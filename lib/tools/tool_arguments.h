/* tool_arguments: what a model calls a tool with, checked and read; returns -1 and says why */
#ifndef TOOLS_TOOL_ARGUMENTS_H
#define TOOLS_TOOL_ARGUMENTS_H

#include <stdint.h>

#include "base/str.h"

struct cJSON;

/*
 * Whether an object fits the schema of a tool: of JSON Schema what tools need: properties with
 * type string, integer or boolean, enum, minimum, maximum, minLength, maxLength (bytes); required;
 * and nothing else than the properties. A null stands for an argument that is not given, and an
 * integer may be a text ("42", "#42"), as some models write it. Returns 0, or -1 with the reason
 * in why.
 */
int tool_arguments_check(const char *schema, const struct cJSON *arguments, struct str *why);

/* Of arguments that fit: an argument, or, if it is not given, the other value. */
const char *tool_argument_text(const struct cJSON *arguments, const char *name,
	const char *otherwise);
int64_t tool_argument_integer(const struct cJSON *arguments, const char *name, int64_t otherwise);
int tool_argument_flag(const struct cJSON *arguments, const char *name, int otherwise);

#endif
