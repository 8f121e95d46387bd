/* what bgjob-task and bgjob-memory change, called as a server would: a refusal is an answer */
#include "tap.h"

#include "base/clock.h"
#include "base/die.h"
#include "cli/memory_change.h"
#include "cli/task_change.h"
#include "db/db.h"
#include "show/memory_json.h"
#include "show/task_json.h"
#include "store/memory.h"

#include <cjson/cJSON.h>

static char home[] = "/tmp/bgjob-unit.XXXXXX";

typedef int task_function(const struct task_request *r, struct task_answer *a);
typedef int memory_function(const struct memory_request *r, struct memory_answer *a);

static void end_transaction(const struct str *why)
{
	if (why->len)
		db_rollback();
	else
		db_commit();
}

/* one call of each kind: its exit code and its reason; NULL: no reason */
static int64_t task_call(task_function *function, const struct task_request *r, int status,
	const char *why, const char *notes, const char *name)
{
	struct task_answer a = { 0 };
	int64_t run;

	db_begin();
	is_int(function(r, &a), status, "%s: the code", name);
	end_transaction(&a.why);
	is_str(a.why.data, why, "%s: the reason", name);
	is_str(a.notes.data, notes, "%s: the notes", name);
	run = a.run;
	task_answer_free(&a);
	return run;
}

static int64_t memory_call(memory_function *function, const struct memory_request *r, int status,
	const char *why, const char *name)
{
	struct memory_answer a = { 0 };
	int64_t number;

	db_begin();
	is_int(function(r, &a), status, "%s: the code", name);
	end_transaction(&a.why);
	is_str(a.why.data, why, "%s: the reason", name);
	number = a.number;
	memory_answer_free(&a);
	return number;
}

static void add_task(const char *name, int status, const char *why)
{
	struct task_answer a = { 0 };
	struct task_form f;

	task_form_init(&f);
	task_form_set(&f, "name", name);
	task_form_set(&f, "every", "1h");
	task_form_set(&f, "shell", "true");
	task_form_set(&f, "user", "ann");
	is_int(task_form_finish(&f, clock_now()), 0, "a task is made");
	db_begin();
	is_int(task_change_add(&f, &a), status, "and added: %s", name);
	end_transaction(&a.why);
	is_str(a.why.data, why, "the reason");
	task_answer_free(&a);
	task_form_free(&f);
}

static void tasks(void)
{
	char *names[] = { "a", "none", NULL }, *users[] = { "zed", NULL };
	struct task_request r = { .names = names, .count = 1 };

	add_task("a", EXIT_DONE, NULL);
	add_task("a", EXIT_USAGE, "task 'a' already exists (--replace redefines it)");
	r.count = 2;
	task_call(task_change_disable, &r, EXIT_USAGE, "no task 'none'", NULL, "one is unknown");
	is_int(db_query_int("SELECT enabled FROM task"), 1, "so the other is as it was");
	r.count = 1;
	task_call(task_change_disable, &r, EXIT_DONE, NULL, NULL, "disable");
	is_int(db_query_int("SELECT enabled FROM task"), 0, "it is disabled");
	task_call(task_change_run, &r, EXIT_NO, "task 'a' is disabled", NULL, "run a disabled one");
	task_call(task_change_enable, &r, EXIT_DONE, NULL, NULL, "enable");
	task_call(task_change_pause, &r, EXIT_DONE, NULL, NULL, "pause");
	task_call(task_change_run, &r, EXIT_NO, "all tasks are paused", NULL, "run while paused");
	task_call(task_change_resume, &r, EXIT_DONE, NULL, NULL, "resume");
	r.users = users;
	r.user_count = 1;
	task_call(task_change_run, &r, EXIT_USAGE, "task 'a' is not for user zed", NULL,
		"run for a stranger");
	r.users = NULL;
	r.user_count = 0;
	is_int(task_call(task_change_run, &r, EXIT_DONE, NULL, NULL, "run"), 1,
		"the id of the run");
	task_call(task_change_run, &r, EXIT_NO, "run 1 of task 'a' has not ended yet", NULL,
		"run it twice");
}

