/* job_text: jobs in words: list rows, details, the status line */
#include "show/job_text.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/details.h"
#include "base/out.h"
#include "base/process.h"
#include "db/home.h"
#include "run/pool.h"
#include "run/settle.h"
#include "store/attempt.h"
#include "store/delivery.h"
#include "store/pool.h"
#include "store/queue.h"
#include "store/task_pause.h"
#include "store/task_run.h"
#include "store/usage.h"

static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			   "@%_-+=:,./";

static void add_quoted(struct str *text, const char *argument)
{
	if (*argument && strspn(argument, safe) == strlen(argument)) {
		str_add(text, argument);
		return;
	}
	str_addc(text, '\'');
	for (; *argument; argument++) {
		if (*argument == '\'')
			str_add(text, "'\\''");
		else
			str_addc(text, *argument);
	}
	str_addc(text, '\'');
}

void job_text_command(struct str *text, const char *command, size_t size)
{
	for (const char *p = command; p < command + size; p += strlen(p) + 1) {
		if (p > command)
			str_addc(text, ' ');
		add_quoted(text, p);
	}
}

static const char *colour_of(enum job_status status)
{
	static const char *const colours[] = { "yellow", "cyan", "green", "red", "gray" };

	return colours[status];
}

struct table *job_text_list(void)
{
	static const struct table_column for_people[] = {
		{ "ID", TABLE_RIGHT },
		{ "STATUS", TABLE_LEFT },
		{ "QUEUE", TABLE_CUT },
		{ "STARTED", TABLE_LEFT },
		{ "TIME", TABLE_RIGHT },
		{ "LABEL", TABLE_CUT },
		{ "REASON", TABLE_CUT },
		{ "COMMAND", TABLE_CUT_FIRST },
	};
	static const struct table_column for_programs[] = {
		{ "id", TABLE_RIGHT },
		{ "status", TABLE_LEFT },
		{ "queue", TABLE_LEFT },
		{ "type", TABLE_LEFT },
		{ "user", TABLE_LEFT },
		{ "label", TABLE_LEFT },
		{ "created", TABLE_LEFT },
		{ "started", TABLE_LEFT },
		{ "completed", TABLE_LEFT },
		{ "reason", TABLE_LEFT },
		{ "command", TABLE_LEFT },
	};

	return out_tty() ? table_new(for_people, 8) : table_new(for_programs, 11);
}

static int64_t took(const struct job *job)
{
	if (job->started_at < 0 || job->status == JOB_QUEUED)
		return -1;
	return (job->completed_at < 0 ? clock_now() : job->completed_at) - job->started_at;
}

static void row_for_people(struct table *table, const struct job *job, const char *id,
	const char *command)
{
	char started[CLOCK_TEXT] = "", time[CLOCK_TEXT] = "";

	if (job->started_at >= 0)
		clock_format_short(job->started_at, clock_now(), started);
	if (took(job) >= 0)
		clock_format_duration(took(job), time);
	const char *fields[] = { id, job_status_name(job->status), job->queue, started, time,
		job->label, job->reason, command };
	table_row(table, fields, colour_of(job->status));
}

void job_text_row(struct table *table, const struct job *job)
{
	char id[32], created[CLOCK_TEXT], started[CLOCK_TEXT] = "", completed[CLOCK_TEXT] = "";
	struct str command = { 0 };

	snprintf(id, sizeof(id), "%lld", (long long)job->id);
	job_text_command(&command, job->command, job->command_size);
	if (out_tty()) {
		row_for_people(table, job, id, command.data);
	} else {
		clock_format_time(job->created_at, created);
		if (job->started_at >= 0)
			clock_format_time(job->started_at, started);
		if (job->completed_at >= 0)
			clock_format_time(job->completed_at, completed);
		const char *fields[] = { id, job_status_name(job->status), job->queue, job->type,
			job->user, job->label, created, started, completed, job->reason,
			command.data };
		table_row(table, fields, NULL);
	}
	str_free(&command);
}

struct reasons {
	void (*each)(const char *reason, void *arg);
	void *arg;
	const char *queue;
};

static void tell_reason(const struct reasons *r, const char *format, const char *text)
{
	struct str line = { 0 };

	str_add(&line, format);
	str_add(&line, text);
	r->each(line.data, r->arg);
	str_free(&line);
}

static void waits_for_job(int64_t on, int any, void *arg)
{
	char text[64];

	snprintf(text, sizeof(text), "%lld to %s", (long long)on, any ? "end" : "succeed");
	tell_reason(arg, "waits for job ", text);
}

