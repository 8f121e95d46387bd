/* submission: from options, or a line of a batch, to a job that can be recorded; returns -1 and says why */
#ifndef SUBMIT_SUBMISSION_H
#define SUBMIT_SUBMISSION_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "store/job.h"
#include "store/result.h"

struct submission {
	/* Points into the texts that were set, and into the members below; callers inside the
	 * library set its fields themselves. */
	struct job_new job;
	struct str command, why;
	int disk_failed; /* why is not about what was given: submission_read_input() */
	const char *shell, *input, *input_text, *directory, *environment;
	struct job_dependency *after;
	char **targets;
	size_t target_count;
	char *absolute; /* the directory */
	char *captured; /* the choice of variables that job.environment was made for */
	void *input_data;
	char input_file[RESULT_NAME];
};

void submission_init(struct submission *s);

/*
 * Set a property by the long name of its option. value must live until the job
 * is recorded; "after", "after-any" and "notify" may be set several times.
 * Returns 0, or -1 with s->why.
 */
int submission_set(struct submission *s, const char *name, const char *value);

/* Append one argument of the command. */
void submission_argument(struct submission *s, const char *argument);

/* Add a target to notify of the end. Returns 0, or -1 with the reason appended to s->why. */
int submission_notify(struct submission *s, const char *target);

/*
 * Check the whole, and resolve the directory and the environment, which is
 * stored inside the caller's transaction. Returns 0, or -1 with s->why.
 */
int submission_finish(struct submission *s);

/*
 * Read the input, before the transaction, since it may come slowly. Returns 0, or -1 with s->why;
 * s->disk_failed then tells a disk that is full or failing from a mistake of the user.
 */
int submission_read_input(struct submission *s);

/* Reset it for the next job; the captured environment is kept. */
void submission_reset(struct submission *s);
void submission_free(struct submission *s);

#endif
