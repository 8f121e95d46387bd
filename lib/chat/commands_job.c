/* commands_job: /job and /status */
#include <string.h>

#include "base/clock.h"
#include "base/config.h"
#include "chat/commands.h"
#include "show/job_text.h"
#include "store/delivery.h"
#include "store/inbox.h"
#include "store/pool.h"

enum { LINE_CHARACTERS = 200 };

static void say_field(struct turn *t, const char *name, const char *text)
{
	if (!text || !*text)
		return;
	turn_say(t, "%s: ", name);
	turn_say_line(t, text, strlen(text), LINE_CHARACTERS);
	turn_say(t, "\n");
}

static void say_times(struct turn *t, const struct job *job)
{
	int64_t end = job->completed_at >= 0 ? job->completed_at : t->now;
	char text[CLOCK_TEXT];

	clock_format_short(job->created_at, t->now, text);
	say_field(t, "Created", text);
	if (job->started_at >= 0) {
		clock_format_short(job->started_at, t->now, text);
		say_field(t, "Started", text);
	}
	if (job->completed_at >= 0) {
		clock_format_short(job->completed_at, t->now, text);
		say_field(t, "Ended", text);
	}
	if (job->started_at >= 0 && end >= job->started_at) {
		clock_format_duration(end - job->started_at, text);
		say_field(t, job->completed_at >= 0 ? "Took" : "Runs for", text);
	}
	if (job->attempt > 1)
		turn_say(t, "Attempts: %lld\n", (long long)job->attempt);
}

static void say_wait(const char *reason, void *arg)
{
	say_field(arg, "Waits", reason);
}

/* what the operator's machine looks like is not for others */
static void say_inside(struct turn *t, const struct job *job)
{
	struct str command = { 0 };

	job_text_waits(job, say_wait, t);
	job_text_command(&command, job->command, job->command_size);
	say_field(t, "Command", command.data);
	say_field(t, "Queue", job->queue);
	say_field(t, "User", job->user);
	str_free(&command);
}

static void add_buttons(struct turn *t, const struct job *job)
{
	if (!job_finished(job->status)) {
		turn_button(t, "Cancel", "/cancel", job->id);
		if (job->status == JOB_RUNNING)
			turn_button(t, "Log", "/logs", job->id);
		return;
	}
	turn_button(t, "Show", "/result", job->id);
	turn_button(t, "Log", "/logs", job->id);
	turn_button(t, "Retry", "/retry", job->id);
}

void commands_job(struct turn *t, const char *argument)
{
	struct job job;

	if (commands_find(t, argument, &job) < 0)
		return;
	turn_say(t, "#%lld ", (long long)job.id);
	commands_say_name(t, &job);
	turn_say(t, " ");
	commands_say_status(t, &job);
	turn_say(t, "\n");
	say_field(t, "Label", job.label);
	if (job.status == JOB_RUNNING)
		say_field(t, "Is being cancelled by", job.cancel_by);
	say_times(t, &job);
	if (t->role == USER_OPERATOR)
		say_inside(t, &job);
	add_buttons(t, &job);
	turn_has_seen(t, &job);
	job_free(&job);
}

static void count(const struct job *job, void *arg)
{
	int64_t *counts = arg;

	counts[job->status]++;
}

/* of their own jobs: those of others are not theirs to count */
static void say_own_line(struct turn *t)
{
	struct job_filter running = { .user = t->user,
		.statuses = 1u << JOB_RUNNING | 1u << JOB_QUEUED };
	int64_t counts[JOB_CANCELLED + 1] = { 0 };

	job_list(&running, count, counts);
	if (counts[JOB_RUNNING])
		turn_say(t, "%lld running", (long long)counts[JOB_RUNNING]);
	if (counts[JOB_QUEUED])
		turn_say(t, "%s%lld queued", t->text.len ? " · " : "",
			(long long)counts[JOB_QUEUED]);
}

static void say_health(struct turn *t)
{
	int64_t open = delivery_open(), dead = delivery_dead(), waiting = inbox_waiting();

	if (open)
		turn_say(t, "%lld messages wait to be sent.\n", (long long)open);
	if (dead)
		turn_say(t, "%lld messages were refused: bgjob doctor shows them.\n",
			(long long)dead);
	/* the one that asks is not handled yet */
	if (waiting > 1)
		turn_say(t, "%lld messages wait to be handled.\n", (long long)waiting);
	if (inbox_failed())
		turn_say(t, "%lld messages could not be handled: bgjob doctor shows them.\n",
			(long long)inbox_failed());
}

void commands_status(struct turn *t, const char *unused)
{
	struct str line = { 0 };

	(void)unused;
	if (t->role == USER_OPERATOR)
		job_text_line(&line, t->now);
	if (line.len)
		turn_say(t, "%s", line.data);
	else if (t->role != USER_OPERATOR)
		say_own_line(t);
	if (!t->text.len)
		turn_say(t, "Nothing is running.");
	turn_say(t, "\n");
	if (pool_any_alive())
		turn_say(t, "The runner is up.\n");
	else if (config_yes("BGJOB_AUTORUN", 1))
		turn_say(t, "No runner is up: the next job starts one.\n");
	else
		turn_say(t, "No runner is up: jobs wait until bgjob-run is started.\n");
	if (t->role == USER_OPERATOR)
		say_health(t);
	str_free(&line);
}
