/* commands_job: /job and /status */
#include <string.h>

#include "base/config.h"
#include "chat/commands.h"
#include "show/job_text.h"
#include "show/job_words.h"
#include "store/delivery.h"
#include "store/inbox.h"
#include "store/pool.h"

static void add_buttons(struct reply *reply, const struct job *job)
{
	if (!job_finished(job->status)) {
		reply_button(reply, "Cancel", "/cancel", job->id);
		if (job->status == JOB_RUNNING)
			reply_button(reply, "Log", "/logs", job->id);
		return;
	}
	reply_button(reply, "Show", "/result", job->id);
	reply_button(reply, "Log", "/logs", job->id);
	reply_button(reply, "Retry", "/retry", job->id);
}

void commands_job(struct reply *reply, const char *argument)
{
	const struct viewer viewer = reply_viewer(reply);
	struct job job;

	if (commands_find(reply, argument, &job) < 0)
		return;
	job_words_heading(&reply->text, &job);
	reply_say(reply, "\n");
	job_words_details(&reply->text, &job, &viewer);
	add_buttons(reply, &job);
	reply_has_seen(reply, &job);
	job_free(&job);
}

static void count(const struct job *job, void *arg)
{
	int64_t *counts = arg;

	counts[job->status]++;
}

/* of their own jobs: they may not count those of other users */
static void say_own_line(struct reply *reply)
{
	struct job_filter running = { .user = reply->user,
		.statuses = 1u << JOB_RUNNING | 1u << JOB_QUEUED };
	int64_t counts[JOB_CANCELLED + 1] = { 0 };

	job_list(&running, count, counts);
	if (counts[JOB_RUNNING])
		reply_say(reply, "%lld running", (long long)counts[JOB_RUNNING]);
	if (counts[JOB_QUEUED])
		reply_say(reply, "%s%lld queued", reply->text.len ? " · " : "",
			(long long)counts[JOB_QUEUED]);
}

static void say_health(struct reply *reply)
{
	int64_t open = delivery_open(), dead = delivery_dead(), waiting = inbox_waiting();

	if (open)
		reply_say(reply, "%lld messages are waiting to be sent.\n", (long long)open);
	if (dead)
		reply_say(reply, "%lld messages were refused: bgjob doctor shows them.\n",
			(long long)dead);
	/* not counting the message that asks, which is not handled yet */
	if (waiting > 1)
		reply_say(reply, "%lld messages are waiting to be handled.\n", (long long)waiting);
	if (inbox_failed())
		reply_say(reply, "%lld messages could not be handled: bgjob doctor shows them.\n",
			(long long)inbox_failed());
}

void commands_status(struct reply *reply, const char *unused)
{
	struct str line = { 0 };

	(void)unused;
	if (reply->role == USER_OPERATOR)
		job_text_line(&line, reply->now);
	if (line.len)
		reply_say(reply, "%s", line.data);
	else if (reply->role != USER_OPERATOR)
		say_own_line(reply);
	if (!reply->text.len)
		reply_say(reply, "Nothing is running.");
	reply_say(reply, "\n");
	if (pool_any_alive())
		reply_say(reply, "The runner is up.\n");
	else if (config_yes("BGJOB_AUTORUN", 1))
		reply_say(reply, "No runner is up: the next job starts one.\n");
	else
		reply_say(reply, "No runner is up: jobs wait until you start bgjob-run.\n");
	if (reply->role == USER_OPERATOR)
		say_health(reply);
	str_free(&line);
}
