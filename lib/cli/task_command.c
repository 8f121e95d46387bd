/* task_command: run a sub-command of bgjob-task, from its operands to its output */
#include "cli/task_command.h"

#include <stdlib.h>
#include <string.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/out.h"
#include "cli/task_change.h"
#include "db/db.h"
#include "run/cancel.h"
#include "service/runner.h"
#include "store/delivery.h"
#include "task/task_next.h"

/* End the transaction, close the store, and start the services that have work now. */
static void finish_change(const struct task_answer *a)
{
	int tells;

	if (a->why.len) {
		db_rollback();
		db_close();
		return;
	}
	db_commit();
	task_change_signal(a);
	tells = delivery_expected();
	db_close();
	if (a->may_start)
		runner_ensure();
	if (tells)
		runner_ensure_notifier();
}

static int print_answer(struct task_answer *a, int status)
{
	char *save = NULL, *line = a->notes.len ? strtok_r(a->notes.data, "\n", &save) : NULL;

	for (; line; line = strtok_r(NULL, "\n", &save))
		warn("%s", line);
	if (a->why.len)
		warn("%s", a->why.data);
	if (a->run) {
		out_fieldf("%lld", (long long)a->run);
		out_end();
	}
	task_answer_free(a);
	return status;
}

static void take_runs(const struct task_command *c, const struct task_request *r,
	struct arg_ids *runs)
{
	if (c->operands == TASK_RUNS) {
		arg_ids_of("run", runs, r->count, r->names);
	} else if (c->operands == TASK_RUN) {
		runs->ids = mem_alloc(sizeof(*runs->ids));
		runs->ids[runs->count++] = arg_id_of("run", r->names[0]);
	}
}

int task_command_run(const struct task_command *c, struct task_request *r)
{
	struct task_answer a = { 0 };
	struct arg_ids runs = { 0 };
	char *by = cancel_asker(NULL);
	int status, changes;

	take_runs(c, r, &runs);
	r->runs = runs.ids;
	r->run_count = runs.count;
	r->by = by;
	r->no_store = r->cron || db_open(c->kind == TASK_MAKES_STORE ? DB_WRITE : DB_READ) < 0;
	changes = c->kind != TASK_SHOWS && !r->no_store;
	if (changes)
		db_begin();
	status = c->run(r, &a);
	if (changes)
		finish_change(&a);
	db_close();
	arg_ids_free(&runs);
	free(by);
	return print_answer(&a, status);
}

static void say_due(const struct task *task)
{
	char text[CLOCK_TEXT];

	if (task->due_at < 0)
		return;
	task_next_format(task, task->due_at, text);
	warn("task '%s' is due at %s", task->name, text);
}

int task_command_add(struct task_form *f)
{
	struct task_answer a = { 0 };
	int status;

	if (task_form_finish(f, clock_now()) < 0) {
		warn("%s", f->why.data);
		return EXIT_USAGE;
	}
	db_open(DB_WRITE);
	db_begin();
	status = task_change_add(f, &a);
	finish_change(&a);
	if (status == EXIT_DONE && arg_verbose())
		say_due(&f->task);
	return print_answer(&a, status);
}