static void runs(void)
{
	static const int64_t ids[] = { 1, 99 };
	struct task_request r = { .runs = ids, .run_count = 2, .by = "user 7" };

	task_call(task_change_cancel, &r, EXIT_USAGE, "no run 99", NULL, "cancel an unknown run");
	is_int(db_query_int("SELECT count(*) FROM job WHERE status = 'queued'"), 1,
		"so the other goes on");
	r.run_count = 1;
	task_call(task_change_cancel, &r, EXIT_DONE, NULL, NULL, "cancel");
	is_int(db_query_int("SELECT count(*) FROM job WHERE status = 'cancelled'"), 1,
		"its job is cancelled");
	task_call(task_change_cancel, &r, EXIT_NO, NULL, "run 1 has already ended: cancelled\n",
		"cancel it again");
}

static void gone(void)
{
	char *names[] = { "a", NULL };
	struct task_request r = { .names = names, .count = 1 };
	struct cJSON *json;
	struct task task;
	char *text;

	is_int(task_find("a", &task), 0, "the task is there");
	json = task_json(&task, 0);
	text = cJSON_PrintUnformatted(json);
	ok(strncmp(text, "{\"id\":1,\"name\":\"a\",\"enabled\":true,", 34) == 0, "as JSON: %s",
		text);
	cJSON_free(text);
	cJSON_Delete(json);
	task_free(&task);
	task_call(task_change_delete, &r, EXIT_DONE, NULL, NULL, "delete");
	task_call(task_change_delete, &r, EXIT_USAGE, "no task 'a'", NULL, "delete it twice");
	r.no_store = 1;
	task_call(task_change_enable, &r, EXIT_USAGE, "no task 'a'", NULL, "without a store");
}

static void memory(void)
{
	struct memory_request r = { .user = "ann", .label = "m", .base = -1, .by = "ann" };
	struct memory_answer a = { 0 };
	int64_t first;

	r.title = "two\nlines";
	is_int(memory_change_check(&r, &a), EXIT_USAGE, "a title of two lines");
	ok(a.why.len > 0, "the reason: %s", a.why.data);
	memory_answer_free(&a);
	r.title = "one";
	memory_call(memory_change_set, &r, EXIT_USAGE, "no block 'm' of ann: give a text too",
		"a title alone");
	r.text = "one\n";
	is_int(memory_call(memory_change_set, &r, EXIT_DONE, NULL, "set"), 1, "version 1");
	memory_call(memory_change_propose, &r, EXIT_NO, "nothing would change", "propose the same");
	r.text = "two\n";
	first = memory_call(memory_change_propose, &r, EXIT_DONE, NULL, "propose");
	is_int(first, 1, "the id of the proposal");
	r.id = 99;
	memory_call(memory_change_approve, &r, EXIT_USAGE, "no proposal 99 for ann",
		"an unknown one");
	r.id = first;
	r.user = "bob";
	memory_call(memory_change_reject, &r, EXIT_USAGE, "no proposal 1 for bob", "another's");
	r.user = "ann";
	r.text = "three\n";
	is_int(memory_call(memory_change_set, &r, EXIT_DONE, NULL, "set"), 2, "version 2");
	memory_call(memory_change_approve, &r, EXIT_NO,
		"proposal 1 is for version 1 of 'm'; what was changed since:", "an outdated one");
	is_int(db_query_int("SELECT count(*) FROM memory_proposal WHERE status = 'pending'"), 1,
		"it stays pending");
	memory_call(memory_change_reject, &r, EXIT_DONE, NULL, "reject");
	memory_call(memory_change_reject, &r, EXIT_NO, "proposal 1 is already rejected", "twice");
	r.base = 1;
	db_begin();
	is_int(memory_change_propose(&r, &a), EXIT_NO, "for an old version");
	db_rollback();
	is_str(a.why.data, "'m' has another version than 1; what differs:", "the reason");
	ok(a.difference.len && strstr(a.difference.data, "\n-one\n+three\n") != NULL,
		"and what differs");
	memory_answer_free(&a);
}

int main(void)
{
	char command[64];

	if (!tap_folder(home))
		return 1;
	setenv("BGJOB_HOME", home, 1);
	unsetenv("BGJOB_ID");
	db_open(DB_WRITE);
	tasks();
	runs();
	gone();
	memory();
	db_close();
	snprintf(command, sizeof(command), "rm -rf %s", home);
	ok(system(command) == 0, "all is cleaned up");
	return done();
}
