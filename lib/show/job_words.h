/* job_words: jobs in words for a person or a model; everything is appended as clean text;
 * database errors end the program */
#ifndef SHOW_JOB_WORDS_H
#define SHOW_JOB_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "store/job.h"
#include "store/viewer.h"

/* "board": what a job is called in lists: its type, or the label of a plain command. */
void job_words_name(struct str *text, const struct job *job);

/* "#42 board ✅ done", "#42 board ❌ failed: exit 3" */
void job_words_heading(struct str *text, const struct job *job);

/*
 * ` "The board identified three key risks..."`: the beginning of its result or, before its end, of
 * its input. Returns 0 if there is none: nothing is appended.
 */
int job_words_snippet(struct str *text, const struct job *job);

/*
 * The line of a list: `#42 board ✅ done Started: 14:32 "The board identified three key risks..."`
 */
void job_words_row(struct str *text, const struct job *job, int64_t now);

/* "Completed 2 min ago", "Started just now": when the job got into its status. */
void job_words_since(struct str *text, const struct job *job, int64_t now);

/*
 * Lines "Label: ...", "Created: ...": what its heading does not say. Only an operator is shown what
 * it waits for, its command, queue and user: they describe the machine.
 */
void job_words_details(struct str *text, const struct job *job, const struct viewer *viewer);

/* Why a queued job has not started, a line each; nothing for anybody but an operator. */
void job_words_waits(struct str *text, const struct job *job, const struct viewer *viewer);

/*
 * "So far:" and the last few KiB that a running job has written to stdout. Returns 0 if there are
 * none: nothing is appended.
 */
int job_words_so_far(struct str *text, const struct job *job);

/*
 * The last lines, at most so many, of the last `most` bytes that a job has written to stderr.
 * Returns 0 if there are none: nothing is appended.
 */
int job_words_log(struct str *text, const struct job *job, int lines, size_t most);

#endif
