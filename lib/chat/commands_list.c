/* commands_list: /jobs and /tasks */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "chat/commands.h"
#include "chat/ask_model.h"
#include "store/result.h"

enum { LATEST = 10, SNIPPET_CHARACTERS = 60, SNIPPET_BYTES = 1024 };

/* "14:32" today, else as in tables */
static void say_time(struct turn *t, int64_t ms)
{
	char text[CLOCK_TEXT];

	clock_format_short(ms, t->now, text);
	if (strlen(text) == strlen("09:00:00") && text[2] == ':')
		text[5] = '\0';
	turn_say(t, "%s", text);
}

/* the beginning of its result, or, before there is one, of its input */
static size_t read_beginning(const struct job *job, char *data)
{
	struct result r;
	ssize_t got;
	size_t n;
	int fd;

	if (job_finished(job->status) &&
		result_open(job->id, job->attempt, RESULT_STDOUT, &r) == 0) {
		n = result_read(&r, 0, data, SNIPPET_BYTES);
		result_close(&r);
		return n;
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

void commands_say_snippet(struct turn *t, const struct job *job)
{
	char data[SNIPPET_BYTES];
	struct str clean = { 0 }, words = { 0 };
	size_t before = t->text.len, inside;

	str_add(&clean, "");
	str_add(&words, "");
	text_clean(&clean, data, read_beginning(job, data));
	for (const char *line = clean.data; *line;) {
		size_t n = strcspn(line, "\n");

		add_words(&words, line, n);
		line += n + (line[n] == '\n');
	}
	turn_say(t, " \"");
	inside = t->text.len;
	turn_say_line(t, words.data, words.len, SNIPPET_CHARACTERS);
	str_free(&clean);
	str_free(&words);
	if (t->text.len > inside) {
		turn_say(t, "\"");
	} else {
		t->text.len = before;
		t->text.data[before] = '\0';
	}
}

/* #42 board ✅ done Started: 14:32 "The board identified three key risks..." */
static void say_job(const struct job *job, void *arg)
{
	struct turn *t = arg;

	turn_say(t, "#%lld ", (long long)job->id);
	commands_say_name(t, job);
	turn_say(t, " ");
	commands_say_status(t, job);
	if (job->started_at >= 0) {
		turn_say(t, " Started: ");
		say_time(t, job->started_at);
	}
	commands_say_snippet(t, job);
	turn_say(t, "\n");
}

static const char *owner(const struct turn *t)
{
	return t->role == USER_OPERATOR ? NULL : t->user;
}

void commands_jobs(struct turn *t, const char *argument)
{
	struct job_filter filter = { .user = owner(t),
		.except = CONVERSE_TYPE,
		.except_done = 1,
		.limit = LATEST };
	char state[16] = "";
	size_t n = strcspn(argument, " \t\n");
	int status;

	if (n > 0 && n < sizeof(state))
		memcpy(state, argument, n);
	status = job_status_parse(state);
	if (n > 0 && strcmp(state, "all") != 0 && status < 0) {
		turn_say_no(t, "/jobs queued, running, done, failed, cancelled or all.\n");
		return;
	}
	if (status >= 0)
		filter.statuses = 1u << status;
	if (job_list(&filter, say_job, t) == 0)
		turn_say_no(t, "No %s%sjobs.\n", status >= 0 ? state : "", status >= 0 ? " " : "");
}

static void say_ago(struct turn *t, const char *word, int64_t at)
{
	int64_t ago = t->now - at;

	if (ago < 10 * CLOCK_SECOND)
		turn_say(t, "%s just now", word);
	else if (ago < CLOCK_MINUTE)
		turn_say(t, "%s %lld s ago", word, (long long)(ago / CLOCK_SECOND));
	else if (ago < CLOCK_HOUR)
		turn_say(t, "%s %lld min ago", word, (long long)(ago / CLOCK_MINUTE));
	else if (ago < 2 * CLOCK_DAY)
		turn_say(t, "%s %lld h ago", word, (long long)(ago / CLOCK_HOUR));
	else
		turn_say(t, "%s %lld days ago", word, (long long)(ago / CLOCK_DAY));
}

static void say_task(const struct job *job, void *arg)
{
	static const char *const words[] = { "Queued", "Started", "Completed", "Failed",
		"Cancelled" };
	struct turn *t = arg;
	int64_t at = job->status == JOB_QUEUED ? job->created_at
		: job->status == JOB_RUNNING   ? job->started_at
					       : job->completed_at;

	turn_say(t, "#%lld ", (long long)job->id);
	commands_say_name(t, job);
	turn_say(t, " · ");
	say_ago(t, words[job->status], at);
	if (job->status == JOB_FAILED && job->reason) {
		turn_say(t, ": ");
		turn_say_line(t, job->reason, strlen(job->reason), SNIPPET_CHARACTERS);
	}
	turn_say(t, "\n");
}

static void say_section(struct turn *t, const char *title, unsigned statuses)
{
	struct job_filter filter = { .user = owner(t),
		.except = CONVERSE_TYPE,
		.except_done = 1,
		.limit = LATEST,
		.statuses = statuses };

	turn_say(t, "%s%s\n", t->text.len ? "\n" : "", title);
	if (job_list(&filter, say_task, t) == 0)
		turn_say(t, "none\n");
}

void commands_tasks(struct turn *t, const char *unused)
{
	(void)unused;
	say_section(t, "Running", 1u << JOB_RUNNING | 1u << JOB_QUEUED);
	say_section(t, "Completed", 1u << JOB_DONE);
	say_section(t, "Failed", 1u << JOB_FAILED | 1u << JOB_CANCELLED);
}
