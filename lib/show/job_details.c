/* job_details: everything about one job, a line each */
#include "show/job_text.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/details.h"
#include "run/settle.h"
#include "show/usage_text.h"
#include "store/attempt.h"
#include "store/delivery.h"

static void waits(const char *reason, void *unused)
{
	(void)unused;
	details_text("Waits:", reason);
}

static void print_target(const char *text, void *unused)
{
	(void)unused;
	details_text("Notify:", text);
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

static void append_usage(struct str *text, const struct attempt *a)
{
	struct usage_sum sum;

	usage_of_attempt(a->job, a->attempt, &sum);
	if (!sum.requests)
		return;
	str_add(text, ", ");
	usage_text(text, &sum);
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
	append_usage(&text, a);
	details_text(name, text.data);
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
	details_text("Message:", text.data);
	str_free(&text);
}

static void options(const struct job *job)
{
	details_text("Unique:", job->unique_key);
	if (job->priority)
		details_number("Priority:", job->priority);
	details_duration("Timeout:", job->timeout_ms);
	details_duration("Grace:", job->grace_ms);
	if (job->retries) {
		details_number("Retries:", job->retries);
		details_number("Failures:", job->failures);
		details_duration("Backoff:", job->backoff_ms);
	}
	if (job->max_output >= 0)
		details_number("Max output:", job->max_output);
	if (job->contain)
		details_text("Contained:", "yes");
	job_targets(job->id, print_target, NULL);
	details_text("Notify on:", job->notify_on);
	details_duration("Longer than:", job->notify_after_ms);
}

void job_text_details(const struct job *job)
{
	struct str command = { 0 };

	job_text_command(&command, job->command, job->command_size);
	details_number("Job:", job->id);
	details_text("Status:", job_status_name(job->status));
	details_text("Reason:", job->reason);
	if (job->status == JOB_RUNNING)
		details_text("Cancelling:", job->cancel_by);
	job_text_waits(job, waits, NULL);
	details_text("Label:", job->label);
	details_text("Command:", command.data);
	details_text("Directory:", job->directory);
	details_text("Queue:", job->queue);
	details_text("Type:", job->type);
	if (job->run)
		details_number("Task run:", job->run);
	details_text("User:", job->user);
	options(job);
	details_time("Created:", job->created_at);
	details_time("Started:", job->started_at);
	details_time("Ended:", job->completed_at);
	details_time("Seen:", job->acknowledged_at);
	attempt_list(job->id, attempt_line, NULL);
	delivery_list(job->id, message_line, NULL);
	str_free(&command);
}
