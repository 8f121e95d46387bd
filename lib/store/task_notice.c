/* task_notice: messages about runs: their end, a task that keeps failing, one that has recovered */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "db/db.h"
#include "store/delivery.h"
#include "store/task_run.h"

/* whether a run with that status counts as a failure */
static int failing(const char *status)
{
	return strcmp(status, "failed") == 0 || strcmp(status, "partial") == 0;
}

/*
 * How many of the latest ended runs of a task, up to and including `id`, have failed in a
 * row; at most `most`.
 */
static int64_t failures_in_a_row(int64_t task, int64_t id, int64_t most)
{
	struct db_statement *s = db_prepare("SELECT v.status FROM task_run AS r"
					    " JOIN background_runs AS v ON v.id = r.id"
					    " WHERE r.task_id = :task AND r.id <= :id"
					    " AND r.reason IS NULL"
					    " AND v.status IN ('success', 'failed', 'partial')"
					    " ORDER BY r.id DESC LIMIT :most");
	int64_t count = 0;

	db_bind_int(s, ":task", task);
	db_bind_int(s, ":id", id);
	db_bind_int(s, ":most", most);
	while (db_step(s)) {
		if (!failing(db_text(s, 0))) {
			db_end(s);
			break;
		}
		count++;
	}
	return count;
}

/* what notify_on says about a run with several jobs */
static int notice_wanted(const struct task *task, const struct task_run *run)
{
	const char *on = task->notify_on;
	int failed = failing(run->status);

	if (!on || strcmp(on, "always") == 0)
		return 1;
	if (strcmp(on, "done") == 0)
		return strcmp(run->status, "success") == 0;
	if (strcmp(on, "failed") == 0)
		return failed;
	if (strcmp(on, "change") != 0 || strcmp(run->status, "cancelled") == 0)
		return 0;
	return failed ? failures_in_a_row(task->id, run->id, 2) == 1
		      : failures_in_a_row(task->id, run->id - 1, 1) == 1;
}

struct notice {
	const char *title, *text;
	int64_t now;
};

static void queue_one(const char *target, const struct notice *n)
{
	struct delivery_new d = { .kind = DELIVERY_NOTE,
		.target = target,
		.title = n->title,
		.text = n->text };

	delivery_queue(&d, n->now);
}

/* each ended by NUL; collected first, since queueing writes */
static void collect_target(const char *target, void *arg)
{
	/* a target with %u gets the messages of its user's own job */
	if (!strstr(target, "%u"))
		str_addn(arg, target, strlen(target) + 1);
}

static void notify_targets(int64_t task, const struct str *title, const struct str *text,
	int64_t now)
{
	struct notice n = { title->data, text->data, now };
	struct str targets = { 0 };

	task_targets(task, collect_target, &targets);
	for (size_t i = 0; i < targets.len; i += strlen(targets.data + i) + 1)
		queue_one(targets.data + i, &n);
	str_free(&targets);
}

static const char *mark(const char *status)
{
	if (strcmp(status, "success") == 0)
		return "✅";
	return strcmp(status, "cancelled") == 0 ? "🚫" : "❌";
}

static void tell_summary(const struct task *task, const struct task_run *run, int64_t now)
{
	struct str title = { 0 }, text = { 0 };
	char took[CLOCK_TEXT];

	str_addf(&title, "%s %s: %s", mark(run->status), task->name, run->status);
	str_addf(&text, "Run %lld: %lld of %lld users done", (long long)run->id,
		(long long)run->done, (long long)run->jobs);
	if (run->failed)
		str_addf(&text, ", %lld failed", (long long)run->failed);
	if (run->cancelled)
		str_addf(&text, ", %lld cancelled", (long long)run->cancelled);
	if (run->started_at >= 0) {
		clock_format_duration(run->ended_at - run->started_at, took);
		str_addf(&text, ", in %s", took);
	}
	str_add(&text, ".");
	notify_targets(task->id, &title, &text, now);
	str_free(&title);
	str_free(&text);
}

static void set_alerted(int64_t task, int64_t at)
{
	struct db_statement *s = db_prepare("UPDATE task SET alerted_at = :at WHERE id = :id");

	db_bind_positive(s, ":at", at);
	db_bind_int(s, ":id", task);
	db_run(s);
}

static void tell_failing(const struct task *task, const struct task_run *run, int64_t now)
{
	struct str title = { 0 }, text = { 0 };

	if (task->alerted_at >= 0 || !task->alert_after ||
		failures_in_a_row(task->id, run->id, task->alert_after) < task->alert_after)
		return;
	str_addf(&title, "⚠️ %s keeps failing", task->name);
	str_addf(&text, "%lld runs in a row have failed, run %lld is the latest.",
		(long long)task->alert_after, (long long)run->id);
	notify_targets(task->id, &title, &text, now);
	set_alerted(task->id, now);
	str_free(&title);
	str_free(&text);
}

static void tell_recovered(const struct task *task, const struct task_run *run, int64_t now)
{
	struct str title = { 0 }, text = { 0 };

	if (task->alerted_at < 0)
		return;
	str_addf(&title, "✅ %s has recovered", task->name);
	str_addf(&text, "Run %lld was a success.", (long long)run->id);
	notify_targets(task->id, &title, &text, now);
	set_alerted(task->id, -1);
	str_free(&title);
	str_free(&text);
}

void task_run_job_ended(int64_t id, int64_t now)
{
	struct db_statement *s = db_prepare("SELECT EXISTS (SELECT 1 FROM job WHERE run_id = :run"
					    " AND status IN ('queued', 'running'))");
	struct task_run run;
	struct task task;

	db_bind_int(s, ":run", id);
	if (db_first(s, 0) || task_run_get(id, &run) < 0)
		return;
	if (task_get(run.task_id, &task) == 0) {
		if (run.jobs > 1 && notice_wanted(&task, &run))
			tell_summary(&task, &run, now);
		if (failing(run.status))
			tell_failing(&task, &run, now);
		else if (strcmp(run.status, "success") == 0)
			tell_recovered(&task, &run, now);
		task_free(&task);
	}
	task_run_free(&run);
}
