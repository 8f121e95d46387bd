/* task_show: what bgjob-task prints of tasks and runs; each opens the store, takes one that is not
 * there for empty, and returns an exit code; bad input ends the program (exit 2) */
#ifndef CLI_TASK_SHOW_H
#define CLI_TASK_SHOW_H

#include "cli/task_request.h"

int task_show_list(const struct task_request *r);
int task_show_details(const struct task_request *r);
int task_show_runs(const struct task_request *r); /* of a task, or of all */
int task_show_run(const struct task_request *r);

/* The first moments after r->from of each of these tasks, of all if there is none; or of r->cron. */
enum { TASK_MOST_MOMENTS = 100000 };
int task_show_next(const struct task_request *r);

#endif
