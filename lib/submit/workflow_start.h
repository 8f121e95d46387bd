/* workflow_start: record the job that runs a workflow; returns 0 and says why, database errors end the program */
#ifndef SUBMIT_WORKFLOW_START_H
#define SUBMIT_WORKFLOW_START_H

#include <stdint.h>

#include "base/str.h"
#include "submit/workflow.h"

struct workflow_start {
	const char *user;   /* whose it is */
	const char *target; /* told of its end, however it ends; NULL: nobody */
	const struct workflow
		*workflow; /* its name (the job's type), title, path and time limit count */
	const char *const *arguments; /* more of its command, NULL-terminated; or NULL */
	const char *text;             /* its input, as a line or lines */
	const char *conversation;     /* may have `most` unfinished jobs; NULL: no limit */
	int most;
};

/*
 * Record the job inside the caller's transaction. Returns its id; 0 with the reason appended to why;
 * or WORKFLOW_START_FULL: the conversation has `most` unfinished jobs already.
 */
enum { WORKFLOW_START_FULL = -1 };
int64_t workflow_start_record(const struct workflow_start *start, struct str *why);

/* The directory of jobs that a chat starts: the home of whoever runs the toolkit. */
const char *workflow_start_directory(void);

/* Whether a unique key is only such a place in a conversation, not a key for the work itself. */
int workflow_start_is_place(const char *unique_key);

#endif
