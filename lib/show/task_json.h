/* task_json: tasks and their runs as JSON, documented in bgjob-task(1) */
#ifndef SHOW_TASK_JSON_H
#define SHOW_TASK_JSON_H

#include "store/task.h"
#include "store/task_run.h"

struct cJSON;

/*
 * An object, which the caller frees. A member that bgjob-task add also takes has the same name and
 * form there. details: all members.
 */
struct cJSON *task_json(const struct task *task, int details);

/* The same for a run. details: with its users. */
struct cJSON *task_json_run(const struct task_run *run, int details);

#endif
