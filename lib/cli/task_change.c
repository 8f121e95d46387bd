/* task_change: what bgjob-task changes of tasks and runs */
#include "cli/task_change.h"

#include <stdlib.h>
#include <string.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/out.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "run/cancel.h"
#include "service/runner.h"
#include "store/delivery.h"
#include "store/task_cancel.h"
#include "store/task_pause.h"
#include "store/task_run.h"
#include "task/task_next.h"
#include "task/tick.h"
#include "task/trigger.h"

/* may_run: something queued may start now; messages may have been queued anyway */
static void finish_change(int may_run)
{
	int tells = delivery_expected();

	db_close();
	if (may_run)
		runner_ensure();
	if (tells)
		runner_ensure_notifier();
}

static void find_task(const char *name, struct task *task)
{
	if (task_find(name, task) == 0)
		return;
	db_rollback();
	die_usage("no task '%s'", name);
}

static void say_due(const struct task *task)
{
	char text[CLOCK_TEXT];

	if (task->due_at < 0)
		return;
	task_next_format(task, task->due_at, text);
	warn("task '%s' is due at %s", task->name, text);
}

/* one that does not run left its variable in somebody's shell */
static int in_run(void)
{
	const char *text = getenv("BGJOB_ID");
	struct job job;
	int64_t id;
	int is;

	if (!text || value_id(text, strlen(text), &id) < 0 || job_get(id, &job) < 0)
		return 0;
	is = job.run && job.status == JOB_RUNNING;
	job_free(&job);
	return is;
}

int task_change_add(struct task_form *f)
{
	int64_t now = clock_now();

	if (task_form_finish(f, now) < 0)
		die_usage("%s", f->why.data);
	db_open(DB_WRITE);
	if (in_run())
		die_no("a task's job may not add tasks");
	db_begin();
	if (task_form_record(f, now) < 0) {
		db_rollback();
		die_usage("%s", f->why.data);
	}
	db_commit();
	/* one that was defined anew may have been disabled */
	finish_change(f->replace && f->task.enabled);
	if (arg_verbose())
		say_due(&f->task);
	return EXIT_DONE;
}

/* ---- tasks ---- */

static void enable(const struct task *task, int64_t now)
{
	task_enable(task->id, trigger_next(task, now), now);
}

static void disable(const struct task *task, int64_t now)
{
	(void)now;
	task_disable(task->id);
}

static void end(const struct task *task, int64_t now)
{
	task_delete(task->id, now);
}

/* all of them or none */
static void change(const struct task_request *r, void (*each)(const struct task *task, int64_t now))
{
	static struct task *tasks; /* lives on when a name is refused */
	int64_t now = clock_now();

	if (db_open(DB_READ) < 0)
		die_usage("no task '%s'", r->names[0]);
	tasks = mem_zero((size_t)r->count, sizeof(*tasks));
	db_begin();
	for (int i = 0; i < r->count; i++)
		find_task(r->names[i], &tasks[i]);
	for (int i = 0; i < r->count; i++) {
		each(&tasks[i], now);
		task_free(&tasks[i]);
	}
	db_commit();
	free(tasks);
}

int task_change_enable(const struct task_request *r)
{
	change(r, enable);
	finish_change(1);
	return EXIT_DONE;
}

int task_change_disable(const struct task_request *r)
{
	change(r, disable);
	finish_change(0);
	return EXIT_DONE;
}

int task_change_delete(const struct task_request *r)
{
	change(r, end);
	finish_change(0);
	return EXIT_DONE;
}

int task_change_pause(const struct task_request *r)
{
	(void)r;
	db_open(DB_WRITE);
	db_begin();
	task_set_paused(1);
	db_commit();
	finish_change(0);
	return EXIT_DONE;
}

int task_change_resume(const struct task_request *r)
{
	(void)r;
	db_open(DB_WRITE);
	db_begin();
	if (task_paused())
		tick_resume(clock_now());
	db_commit();
	finish_change(1);
	return EXIT_DONE;
}

