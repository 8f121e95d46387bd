/* job_details: everything about one job, a line each */
#include "chat/job_text.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/out.h"
#include "exec/settle.h"
#include "store/attempt.h"
#include "store/delivery.h"

/* "Name:       value", the value escaped */
static void line(const char *name, const char *value)
{
	struct str text = { 0 };

	if (!value)
		return;
	str_addf(&text, "%-12s ", name);
	str_escape(&text, value, strlen(value));
	str_addc(&text, '\n');
	out_raw(text.data, text.len);
	str_free(&text);
}

static void line_time(const char *name, int64_t ms)
{
	char text[CLOCK_TEXT];

	if (ms < 0)
		return;
	clock_format_time(ms, text);
	line(name, text);
}

static void line_duration(const char *name, int64_t ms)
{
	char text[CLOCK_TEXT];

	if (ms < 0)
		return;
	clock_format_duration(ms, text);
	line(name, text);
}

static void line_number(const char *name, int64_t n)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	line(name, text);
}

static void waits(const char *reason, void *unused)
{
	(void)unused;
	line("Waits:", reason);
}

static void target(const char *text, void *unused)
{
	(void)unused;
	line("Notify:", text);
}

/* a reason as "exit 127: no such file" says how it exited, too */
static void add_end(struct str *text, const struct attempt *a)
{
	int64_t status = a->wait_status;
	struct str how = { 0 };
	char name[32];

	if (status < 0)
		str_add(&how, "end not seen");
	else if (WIFSIGNALED((int)status))
		str_addf(&how, "killed by %s", settle_signal_name(WTERMSIG((int)status), name));
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

static void attempt_line(const struct attempt *a, void *unused)
{
	struct str text = { 0 };
	char name[32], time[CLOCK_TEXT];

	(void)unused;
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
	line(name, text.data);
	str_free(&text);
}

/* "telegram:7: final, sent 2026-11-21T09:00:00Z" */
static void message_line(const struct delivery_state *d, void *unused)
{
	struct str text = { 0 };
	char time[CLOCK_TEXT];

	(void)unused;
	str_addf(&text, "%s: %s", d->target, d->kind);
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
	line("Message:", text.data);
	str_free(&text);
}

static void options(const struct job *job)
{
	line("Unique:", job->unique_key);
	if (job->priority)
		line_number("Priority:", job->priority);
	line_duration("Timeout:", job->timeout_ms);
	line_duration("Grace:", job->grace_ms);
	if (job->retries) {
		line_number("Retries:", job->retries);
		line_number("Failures:", job->failures);
		line_duration("Backoff:", job->backoff_ms);
	}
	if (job->max_output >= 0)
		line_number("Max output:", job->max_output);
	if (job->contain)
		line("Contained:", "yes");
	job_targets(job->id, target, NULL);
	line("Notify on:", job->notify_on);
	line_duration("Longer than:", job->notify_after_ms);
}

void job_text_details(const struct job *job)
{
	struct str command = { 0 };

	job_text_command(&command, job->command, job->command_size);
	line_number("Job:", job->id);
	line("Status:", job_status_name(job->status));
	line("Reason:", job->reason);
	if (job->status == JOB_RUNNING)
		line("Cancelling:", job->cancel_by);
	job_text_waits(job, waits, NULL);
	line("Label:", job->label);
	line("Command:", command.data);
	line("Directory:", job->directory);
	line("Queue:", job->queue);
	line("Type:", job->type);
	line("User:", job->user);
	options(job);
	line_time("Created:", job->created_at);
	line_time("Started:", job->started_at);
	line_time("Ended:", job->completed_at);
	line_time("Seen:", job->acknowledged_at);
	attempt_list(job->id, attempt_line, NULL);
	delivery_list(job->id, message_line, NULL);
	str_free(&command);
}
