/* notices: news of a user's jobs since they last looked */
#include "chat/notices.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/out.h"
#include "base/text.h"
#include "base/utf8.h"
#include "chat/reply.h"
#include "db/db.h"
#include "notify/message.h"
#include "show/job_words.h"
#include "store/job_event.h"
#include "store/user.h"

enum { AT_ONCE = 500, MOST = 10, NOTE_CHARACTERS = 200, REASON_CHARACTERS = 80 };
enum { RESULT_LINES = 40, RESULT_BYTES = 4096, LOG_LINES = 10 };

#define GREEN "\033[32m"
#define RED "\033[31m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

/* a copy, since an event is valid only during the call, and showing it reads the store */
struct news {
	int64_t job;
	enum { ENDED, MILESTONE } kind;
	char *detail;
};

struct list {
	struct notices *notices;
	struct news *news;
	size_t count;
};

static void collect_news(const struct job_event *event, void *arg)
{
	struct list *list = arg;
	int milestone = event->kind == EVENT_MILESTONE;

	list->notices->event = event->id;
	if (!milestone && !job_event_is_end(event->kind))
		return;
	if (!milestone && event->job == list->notices->silent)
		return;
	list->news = mem_resize(list->news, list->count + 1, sizeof(*list->news));
	list->news[list->count++] =
		(struct news){ event->job, milestone ? MILESTONE : ENDED, mem_dup(event->detail) };
}

/* #42 · done in 2s */
static void say_end(struct reply *reply, const struct job *job)
{
	const char *how = job->reason ? job->reason : job_status_name(job->status);
	int done = job->status == JOB_DONE;
	char duration[CLOCK_TEXT];

	reply_say(reply, "#%lld · ", (long long)job->id);
	if (done)
		how = "done";
	reply_say_line(reply, how, strlen(how), REASON_CHARACTERS);
	/* "timed out after 5m" already says it */
	if (job->started_at < 0 || job->completed_at < job->started_at || strstr(how, " after "))
		return;
	clock_format_duration(job->completed_at - job->started_at, duration);
	reply_say(reply, " %s %s", done ? "in" : "after", duration);
}

/* how many bytes of a clean text to show */
static size_t shown_length(const struct str *text)
{
	size_t n = 0;

	for (int lines = 0; n < text->len && lines < RESULT_LINES; n++)
		lines += text->data[n] == '\n';
	if (n > RESULT_BYTES)
		n = RESULT_BYTES;
	return utf8_whole(text->data, n);
}

static void say_result(struct reply *reply, const struct notices *n, const struct job *job)
{
	struct str text = { 0 };
	/* more than is shown, so that the last character shown is whole */
	size_t most = (size_t)2 * RESULT_BYTES, shown;
	int64_t whole;
	char *data = message_result(job->id, most, &whole);
	int more = whole > (int64_t)most;

	str_add(&text, "");
	text_clean(&text, data, more ? most : (size_t)whole);
	while (text.len && strchr(" \t\n", text.data[text.len - 1]))
		text.data[--text.len] = '\0';
	shown = shown_length(&text);
	if (!text_blank(text.data, text.len)) {
		reply_say_text(reply, text.data, shown);
		if (reply->text.data[reply->text.len - 1] != '\n')
			reply_say(reply, "\n");
	}
	if (more || shown < text.len)
		reply_say(reply, "%s… /result %lld%s\n", n->colour ? DIM : "", (long long)job->id,
			n->colour ? PLAIN : "");
	free(data);
	str_free(&text);
}

static void say_news(struct reply *reply, const struct notices *n, const struct news *news,
	const struct job *job)
{
	static const char *const words[] = { "queued", "running", "completed", "failed",
		"cancelled" };
	const char *what = strcmp(job->type, "shell") == 0 ? "Job" : "Workflow";
	int done = job->status == JOB_DONE;

	if (news->kind == MILESTONE) {
		reply_say(reply, "%s⏳ ", n->colour ? DIM : "");
		job_words_name(&reply->text, job);
		reply_say(reply, ": ");
		reply_say_line(reply, news->detail ? news->detail : "",
			news->detail ? strlen(news->detail) : 0, NOTE_CHARACTERS);
	} else {
		reply_say(reply, "%s%s %s %s: ", n->colour ? (done ? GREEN : RED) : "",
			done ? "✓" : "✗", what, words[job->status]);
		job_words_name(&reply->text, job);
	}
	reply_say(reply, "%s\n", n->colour ? PLAIN : "");
	if (news->kind == MILESTONE)
		return;
	reply_say(reply, "%s", n->colour ? DIM : "");
	say_end(reply, job);
	reply_say(reply, "%s\n", n->colour ? PLAIN : "");
	if (n->past)
		return;
	if (job->status == JOB_FAILED)
		job_words_log(&reply->text, job, LOG_LINES, RESULT_BYTES);
	else
		say_result(reply, n, job);
}

/* Returns whether there is something to show; reply NULL: only look. */
static int tell_news(struct notices *n, const struct news *news, struct reply *reply)
{
	struct job job;
	int ours;

	if (job_get(news->job, &job) < 0)
		return 0;
	/* a job that is being retried has an earlier end, but runs */
	ours = (!job.user || strcmp(job.user, n->user) == 0) &&
		(news->kind == MILESTONE || job_finished(job.status));
	if (ours && reply)
		say_news(reply, n, news, &job);
	job_free(&job);
	return ours;
}

void notices_start(struct notices *n, const char *user)
{
	*n = (struct notices){ .user = user,
		.event = user_notices(user),
		.past = 1,
		.colour = out_colour() };
}

void notices_read(struct notices *n, struct str *text)
{
	struct list list = { .notices = n };
	struct reply reply = { .user = n->user };
	size_t from, told = 0;

	while (job_event_list(n->event, AT_ONCE, collect_news, &list) == AT_ONCE)
		;
	for (from = list.count; from > 0 && told < MOST; from--)
		told += (size_t)tell_news(n, &list.news[from - 1], NULL);
	if (from > 0)
		reply_say(&reply, "%s… and earlier ones: see /tasks%s\n", n->colour ? DIM : "",
			n->colour ? PLAIN : "");
	for (size_t i = from; i < list.count; i++)
		tell_news(n, &list.news[i], &reply);
	n->past = 0;
	if (reply.text.len) {
		str_add(text, reply.text.data);
		db_begin();
		user_set_notices(n->user, n->event);
		db_commit();
	}
	for (size_t i = 0; i < list.count; i++)
		free(list.news[i].detail);
	free(list.news);
	reply_free(&reply);
}
