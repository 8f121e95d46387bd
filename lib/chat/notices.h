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
	int colour;
};

/* From where they were told last. */
void notices_start(struct notices *n, const char *user);

/*
 * Append a line for each that is new: ends of jobs, "✓ Workflow completed: X",
 * and milestones; theirs, and those that are nobody's. What was told is noted
 * in the store, in a transaction of its own.
 */
void notices_read(struct notices *n, struct str *text);

#endif
