/* agent_output: what an agent says: its answer on stdout, everything else as lines on stderr; an error
 * on stdout ends the program */
#ifndef AGENT_AGENT_OUTPUT_H
#define AGENT_AGENT_OUTPUT_H

#include <stddef.h>

#include "base/die.h"
#include "base/str.h"

/*
 * Models say a few words before they call tools, and until the call comes they look like an answer.
 * So a live answer is held back until it is longer than that.
 */
enum { AGENT_OUTPUT_HOLD = 400 }; /* bytes */

/* Start with { .live = ... }. */
struct agent_output {
	int live;  /* a person is watching: show the answer as it comes */
	int final; /* no calls can follow: hold nothing back */
	int begun; /* some of this text has been shown */
	char last; /* the last byte shown */
	struct str held;
};

/* More of a text, whole characters. */
void agent_output_add(struct agent_output *s, const char *text, size_t n);

/* The text was the answer, and this is all of it: show the rest. */
void agent_output_answer(struct agent_output *s, const char *text);

/* The text was not the answer: a line on stderr, unless it has been shown. */
void agent_output_aside(struct agent_output *s, const char *text);

/* Add a paragraph of our own after the answer. */
void agent_output_note(struct agent_output *s, const char *text);

/* End the last line of stdout. */
void agent_output_end(struct agent_output *s);
void agent_output_free(struct agent_output *s);

/* One line on stderr: clean text, blanks for line breaks, cut to 1,000 bytes. */
void agent_output_line(const char *fmt, ...) DIE_PRINTF(1, 2);

#endif
