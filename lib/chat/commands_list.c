/* commands_list: /jobs and /tasks */
#include <string.h>

#include "access/access.h"
#include "chat/ask_model.h"
#include "chat/commands.h"
#include "show/job_words.h"

enum { LATEST = 10, REASON_CHARACTERS = 60 };

static void say_job(const struct job *job, void *arg)
{
	struct reply *reply = arg;

	job_words_row(&reply->text, job, reply->now);
	reply_say(reply, "\n");
}

void commands_jobs(struct reply *reply, const char *argument)
{
	const struct viewer viewer = reply_viewer(reply);
	struct job_filter filter = { .except = JOB_TYPE_CHAT, .except_done = 1 };
	char state[16] = "";
	size_t n = strcspn(argument, " \t\n");
	int status;

	if (n > 0 && n < sizeof(state))
		memcpy(state, argument, n);
	status = job_status_parse(state);
	if (n > 0 && strcmp(state, "all") != 0 && status < 0) {
		reply_say_no(reply, "/jobs queued, running, done, failed, cancelled or all.\n");
		return;
	}
	if (status >= 0)
		filter.statuses = 1u << status;
	if (job_list_recent(access_jobs_of(&viewer), 0, &filter, say_job, reply) == 0)
		reply_say_no(reply, "No %s%sjobs.\n", status >= 0 ? state : "",
			status >= 0 ? " " : "");
}

static void say_task(const struct job *job, void *arg)
{
	struct reply *reply = arg;

	reply_say(reply, "#%lld ", (long long)job->id);
	job_words_name(&reply->text, job);
	reply_say(reply, " · ");
	job_words_since(&reply->text, job, reply->now);
	if (job->status == JOB_FAILED && job->reason) {
		reply_say(reply, ": ");
		reply_say_line(reply, job->reason, strlen(job->reason), REASON_CHARACTERS);
	}
	reply_say(reply, "\n");
}

static void say_section(struct reply *reply, const char *title, unsigned statuses)
{
	const struct viewer viewer = reply_viewer(reply);
	struct job_filter filter = { .user = access_jobs_of(&viewer),
		.except = JOB_TYPE_CHAT,
		.except_done = 1,
		.limit = LATEST,
		.statuses = statuses };

	reply_say(reply, "%s%s\n", reply->text.len ? "\n" : "", title);
	if (job_list(&filter, say_task, reply) == 0)
		reply_say(reply, "none\n");
}

void commands_tasks(struct reply *reply, const char *unused)
{
	(void)unused;
	say_section(reply, "Running", 1u << JOB_RUNNING | 1u << JOB_QUEUED);
	say_section(reply, "Completed", 1u << JOB_DONE);
	say_section(reply, "Failed", 1u << JOB_FAILED | 1u << JOB_CANCELLED);
}
