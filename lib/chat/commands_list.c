/* commands_list: /jobs and /tasks */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "chat/ask_model.h"
#include "chat/commands.h"
#include "store/result.h"

enum { LATEST = 10, SNIPPET_CHARACTERS = 60, SNIPPET_BYTES = 1024 };

/* "14:32" today, else as in tables */
static void say_time(struct reply *reply, int64_t ms)
{
	char text[CLOCK_TEXT];

	clock_format_short(ms, reply->now, text);
	if (strlen(text) == strlen("09:00:00") && text[2] == ':')
		text[5] = '\0';
	reply_say(reply, "%s", text);
}

/* the beginning of its result, or, before there is one, of its input */
static size_t read_beginning(const struct job *job, char *data)
{
	struct result r;
	ssize_t got;
	int fd;

	if (job_finished(job->status) &&
		result_open(job->id, job->attempt, RESULT_STDOUT, &r) == 0) {
		got = result_read(&r, 0, data, SNIPPET_BYTES);
		result_close(&r);
		return got < 0 ? 0 : (size_t)got;
	}
	fd = result_input(job->id);
	if (fd < 0)
		return 0;
	got = read(fd, data, SNIPPET_BYTES);
	close(fd);
	return got < 0 ? 0 : (size_t)got;
}

/* the words of a line, without the marks of Markdown */
static void add_words(struct str *to, const char *line, size_t n)
{
	size_t i = strspn(line, " \t"), marks = strspn(line + i, "#");

	/* below the head of a table, between sections */
	if (strspn(line, " \t|:-") >= n)
		return;
	if (marks && strchr(" \t", line[i + marks]))
		i += marks;
	for (; i < n; i++)
		if (line[i] == '|')
			str_addc(to, ' ');
		else if (line[i] != '`' && line[i] != '*')
			str_addc(to, line[i]);
	str_addc(to, '\n');
}

void commands_say_snippet(struct reply *reply, const struct job *job)
{
	char data[SNIPPET_BYTES];
	struct str clean = { 0 }, words = { 0 };
	size_t before = reply->text.len, inside;

	str_add(&clean, "");
	str_add(&words, "");
	text_clean(&clean, data, read_beginning(job, data));
	for (const char *line = clean.data; *line;) {
		size_t n = strcspn(line, "\n");

		add_words(&words, line, n);
		line += n + (line[n] == '\n');
	}
	reply_say(reply, " \"");
	inside = reply->text.len;
	reply_say_line(reply, words.data, words.len, SNIPPET_CHARACTERS);
	str_free(&clean);
	str_free(&words);
	if (reply->text.len > inside) {
		reply_say(reply, "\"");
	} else {
		reply->text.len = before;
		reply->text.data[before] = '\0';
	}
}

/* #42 board ✅ done Started: 14:32 "The board identified three key risks..." */
static void say_job(const struct job *job, void *arg)
{
	struct reply *reply = arg;

	reply_say(reply, "#%lld ", (long long)job->id);
	commands_say_name(reply, job);
	reply_say(reply, " ");
	commands_say_status(reply, job);
	if (job->started_at >= 0) {
		reply_say(reply, " Started: ");
		say_time(reply, job->started_at);
	}
	commands_say_snippet(reply, job);
	reply_say(reply, "\n");
}

static const char *owner(const struct reply *reply)
{
	return reply->role == USER_OPERATOR ? NULL : reply->user;
}

void commands_jobs(struct reply *reply, const char *argument)
{
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
	if (job_list_recent(owner(reply), 0, &filter, say_job, reply) == 0)
		reply_say_no(reply, "No %s%sjobs.\n", status >= 0 ? state : "",
			status >= 0 ? " " : "");
}

static void say_ago(struct reply *reply, const char *word, int64_t at)
{
	int64_t ago = reply->now - at;

	if (ago < 10 * CLOCK_SECOND)
		reply_say(reply, "%s just now", word);
	else if (ago < CLOCK_MINUTE)
		reply_say(reply, "%s %lld s ago", word, (long long)(ago / CLOCK_SECOND));
	else if (ago < CLOCK_HOUR)
		reply_say(reply, "%s %lld min ago", word, (long long)(ago / CLOCK_MINUTE));
	else if (ago < 2 * CLOCK_DAY)
		reply_say(reply, "%s %lld h ago", word, (long long)(ago / CLOCK_HOUR));
	else
		reply_say(reply, "%s %lld days ago", word, (long long)(ago / CLOCK_DAY));
}

static void say_task(const struct job *job, void *arg)
{
	static const char *const words[] = { "Queued", "Started", "Completed", "Failed",
		"Cancelled" };
	struct reply *reply = arg;
	int64_t at = job->status == JOB_QUEUED ? job->created_at
		: job->status == JOB_RUNNING   ? job->started_at
					       : job->completed_at;

	reply_say(reply, "#%lld ", (long long)job->id);
	commands_say_name(reply, job);
	reply_say(reply, " · ");
	say_ago(reply, words[job->status], at);
	if (job->status == JOB_FAILED && job->reason) {
		reply_say(reply, ": ");
		reply_say_line(reply, job->reason, strlen(job->reason), SNIPPET_CHARACTERS);
	}
	reply_say(reply, "\n");
}

static void say_section(struct reply *reply, const char *title, unsigned statuses)
{
	struct job_filter filter = { .user = owner(reply),
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
