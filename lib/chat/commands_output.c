/* commands_output: /result and /logs, and the answer for a user who waited for a job */
#include <stdlib.h>
#include <string.h>

#include "access/access.h"
#include "base/text.h"
#include "chat/ask_model.h"
#include "chat/commands.h"
#include "markup/markdown.h"
#include "notify/message.h"
#include "show/job_words.h"

enum {
	RESULT_MOST = 1 << 20,
	LOG_MOST = 65536,
	LOG_LINES = 100,
};

static void say_heading(struct reply *reply, const struct job *job)
{
	job_words_heading(&reply->text, job);
	reply_say(reply, "\n");
}

static void end_line(struct reply *reply)
{
	if (reply->text.len && reply->text.data[reply->text.len - 1] != '\n')
		reply_say(reply, "\n");
}

/* the whole result, or as much as fits */
static void say_result(struct reply *reply, const struct job *job)
{
	size_t before = reply->text.len;
	int64_t whole;
	char *data = message_result(job->id, RESULT_MOST, &whole);
	size_t n = whole < RESULT_MOST ? (size_t)whole : RESULT_MOST;

	reply_say_text(reply, data, n);
	free(data);
	if (reply->text.len == before ||
		text_blank(reply->text.data + before, reply->text.len - before)) {
		reply->text.len = before;
		reply_say(reply, "(no output)\n");
		return;
	}
	reply->markdown = before == 0 && markdown_looks(reply->text.data, reply->text.len);
	end_line(reply);
	if (whole > RESULT_MOST)
		reply_say(reply, "… %lld bytes more: bgjob-output %lld shows all of it.\n",
			(long long)(whole - RESULT_MOST), (long long)job->id);
}

static void keep_id(const struct job *job, void *arg)
{
	int64_t *id = arg;

	*id = job->id;
}

/* the job with that id; without an id, the latest that ended */
static int find_job(struct reply *reply, const char *argument, struct job *job)
{
	const struct viewer viewer = reply_viewer(reply);
	struct job_filter filter = { .user = access_jobs_of(&viewer),
		.except = JOB_TYPE_CHAT,
		.except_done = 1,
		.statuses = 1u << JOB_DONE | 1u << JOB_FAILED | 1u << JOB_CANCELLED,
		.limit = 1 };
	int64_t id = 0;

	if (!*argument)
		job_list(&filter, keep_id, &id);
	return id && job_get(id, job) == 0 ? 0 : commands_find(reply, argument, job);
}

void commands_result(struct reply *reply, const char *argument)
{
	struct job job;

	if (find_job(reply, argument, &job) < 0)
		return;
	if (job_finished(job.status)) {
		if (job.status != JOB_DONE || !*argument)
			say_heading(reply, &job);
		say_result(reply, &job);
	} else {
		say_heading(reply, &job);
		job_words_so_far(&reply->text, &job);
		reply_button(reply, "Cancel", "/cancel", job.id);
		reply_button(reply, "Log", "/logs", job.id);
	}
	reply_has_seen(reply, &job);
	job_free(&job);
}

void commands_logs(struct reply *reply, const char *argument)
{
	struct job job;

	if (find_job(reply, argument, &job) < 0)
		return;
	say_heading(reply, &job);
	if (!job_words_log(&reply->text, &job, LOG_LINES, LOG_MOST))
		reply_say(reply, "Nothing was written to stderr.\n");
	if (job_finished(job.status)) {
		reply_button(reply, "Show", "/result", job.id);
		reply_button(reply, "Retry", "/retry", job.id);
	} else {
		reply_button(reply, "Cancel", "/cancel", job.id);
	}
	reply_has_seen(reply, &job);
	job_free(&job);
}

void commands_ended(struct reply *reply, const struct job *job)
{
	const struct outbox_row row = { .job = job->id, .direct = 1 };
	const char *name = job->label ? job->label : job->type;
	struct message m;

	if (job->status == JOB_DONE) {
		say_result(reply, job);
		return;
	}
	reply->no = 1;
	if (job->status == JOB_CANCELLED) {
		say_heading(reply, job);
		return;
	}
	reply_say(reply, "Sorry, the ");
	reply_say_line(reply, name, strlen(name), 80);
	reply_say(reply, " failed — check /logs %lld\n", (long long)job->id);
	message_make(&row, 0, 0, &m);
	reply_say_text(reply, m.text, m.size);
	end_line(reply);
	message_free(&m);
}
