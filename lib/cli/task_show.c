/* task_show: what bgjob-task prints of tasks and runs */
#include "cli/task_show.h"

#include "base/arg.h"
#include "base/die.h"
#include "base/json_rows.h"
#include "base/out.h"
#include "base/table.h"
#include "db/db.h"
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
	task_json_row(task, 0);
}

static int nothing(enum task_format format)
{
	json_rows_start(format == TASK_JSON);
	json_rows_end();
	return EXIT_NO;
}

int task_show_list(const struct task_request *r)
{
	struct table *table;
	int64_t count;

	if (db_open(DB_READ) < 0)
		return nothing(r->format);
	if (task_paused())
		warn("all tasks are paused");
	if (r->format == TASK_WORDS) {
		table = task_text_list();
		count = task_list(list_words, table);
		table_print(table);
	} else {
		json_rows_start(r->format == TASK_JSON);
		count = task_list(list_json, NULL);
		json_rows_end();
	}
	db_close();
	return count ? EXIT_DONE : EXIT_NO;
}

int task_show_details(const struct task_request *r)
{
	const char *name = r->names[0];
	struct task task;

	if (db_open(DB_READ) < 0 || task_find(name, &task) < 0)
		die_usage("no task '%s'", name);
	if (r->format == TASK_WORDS) {
		task_text_details(&task);
	} else {
		json_rows_start(0);
		task_json_row(&task, 1);
	}
	task_free(&task);
	db_close();
	return EXIT_DONE;
}

static void run_words(const struct task_run *run, void *table)
{
	task_text_run(table, run);
}

static void run_json(const struct task_run *run, void *unused)
{
	(void)unused;
	task_json_run(run, 0);
}

/* a task that has no run, or had one and is no more, is known */
static void check_known(const char *name)
{
	struct task task;

	if (task_find(name, &task) < 0)
		die_usage("no task '%s'", name);
	task_free(&task);
}

int task_show_runs(const struct task_request *r)
{
	const char *name = r->count ? r->names[0] : NULL;
	int64_t limit = r->limit ? r->limit : RUNS;
	struct table *table;
	int64_t count;

	if (db_open(DB_READ) < 0) {
		if (name)
			die_usage("no task '%s'", name);
		return nothing(r->format);
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
	if (!count && name)
		check_known(name);
	db_close();
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

int task_show_run(const struct task_request *r)
{
	int64_t id = arg_id_of("run", r->names[0]);
	struct task_run run;

	if (db_open(DB_READ) < 0 || task_run_get(id, &run) < 0)
		die_usage("no run %lld", (long long)id);
	if (r->format == TASK_WORDS) {
		show_run(&run);
	} else {
		json_rows_start(0);
		task_json_run(&run, 1);
	}
	task_run_free(&run);
	db_close();
	return EXIT_DONE;
}
