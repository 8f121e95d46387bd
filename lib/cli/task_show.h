/* task_show: what bgjob-task prints of tasks and runs. Each function prints to stdout, with the store
 * open for reading, and returns an exit code; the reason for a refusal is in the answer. */
#ifndef CLI_TASK_SHOW_H
#define CLI_TASK_SHOW_H

#include "cli/task_request.h"

int task_show_list(const struct task_request *r, struct task_answer *a);
int task_show_details(const struct task_request *r, struct task_answer *a);
int task_show_runs(const struct task_request *r, struct task_answer *a); /* of a task, or of all */
int task_show_run(const struct task_request *r, struct task_answer *a);  /* of r->runs[0] */

/* The first moments after r->from: of r->cron, which needs no store, of each task named, or of all tasks. */
enum { TASK_MOST_MOMENTS = 100000 };
int task_show_next(const struct task_request *r, struct task_answer *a);

#endif
