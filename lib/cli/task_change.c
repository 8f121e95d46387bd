/* task_change: what bgjob-task changes of tasks and runs */
#include "cli/task_change.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "run/cancel.h"
#include "store/own_job.h"
#include "store/task_cancel.h"
#include "store/task_pause.h"
#include "store/task_run.h"
#include "task/tick.h"
#include "task/trigger.h"

void task_answer_free(struct task_answer *a)
{
	str_free(&a->why);
	str_free(&a->notes);
	free(a->jobs);
}

static int find_task(const struct task_request *r, int which, struct task *task,
	struct task_answer *a)
{
	if (!r->no_store && task_find(r->names[which], task) == 0)
		return EXIT_DONE;
	str_addf(&a->why, "no task '%s'", r->names[which]);
	return EXIT_USAGE;
}

static int in_run(void)
{
	struct job job;
	int is;

	own_job_get(&job);
	is = job.run != 0;
	job_free(&job);
	return is;
}

int task_change_add(struct task_form *f, struct task_answer *a)
{
	if (in_run()) {
		str_add(&a->why, "a task's job may not add tasks");
		return EXIT_NO;
	}
	if (task_form_record(f, clock_now()) < 0) {
		str_add(&a->why, f->why.data);
		return EXIT_USAGE;
	}
	/* a task that it replaces may have been disabled */
	a->may_start = f->replace && f->task.enabled;
	return EXIT_DONE;
}

/* ---- tasks ---- */

static void enable_task(const struct task *task, int64_t now)
{
	task_enable(task->id, trigger_next(task, now), now);
}

static void disable_task(const struct task *task, int64_t now)
{
	(void)now;
	task_disable(task->id);
}

static void delete_task(const struct task *task, int64_t now)
{
	task_delete(task->id, now);
}

/* all of them or none */
static int change_each(const struct task_request *r, struct task_answer *a,
	void (*change)(const struct task *task, int64_t now))
{
	struct task *tasks = mem_zero((size_t)r->count, sizeof(*tasks));
	int64_t now = clock_now();
	int status = EXIT_DONE, found = 0;

	while (found < r->count && status == EXIT_DONE) {
		status = find_task(r, found, &tasks[found], a);
		found += status == EXIT_DONE;
	}
	for (int i = 0; i < found; i++) {
		if (status == EXIT_DONE)
			change(&tasks[i], now);
		task_free(&tasks[i]);
	}
	free(tasks);
	return status;
}

int task_change_enable(const struct task_request *r, struct task_answer *a)
{
	a->may_start = 1;
	return change_each(r, a, enable_task);
}

int task_change_disable(const struct task_request *r, struct task_answer *a)
{
	return change_each(r, a, disable_task);
}

int task_change_delete(const struct task_request *r, struct task_answer *a)
{
	return change_each(r, a, delete_task);
}

int task_change_pause(const struct task_request *r, struct task_answer *a)
{
	(void)r;
	(void)a;
	task_set_paused(1);
	return EXIT_DONE;
}

int task_change_resume(const struct task_request *r, struct task_answer *a)
{
	(void)r;
	a->may_start = 1;
	if (task_paused())
		tick_resume(clock_now());
	return EXIT_DONE;
}

/* ---- runs ---- */

static int check_users(const struct task *task, char *const *users, int count, struct str *why)
{
	int64_t listed = task_user_count(task->id);

	for (int i = 0; i < count; i++) {
		if (listed && !task_has_user(task->id, users[i])) {
			str_addf(why, "task '%s' is not for user %s", task->name, users[i]);
			return EXIT_USAGE;
		}
	}
	return EXIT_DONE;
}

static int check_may_run(const struct task *task, struct str *why)
{
	int64_t other = 0;

	if (task->overlap == TASK_SKIP)
		other = task_run_unfinished(task->id, NULL);
	if (!task->enabled)
		str_addf(why, "task '%s' is disabled", task->name);
	else if (task_paused())
		str_add(why, "all tasks are paused");
	else if (other)
		str_addf(why, "run %lld of task '%s' has not ended yet", (long long)other,
			task->name);
	else
		return EXIT_DONE;
	return EXIT_NO;
}

static int start_run(const struct task *task, char *const *users, struct task_answer *a)
{
	struct task_run_new start = { .kind = TASK_MANUAL,
		.due_at = -1,
		.task = task,
		.users = users };
	struct task_run run;
	int64_t id, jobs;

	id = task_run_add(&start, clock_now(), &jobs);
	if (jobs) {
		a->run = id;
		a->may_start = 1;
		return EXIT_DONE;
	}
	/* too many of its jobs are waiting already */
	if (task_run_get(id, &run) < 0)
		die_system("run %lld disappeared right after it was created", (long long)id);
	str_add(&a->why, run.reason ? run.reason : "nothing to run");
	task_run_free(&run);
	return EXIT_NO;
}

int task_change_run(const struct task_request *r, struct task_answer *a)
{
	struct task task;
	int status = find_task(r, 0, &task, a);

	if (status != EXIT_DONE)
		return status;
	status = check_users(&task, r->users, r->user_count, &a->why);
	if (status == EXIT_DONE)
		status = check_may_run(&task, &a->why);
	if (status == EXIT_DONE)
		status = start_run(&task, r->users, a);
	task_free(&task);
	return status;
}

static int check_known(const struct task_request *r, struct task_answer *a)
{
	struct task_run run;

	for (size_t i = 0; i < r->run_count; i++) {
		if (r->no_store || task_run_get(r->runs[i], &run) < 0) {
			str_addf(&a->why, "no run %lld", (long long)r->runs[i]);
			return EXIT_USAGE;
		}
		task_run_free(&run);
	}
	return EXIT_DONE;
}

static void note_job(int64_t job, void *arg)
{
	struct task_answer *a = arg;

	a->jobs = mem_grow(a->jobs, a->job_count, &a->job_room, sizeof(*a->jobs));
	a->jobs[a->job_count++] = job;
}

static int cancel_run(int64_t id, const char *by, struct task_answer *a)
{
	struct task_run run;

	if (task_run_cancel(id, by, clock_now(), note_job, a))
		return EXIT_DONE;
	if (task_run_get(id, &run) == 0) {
		str_addf(&a->notes, "run %lld has already ended: %s\n", (long long)id, run.status);
		task_run_free(&run);
	}
	return EXIT_NO;
}

int task_change_cancel(const struct task_request *r, struct task_answer *a)
{
	int status = check_known(r, a);

	for (size_t i = 0; i < r->run_count && !a->why.len; i++)
		if (cancel_run(r->runs[i], r->by, a) == EXIT_NO)
			status = EXIT_NO;
	return status;
}

void task_change_signal(const struct task_answer *a)
{
	for (size_t i = 0; i < a->job_count; i++)
		cancel_signal(a->jobs[i]);
}