static void waits_for_queue(const struct queue *q, void *arg)
{
	const struct reasons *r = arg;
	char text[128];

	if (q->paused)
		tell_reason(r, "its queue is paused: ", q->name);
	if (q->limit >= 0 && q->running >= q->limit) {
		snprintf(text, sizeof(text), "%s (%lld running, limit %lld)", q->name,
			(long long)q->running, (long long)q->limit);
		tell_reason(r, "its queue is at its limit: ", text);
	}
}

/* a job of a task's run: the task, or the run, may have to wait */
static void waits_for_task(const struct job *job, const struct reasons *r)
{
	struct task_run run;
	struct task task;

	if (!job->run || task_run_get(job->run, &run) < 0)
		return;
	if (task_paused())
		tell_reason(r, "all tasks are paused: ", "bgjob-task resume");
	else if (task_get(run.task_id, &task) == 0) {
		if (!task.enabled)
			tell_reason(r, "its task is disabled: ", task.name);
		else if (job->limit_key[0] && task_run_capacity(run.id) == 0)
			tell_reason(r, "its task run is at its limit: ", task.name);
		task_free(&task);
	}
	task_run_free(&run);
}

void job_text_waits(const struct job *job, void (*each)(const char *reason, void *arg), void *arg)
{
	struct reasons r = { each, arg, job->queue };
	char text[CLOCK_TEXT];

	if (job->status != JOB_QUEUED)
		return;
	if (job->hold & HOLD_DEPENDENCY)
		job_waits_for(job->id, waits_for_job, &r);
	if (job->hold & HOLD_TIME) {
		clock_format_time(job->not_before, text);
		tell_reason(&r, "starts at ", text);
	}
	if (job->hold & HOLD_LEFTOVERS)
		tell_reason(&r, "processes of its last attempt are still there: ", "bgjob doctor");
	waits_for_task(job, &r);
	queue_list(job->queue, waits_for_queue, &r);
	if (!pool_any_alive())
		tell_reason(&r, "no runner is alive: ", "start bgjob-run");
	if (home_free_space() < config_size("BGJOB_MIN_FREE", POOL_MIN_FREE))
		tell_reason(&r, "too little free space (BGJOB_MIN_FREE): ", home_path());
}

void job_text_line(struct str *line, int64_t now)
{
	int64_t running, failed;

	str_clear(line);
	str_add(line, "");
	job_counts(now - CLOCK_HOUR, &running, &failed);
	if (running)
		str_addf(line, "%lld running", (long long)running);
	if (failed)
		str_addf(line, "%s%lld failed", running ? " · " : "", (long long)failed);
}

static void add_wait(const char *reason, void *out)
{
	details_add_text(out, "Waits:", reason);
}

static void add_target(const char *text, void *out)
{
	details_add_text(out, "Notify:", text);
}

/* a reason such as "exit 127: no such file" already says how it exited */
static void add_end(struct str *text, const struct attempt *a)
{
	int64_t status = a->wait_status;
	struct str how = { 0 };
	char name[32];

	if (status < 0)
		str_add(&how, "end not seen");
	else if (WIFSIGNALED((int)status))
		str_addf(&how, "killed by %s", process_signal_name(WTERMSIG((int)status), name));
	else
		str_addf(&how, "exit %d", WEXITSTATUS((int)status));
	if (a->outcome && strncmp(a->outcome, how.data, how.len) == 0)
		str_addf(text, ", %s", a->outcome);
	else if (a->outcome)
		str_addf(text, ", %s (%s)", how.data, a->outcome);
	else
		str_addf(text, ", %s", how.data);
	str_free(&how);
}

/* without the zeroes at its end */
static void add_cost(struct str *text, int64_t nano)
{
	str_addf(text, "%lld.%09lld", (long long)(nano / 1000000000),
		(long long)(nano % 1000000000));
	while (text->data[text->len - 1] == '0')
		text->data[--text->len] = '\0';
	if (text->data[text->len - 1] == '.')
		text->data[--text->len] = '\0';
}

/*
 * "3 requests to a model, 1200 + 300 tokens, cost 0.00095": prompts and answers, in the endpoint's
 * currency unit. "about" where tokens were estimated, "at least" where a cost is unknown, and no cost
 * if none is known.
 */
