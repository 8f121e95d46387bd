/* workflow_start: the job that somebody's words become; returns 0 and says why, database errors end the program */
#ifndef SUBMIT_WORKFLOW_START_H
#define SUBMIT_WORKFLOW_START_H

#include <stdint.h>

#include "base/str.h"
#include "submit/workflow.h"

struct workflow_start {
	const char *user;   /* whose it is */
	const char *target; /* where it reports, always; NULL: nowhere */
	const struct workflow
		*workflow; /* its name (the job's type), title, path and time limit count */
	const char *const *arguments; /* more of its command, NULL-terminated; or NULL */
	const char *text;             /* its input, as a line or lines */
	const char *conversation; /* of which at most `most` are unfinished; NULL: no such limit */
	int most;
};

/*
 * Record it, inside the caller's transaction. Returns its id; 0 with the reason appended to why; or
 * WORKFLOW_START_FULL: as many as may be of this conversation have not ended.
 */
enum { WORKFLOW_START_FULL = -1 };
int64_t workflow_start_record(const struct workflow_start *start, struct str *why);

/* Where what a chat starts runs: the home of whoever runs the toolkit. */
const char *workflow_start_directory(void);

/* Whether a job's unique key is one of these, which hold a place in a conversation and name no work. */
int workflow_start_is_place(const char *unique_key);

#endif
