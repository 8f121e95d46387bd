/* notices: what happened to somebody's jobs since they last looked, for a terminal; database errors
 * end the program */
#ifndef CHAT_NOTICES_H
#define CHAT_NOTICES_H

#include <stdint.h>

#include "base/str.h"

struct notices {
	const char *user;
	int64_t event;  /* the last one that was looked at */
	int64_t silent; /* a job whose end was told already; 0: none */
	int past;       /* nothing was read yet: what is found first is of the past */
	int colour;
};

/* From where they were told last. */
void notices_start(struct notices *n, const char *user);

/*
 * Append what is new: milestones, a line each, and ends of jobs, "✓ Workflow
 * completed: X", then how it ended, then, of one that ended after the first
 * call, the beginning of its result or the last lines of stderr; theirs, and
 * those that are nobody's. What was told is noted in the store, in a
 * transaction of its own.
 */
void notices_read(struct notices *n, struct str *text);

#endif
