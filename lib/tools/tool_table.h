/* tool_table: the table of tools, and the functions that carry them out */
#ifndef TOOLS_TOOL_TABLE_H
#define TOOLS_TOOL_TABLE_H

#include <stddef.h>

#include "tools/tool.h"

#define TOOLS_RUN(name) \
	int tools_##name(struct tool_context *c, const struct cJSON *arguments, struct str *text, \
		struct cJSON **structured)

TOOLS_RUN(list_jobs);
TOOLS_RUN(show_job);
TOOLS_RUN(start_job);
TOOLS_RUN(run_workflow);
TOOLS_RUN(cancel_job);
TOOLS_RUN(milestone);
TOOLS_RUN(list_files);
TOOLS_RUN(read_file);
TOOLS_RUN(search_files);
TOOLS_RUN(write_file);
TOOLS_RUN(shell);
TOOLS_RUN(read_memory);
TOOLS_RUN(propose_memory);

/* All tools, in the order in which they are shown. */
const struct tool *tool_table(size_t *count);

#endif
