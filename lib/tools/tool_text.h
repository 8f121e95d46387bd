/* tool_text: what the results of tools are made of; no errors */
#ifndef TOOLS_TOOL_TEXT_H
#define TOOLS_TOOL_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/str.h"

struct cJSON;

/* Append a line for each workflow that may be run: its name, title and description. */
void tool_text_workflows(struct str *text);

/* Append the reason. Returns -1. */
int tool_text_refuse(struct str *text, const char *fmt, ...) DIE_PRINTF(2, 3);

/* Add n bytes of anything to an object, as clean text. */
void tool_text_member(struct cJSON *object, const char *name, const char *data, size_t n);

/*
 * The next line of a file: its first bytes, at most size - 1, without the newline and ended by NUL;
 * the others are passed over, or 256 MiB of them. Returns how long the whole line is with its
 * newline, 0 at the end, TOOL_TEXT_BINARY if there is a NUL in it.
 */
#define TOOL_TEXT_BINARY SIZE_MAX
size_t tool_text_line(FILE *file, char *line, size_t size);

/* How many bytes of a text are on one page, about; and how many pages so many bytes are, at least 1. */
enum { TOOL_TEXT_PAGE = 12 * 1024 };
int64_t tool_text_pages(int64_t size);

#endif
