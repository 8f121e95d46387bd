/* notices: news of a user's jobs since they last looked, for a terminal; database errors
 * end the program */
#ifndef CHAT_NOTICES_H
#define CHAT_NOTICES_H

#include <stdint.h>

#include "base/str.h"

struct notices {
	const char *user;
	int64_t event;  /* the last one that was read */
	int64_t silent; /* a job whose end the user already knows; 0: none */
	int past;       /* nothing was read yet: what the first look finds happened earlier */
	int colour;
};

/* Begin after the last notice that the user was shown. */
void notices_start(struct notices *n, const char *user);

/*
 * Append what is new for the user's jobs and for those without a user:
 * milestones, a line each, and ends, "✓ Workflow completed: X" and how it
 * ended. Ends that happen after the first call are followed by the start of
 * the result or the last lines of stderr. How far the user has read is
 * recorded in the store, in a transaction of its own.
 */
void notices_read(struct notices *n, struct str *text);

#endif