static void add_sum(struct str *text, const struct usage_sum *sum)
{
	str_addf(text, "%lld request%s to a model, %s%lld + %lld tokens", (long long)sum->requests,
		sum->requests == 1 ? "" : "s", sum->estimated ? "about " : "",
		(long long)sum->prompt, (long long)sum->completion);
	if (sum->unpriced == sum->requests)
		return;
	str_addf(text, ", cost %s", sum->unpriced ? "at least " : "");
	add_cost(text, sum->cost_nano);
}

static void add_usage(struct str *text, const struct attempt *a)
{
	struct usage_sum sum;

	usage_of_attempt(a->job, a->attempt, &sum);
	if (!sum.requests)
		return;
	str_add(text, ", ");
	add_sum(text, &sum);
}

static void add_attempt(const struct attempt *a, void *out)
{
	struct str text = { 0 };
	char name[32], time[CLOCK_TEXT];

	snprintf(name, sizeof(name), "Attempt %lld:", (long long)a->attempt);
	clock_format_time(a->started_at, time);
	str_addf(&text, "started %s", time);
	if (a->ended_at >= 0) {
		clock_format_duration(a->ended_at - a->started_at, time);
		str_addf(&text, ", took %s", time);
		add_end(&text, a);
	}
	if (a->utime_us >= 0)
		str_addf(&text, ", user %.3f s, system %.3f s, %lld kB", (double)a->utime_us / 1e6,
			(double)a->stime_us / 1e6, (long long)a->maxrss_kb);
	if (a->stdout_bytes >= 0)
		str_addf(&text, ", stdout %lld bytes, stderr %lld bytes",
			(long long)a->stdout_bytes, (long long)a->stderr_bytes);
	add_usage(&text, a);
	details_add_text(out, name, text.data);
	str_free(&text);
}

/* "telegram:7: final, sent 2026-11-21T09:00:00Z" */
static void add_message(const struct delivery_state *d, void *out)
{
	struct str text = { 0 };
	char time[CLOCK_TEXT];

	str_addf(&text, "%s: %s", d->target, delivery_kind_name(d->kind));
	if (d->part)
		str_addf(&text, " (part %d)", d->part + 1);
	str_addf(&text, ", %s", d->status);
	if (d->sent_at && strcmp(d->status, "sent") == 0) {
		clock_format_time(d->sent_at, time);
		str_addf(&text, " %s", time);
	}
	if (d->tries > 1)
		str_addf(&text, ", %lld tries", (long long)d->tries);
	if (d->doubtful)
		str_add(&text, ", may be a duplicate");
	if (d->error)
		str_addf(&text, ": %s", d->error);
	details_add_text(out, "Message:", text.data);
	str_free(&text);
}

static void add_options(struct str *out, const struct job *job)
{
	details_add_text(out, "Unique:", job->unique_key);
	if (job->priority)
		details_add_number(out, "Priority:", job->priority);
	details_add_duration(out, "Timeout:", job->timeout_ms);
	details_add_duration(out, "Grace:", job->grace_ms);
	if (job->retries) {
		details_add_number(out, "Retries:", job->retries);
		details_add_number(out, "Failures:", job->failures);
		details_add_duration(out, "Backoff:", job->backoff_ms);
	}
	if (job->max_output >= 0)
		details_add_number(out, "Max output:", job->max_output);
	if (job->contain)
		details_add_text(out, "Contained:", "yes");
	job_targets(job->id, add_target, out);
	details_add_text(out, "Notify on:", job->notify_on);
	details_add_duration(out, "Longer than:", job->notify_after_ms);
}

void job_text_details(struct str *out, const struct job *job)
{
	struct str command = { 0 };

	job_text_command(&command, job->command, job->command_size);
	details_add_number(out, "Job:", job->id);
	details_add_text(out, "Status:", job_status_name(job->status));
	details_add_text(out, "Reason:", job->reason);
	if (job->status == JOB_RUNNING)
		details_add_text(out, "Cancelling:", job->cancel_by);
	job_text_waits(job, add_wait, out);
	details_add_text(out, "Label:", job->label);
	details_add_text(out, "Command:", command.data);
	details_add_text(out, "Directory:", job->directory);
	details_add_text(out, "Queue:", job->queue);
	details_add_text(out, "Type:", job->type);
	if (job->run)
		details_add_number(out, "Task run:", job->run);
	details_add_text(out, "User:", job->user);
	add_options(out, job);
	details_add_time(out, "Created:", job->created_at);
	details_add_time(out, "Started:", job->started_at);
	details_add_time(out, "Ended:", job->completed_at);
	details_add_time(out, "Seen:", job->acknowledged_at);
	attempt_list(job->id, add_attempt, out);
	delivery_list(job->id, add_message, out);
	str_free(&command);
}
