/* task_text: tasks and their runs in words: list rows, details */
#ifndef SHOW_TASK_TEXT_H
#define SHOW_TASK_TEXT_H

#include <stdint.h>

#include "base/str.h"
#include "base/table.h"
#include "store/job.h"
#include "store/task.h"
#include "store/task_run.h"

/* Append a duration as bgjob-task add takes it, nothing left out: "1d2h30m". */
void task_text_duration(struct str *text, int64_t ms);

/*
 * Lists: on a terminal a table, elsewhere tab-separated records. Of tasks:
 * name, enabled or disabled, trigger, users, next, last run, its status.
 */
struct table *task_text_list(void);
void task_text_row(struct table *table, const struct task *task);

/* Of runs: run, task, trigger, status, due, created, started, ended, jobs, done, failed, reason. */
struct table *task_text_runs(void);
void task_text_run(struct table *table, const struct task_run *run);

/* What the agent of a run's job did, in its latest session: 1, or 0 if there was none. */
int task_text_agent(int64_t job, int64_t *turns, int64_t *proposals);

/* Of a run's users: user, job, status, started, ended, turns, proposals, error. */
struct table *task_text_users(void);
void task_text_user(struct table *table, const struct job *job);

/* Append everything about one task, a line each. */
void task_text_details(struct str *out, const struct task *task);

#endif
