/* task_run: runs of tasks: one row for each moment, one job for each user; database errors end the program.
 * Writing functions are called inside the caller's transaction. */
#ifndef STORE_TASK_RUN_H
#define STORE_TASK_RUN_H

#include <stdint.h>

#include "store/job.h"
#include "store/task.h"

/* A run to create. */
struct task_run_new {
	const struct task *task;
	enum task_kind kind; /* what triggered it */
	int64_t due_at;      /* the moment that it is for; -1: manual */
	char *const *users;  /* NULL-terminated: only these; NULL: all on the task's list */
};

/*
 * Create a run and its jobs: one for each user, or a single one if the task has no
 * users. If an earlier run (idle: for that user) is unfinished, the task's overlap
 * rule decides; the run may then have no jobs, and a reason. Returns its id, or 0 if
 * the moment already has a run. *jobs: how many jobs it has.
 */
int64_t task_run_add(const struct task_run_new *run, int64_t now, int64_t *jobs);

/* The run of a task (for a user; NULL: any) that has not ended, 0: none. */
int64_t task_run_unfinished(int64_t task, const char *user);

/*
 * A stored run. Texts are valid during the call, or until task_run_free(). Times
 * are ms, -1: none.
 */
struct task_run {
	int64_t id, task_id;
	char *task; /* its name */
	char *status; /* pending, running, success, failed, partial, cancelled: follows from its jobs */
	char *reason; /* why it has no jobs; or NULL */
	char *user;   /* idle: whose silence; else "" */
	enum task_kind kind;
	int64_t due_at, created_at, started_at, ended_at;
	int64_t jobs, done, failed, cancelled;
};

/* 0, or -1 if there is no such run. */
int task_run_get(int64_t id, struct task_run *run);
void task_run_free(struct task_run *run);

/* The latest run of a task: 0, or -1 if it had none. */
int task_run_last(int64_t task, struct task_run *run);

/*
 * Call each() for the latest runs of the tasks with this name, also deleted ones
 * (NULL: all), newest first.
 */
int64_t task_run_list(const char *task, int64_t limit,
	void (*each)(const struct task_run *run, void *arg), void *arg);

/* Call each() for the jobs of a run, in the order of its users. */
int64_t task_run_jobs(int64_t id, void (*each)(const struct job *job, void *arg), void *arg);

/* How many more jobs of a run may start now; for claim.h. */
int64_t task_run_capacity(int64_t id);

/*
 * A job of this run has ended. If it was the last one, notify the task's targets
 * of the run, and that the task keeps failing or has recovered. For transition.h.
 */
void task_run_job_ended(int64_t id, int64_t now);

#endif
