/* task_change: what bgjob-task changes of tasks and runs; each opens the store, sees to it that
 * what may run now is run, and returns an exit code; bad input ends the program (exit 2) */
#ifndef CLI_TASK_CHANGE_H
#define CLI_TASK_CHANGE_H

#include "cli/task_request.h"
#include "task/task_form.h"

int task_change_add(struct task_form *f);

/* All of these tasks, or none. */
int task_change_enable(const struct task_request *r);
int task_change_disable(const struct task_request *r);
int task_change_delete(const struct task_request *r);

/* All that there are, and those to come. */
int task_change_pause(const struct task_request *r);
int task_change_resume(const struct task_request *r);

/* A run now, for r->users, or, if there are none, for all; prints its id. */
int task_change_run(const struct task_request *r);

int task_change_cancel(const struct task_request *r);

#endif
