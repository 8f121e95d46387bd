/* task_json: tasks and their runs as JSON, documented in bgjob-task(1); errors of stdout end the program */
#ifndef SHOW_TASK_JSON_H
#define SHOW_TASK_JSON_H

#include "store/task.h"
#include "store/task_run.h"

/* One row of json_rows.h; what bgjob-task add takes has the same name and form. details: everything. */
void task_json_row(const struct task *task, int details);

/* details: with its users. */
void task_json_run(const struct task_run *run, int details);

#endif
