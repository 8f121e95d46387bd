/* task_command: run a sub-command of bgjob-task, from its operands to its output; returns the exit
 * code; bad ids and database errors end the program */
#ifndef CLI_TASK_COMMAND_H
#define CLI_TASK_COMMAND_H

#include "cli/task_request.h"
#include "task/task_form.h"

struct task_command {
	int (*run)(const struct task_request *r, struct task_answer *a);
	enum { TASK_SHOWS, TASK_CHANGES, TASK_MAKES_STORE } kind;
	enum { TASK_NAMES, TASK_RUN, TASK_RUNS } operands;
};

/* Open the store, run it, in a transaction if it changes something, and print what it answers. */
int task_command_run(const struct task_command *c, struct task_request *r);

/* Check and record a task. */
int task_command_add(struct task_form *f);

#endif
