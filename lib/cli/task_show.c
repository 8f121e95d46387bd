/* task_show: what bgjob-task prints of tasks and runs */
#include "cli/task_show.h"

#include "base/die.h"
#include "base/json_rows.h"
#include "base/out.h"
#include "base/table.h"
#include "show/task_json.h"
#include "show/task_text.h"
#include "store/task.h"
#include "store/task_pause.h"
#include "store/task_run.h"

enum { RUNS = 20 };

static void list_words(const struct task *task, void *table)
{
	task_text_row(table, task);
}

static void list_json(const struct task *task, void *unused)
{
	(void)unused;
	json_rows_add(task_json(task, 0));
}

static void print_nothing(enum task_format format)
{
	json_rows_start(format == TASK_JSON);
	json_rows_end();
}

static int unknown_task(const char *name, struct task_answer *a)
{
	str_addf(&a->why, "no task '%s'", name);
	return EXIT_USAGE;
}

int task_show_list(const struct task_request *r, struct task_answer *a)
{
	struct table *table;
	int64_t count = 0;

	if (!r->no_store && task_paused())
		str_add(&a->notes, "all tasks are paused\n");
	if (r->no_store) {
		print_nothing(r->format);
	} else if (r->format == TASK_WORDS) {
		table = task_text_list();
		count = task_list(list_words, table);
		table_print(table);
	} else {
		json_rows_start(r->format == TASK_JSON);
		count = task_list(list_json, NULL);
		json_rows_end();
	}
	return count ? EXIT_DONE : EXIT_NO;
}

int task_show_details(const struct task_request *r, struct task_answer *a)
{
	struct str details = { 0 };
	struct task task;

	if (r->no_store || task_find(r->names[0], &task) < 0)
		return unknown_task(r->names[0], a);
	if (r->format == TASK_WORDS) {
		task_text_details(&details, &task);
		out_raw(details.data, details.len);
	} else {
		json_rows_start(0);
		json_rows_add(task_json(&task, 1));
	}
	str_free(&details);
	task_free(&task);
	return EXIT_DONE;
}

static void run_words(const struct task_run *run, void *table)
{
	task_text_run(table, run);
}

static void run_json(const struct task_run *run, void *unused)
{
	(void)unused;
	json_rows_add(task_json_run(run, 0));
}

static int is_known(const char *name)
{
	struct task task;

	if (task_find(name, &task) < 0)
		return 0;
	task_free(&task);
	return 1;
}

int task_show_runs(const struct task_request *r, struct task_answer *a)
{
	const char *name = r->count ? r->names[0] : NULL;
	int64_t limit = r->limit ? r->limit : RUNS;
	struct table *table;
	int64_t count;

	if (r->no_store && name)
		return unknown_task(name, a);
	if (r->no_store) {
		print_nothing(r->format);
		return EXIT_NO;
	}
	if (r->format == TASK_WORDS) {
		table = task_text_runs();
		count = task_run_list(name, limit, run_words, table);
		table_print(table);
	} else {
		json_rows_start(r->format == TASK_JSON);
		count = task_run_list(name, limit, run_json, NULL);
		json_rows_end();
	}
	/* a task without runs is known, and so are the runs of a deleted one */
	if (!count && name && !is_known(name))
		return unknown_task(name, a);
	return count ? EXIT_DONE : EXIT_NO;
}

static void user_words(const struct job *job, void *table)
{
	task_text_user(table, job);
}

static void show_run(const struct task_run *run)
{
	struct table *table;

	if (out_tty()) {
		table = task_text_runs();
		task_text_run(table, run);
		table_print(table);
		out_raw("\n", 1);
	}
	table = task_text_users();
	task_run_jobs(run->id, user_words, table);
	table_print(table);
}

int task_show_run(const struct task_request *r, struct task_answer *a)
{
	struct task_run run;

	if (r->no_store || task_run_get(r->runs[0], &run) < 0) {
		str_addf(&a->why, "no run %lld", (long long)r->runs[0]);
		return EXIT_USAGE;
	}
	if (r->format == TASK_WORDS) {
		show_run(&run);
	} else {
		json_rows_start(0);
		json_rows_add(task_json_run(&run, 1));
	}
	task_run_free(&run);
	return EXIT_DONE;
}
