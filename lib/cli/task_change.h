/* task_change: what bgjob-task changes of tasks and runs. Each function belongs inside the caller's
 * transaction and returns an exit code; if it sets `why`, the caller rolls back. Database errors
 * end the program, as db.h says. */
#ifndef CLI_TASK_CHANGE_H
#define CLI_TASK_CHANGE_H

#include "cli/task_request.h"
#include "task/task_form.h"

/* Record a task that task_form_finish() has checked. */
int task_change_add(struct task_form *f, struct task_answer *a);

/* All tasks named, or none. */
int task_change_enable(const struct task_request *r, struct task_answer *a);
int task_change_disable(const struct task_request *r, struct task_answer *a);
int task_change_delete(const struct task_request *r, struct task_answer *a);

/* All tasks, including later ones. */
int task_change_pause(const struct task_request *r, struct task_answer *a);
int task_change_resume(const struct task_request *r, struct task_answer *a);

/* Start a run of the task now, for r->users, or for all of its users if there are none. */
int task_change_run(const struct task_request *r, struct task_answer *a);

/* Cancel r->runs. EXIT_NO with a note for each that has ended. After the commit call task_change_signal(). */
int task_change_cancel(const struct task_request *r, struct task_answer *a);
void task_change_signal(const struct task_answer *a);

#endif
