/* tool_table: what the tools of the table (tool.h) do, for arguments that fit their schema */
#ifndef TOOLS_TOOL_TABLE_H
#define TOOLS_TOOL_TABLE_H

#include <stdio.h>

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

/* Append a line for each workflow that may be run: its name, title and description. */
void tools_say_workflows(struct str *text);

/* Append the reason. Returns -1. */
int tools_refuse(struct str *text, const char *fmt, ...) DIE_PRINTF(2, 3);

/* Add n bytes of anything to an object, as clean text. */
void tools_add_clean(struct cJSON *object, const char *name, const char *data, size_t n);

/*
 * The next line of a file: its first bytes, at most size - 1, without the newline and ended by NUL;
 * the others are passed over, or 256 MiB of them. Returns how long the whole line is with its
 * newline, 0 at the end, TOOLS_NO_TEXT if there is a NUL in it.
 */
#define TOOLS_NO_TEXT SIZE_MAX
size_t tools_line(FILE *file, char *line, size_t size);

/* How many bytes of a text are on one page, about; and how many pages so many bytes are, at least 1. */
enum { TOOLS_PAGE = 12 * 1024 };
int64_t tools_pages(int64_t size);

#endif