/* ---- runs ---- */

static void check_users(const struct task *task, char *const *users, int count)
{
	int64_t listed = task_user_count(task->id);

	for (int i = 0; i < count; i++) {
		if (listed && !task_has_user(task->id, users[i])) {
			db_rollback();
			die_usage("task '%s' is not for user %s", task->name, users[i]);
		}
	}
}

static void check_may_run(const struct task *task)
{
	static struct str why; /* lives on when it is said */
	int64_t other = 0;

	if (task->overlap == TASK_SKIP)
		other = task_run_unfinished(task->id, NULL);
	if (!task->enabled)
		str_addf(&why, "task '%s' is disabled", task->name);
	else if (task_paused())
		str_add(&why, "all tasks are paused");
	else if (other)
		str_addf(&why, "run %lld of task '%s' is still going", (long long)other,
			task->name);
	if (!why.data)
		return;
	db_rollback();
	die_no("%s", why.data);
}

/* it has no jobs: too many wait already */
_Noreturn static void refuse(int64_t id)
{
	struct task_run run;

	if (task_run_get(id, &run) < 0)
		die_system("a run is gone that was just made");
	db_rollback();
	die_no("%s", run.reason ? run.reason : "nothing to run");
}

int task_change_run(const struct task_request *r)
{
	struct task_run_new run = { .kind = TASK_MANUAL, .due_at = -1 };
	struct task task;
	int64_t id, jobs;

	if (db_open(DB_READ) < 0)
		die_usage("no task '%s'", r->names[0]);
	db_begin();
	find_task(r->names[0], &task);
	check_users(&task, r->users, r->user_count);
	check_may_run(&task);
	run.task = &task;
	run.users = r->users;
	id = task_run_add(&run, clock_now(), &jobs);
	if (!jobs)
		refuse(id);
	db_commit();
	task_free(&task);
	finish_change(1);
	out_fieldf("%lld", (long long)id);
	out_end();
	return EXIT_DONE;
}

struct signals {
	int64_t *jobs;
	size_t count, room;
};

static void note_job(int64_t job, void *arg)
{
	struct signals *s = arg;

	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 16;
		s->jobs = mem_resize(s->jobs, s->room, sizeof(*s->jobs));
	}
	s->jobs[s->count++] = job;
}

static int cancel_run(int64_t id, const char *by)
{
	struct signals signals = { 0 };
	struct task_run run;
	int64_t count;

	db_begin();
	count = task_run_cancel(id, by, clock_now(), note_job, &signals);
	db_commit();
	for (size_t i = 0; i < signals.count; i++)
		cancel_signal(signals.jobs[i]);
	free(signals.jobs);
	if (count)
		return EXIT_DONE;
	if (task_run_get(id, &run) == 0) {
		warn("run %lld has already ended: %s", (long long)id, run.status);
		task_run_free(&run);
	}
	return EXIT_NO;
}

static void check_known(int64_t id)
{
	struct task_run run;

	if (task_run_get(id, &run) < 0)
		die_usage("no run %lld", (long long)id);
	task_run_free(&run);
}

int task_change_cancel(const struct task_request *r)
{
	int status = EXIT_DONE;
	struct arg_ids runs;
	char *by;

	arg_ids_of("run", &runs, r->count, r->names);
	if (db_open(DB_READ) < 0 && runs.count)
		die_usage("no run %lld", (long long)runs.ids[0]);
	for (size_t i = 0; i < runs.count; i++)
		check_known(runs.ids[i]);
	by = cancel_asker(NULL);
	for (size_t i = 0; i < runs.count; i++)
		if (cancel_run(runs.ids[i], by) == EXIT_NO)
			status = EXIT_NO;
	free(by);
	if (runs.count)
		finish_change(0);
	arg_ids_free(&runs);
	return status;
}
