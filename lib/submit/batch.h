/* batch: many submissions as JSON, one object a line; a bad line ends the program (exit 2) */
#ifndef SUBMIT_BATCH_H
#define SUBMIT_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "submit/submission.h"

/*
 * Fill a submission from one line: an object whose names are those of the
 * options, "command" an array of strings. Values are strings, numbers, true
 * and false; "after", "after-any" and "notify" may be arrays. What is set
 * points into *json, which the caller gives to batch_free() when the job is
 * recorded. Returns 0, or -1 with s->why.
 */
struct cJSON;
int batch_line(struct submission *s, const char *line, size_t n, struct cJSON **json);
void batch_free(struct cJSON *json);

/*
 * Submit all lines in one transaction; printed(id) is called for each, in
 * order, after the commit. A line whose unique key is taken gives the id that
 * has it, and *duplicates counts it. A bad line dies naming its number and the
 * reason, with nothing submitted. Empty lines are skipped.
 */
void batch_submit(const char *text, size_t n, int64_t *duplicates, void (*printed)(int64_t id));

#endif
