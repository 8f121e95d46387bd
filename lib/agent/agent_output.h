/* agent_output: what an agent says: its answer on stdout, all else as lines on stderr; a stdout that
 * failed ends the program */
#ifndef AGENT_AGENT_OUTPUT_H
#define AGENT_AGENT_OUTPUT_H

#include <stddef.h>

#include "base/die.h"
#include "base/str.h"

/*
 * A model says a few words before it calls tools, and nobody knows that they are not the answer
 * before the call comes. A live answer is held back until it is longer than such words are.
 */
enum { AGENT_OUTPUT_HOLD = 400 }; /* bytes */

/* Start with { .live = ... }. */
struct agent_output {
	int live;  /* somebody reads along: the answer is shown as it comes */
	int final; /* no calls can follow: nothing is held back */
	int begun; /* some of this text has been shown */
	char last; /* of what was shown */
	struct str held;
};

/* More of a text, whole characters. */
void agent_output_add(struct agent_output *s, const char *text, size_t n);

/* It is the answer, as a whole; the rest of it is shown. */
void agent_output_answer(struct agent_output *s, const char *text);

/* It was no answer but words on the way: a line on stderr, unless it was shown. */
void agent_output_aside(struct agent_output *s, const char *text);

/* Put something behind the answer, as a paragraph of its own. */
void agent_output_note(struct agent_output *s, const char *text);

/* End the last line of stdout. */
void agent_output_end(struct agent_output *s);
void agent_output_free(struct agent_output *s);

/* One line on stderr: clean text, blanks for line breaks, cut to 1,000 bytes. */
void agent_output_line(const char *fmt, ...) DIE_PRINTF(1, 2);

#endif
