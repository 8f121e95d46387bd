/* tool_arguments: the arguments of a call, checked and read; returns -1 and says why */
#ifndef TOOLS_TOOL_ARGUMENTS_H
#define TOOLS_TOOL_ARGUMENTS_H

#include <stdint.h>

#include "base/str.h"

struct cJSON;

/*
 * Whether an object fits the schema of a tool. Of JSON Schema it knows what the tools need:
 * properties with type string, integer or boolean, enum, minimum, maximum, minLength, maxLength (in
 * bytes); required; no additional properties. A null counts as an argument that is not given, and an
 * integer may be a string ("42", "#42"), as some models write it. Returns 0, or -1 with the reason
 * appended to why.
 */
int tool_arguments_check(const char *schema, const struct cJSON *arguments, struct str *why);

/* An argument of a call that fits, or `otherwise` if it is not given. */
const char *tool_argument_text(const struct cJSON *arguments, const char *name,
	const char *otherwise);
int64_t tool_argument_integer(const struct cJSON *arguments, const char *name, int64_t otherwise);
int tool_argument_flag(const struct cJSON *arguments, const char *name, int otherwise);

#endif
