/* task_request: what bgjob-task is asked to do, other than add, and what it answers */
#ifndef CLI_TASK_REQUEST_H
#define CLI_TASK_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum task_format { TASK_WORDS, TASK_JSON, TASK_JSONL };

struct task_request {
	enum task_format format;
	int64_t limit, from;     /* limit: 0, the default; from: ms since 1970 */
	const char *cron, *zone; /* NULL: none */
	char **users;            /* NULL-terminated; NULL: none */
	int user_count;
	char **names; /* operands: tasks */
	int count;
	const int64_t *runs; /* operands: runs */
	size_t run_count;
	const char *by; /* who cancels: a login name, "user 7" */
	int no_store;   /* the store does not exist yet, so nothing is found */
};

/* Start with { 0 }, free with task_answer_free(). */
struct task_answer {
	struct str why;   /* the reason for EXIT_NO or EXIT_USAGE; may be empty */
	struct str notes; /* what else to say, each line ended by a newline */
	int64_t run;      /* the new run; 0: none */
	int may_start;    /* a queued job may start now: make sure that a runner is alive */
	int64_t *jobs;    /* running jobs to signal after the commit */
	size_t job_count, job_room;
};
void task_answer_free(struct task_answer *answer);

#endif
