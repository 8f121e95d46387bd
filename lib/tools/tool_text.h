/* tool_text: pieces from which tools build their results; no errors */
#ifndef TOOLS_TOOL_TEXT_H
#define TOOLS_TOOL_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/str.h"

struct cJSON;

/* Append a line for each workflow that can be run: its name, title and description. */
void tool_text_workflows(struct str *text);

/* Append the reason. Returns -1. */
int tool_text_refuse(struct str *text, const char *fmt, ...) DIE_PRINTF(2, 3);

/* Add n bytes of anything to an object as a member, as clean text. */
void tool_text_member(struct cJSON *object, const char *name, const char *data, size_t n);

/*
 * Read the next line of a file: its first size - 1 bytes at most, without the newline, ended by NUL;
 * the rest is skipped, up to 256 MiB. Returns the length of the whole line with its newline, 0 at the
 * end of the file, TOOL_TEXT_BINARY if the line has a NUL.
 */
#define TOOL_TEXT_BINARY SIZE_MAX
size_t tool_text_line(FILE *file, char *line, size_t size);

/*
 * About how many bytes of a text are on a page; and how many pages a text of `size` bytes has, at
 * least 1.
 */
enum { TOOL_TEXT_PAGE = 12 * 1024 };
int64_t tool_text_pages(int64_t size);

#endif
