/* job_words: jobs in words for a person or a model */
#include "show/job_words.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "run/spool.h"
#include "show/job_text.h"
#include "store/result.h"

enum {
	NAME = 40, /* characters */
	REASON = 80,
	SNIPPET = 60,
	SNIPPET_BYTES = 1024,
	VALUE = 200, /* characters, of a detail */
	SO_FAR_BYTES = 8192,
};

static void cut_back(struct str *text, size_t n)
{
	text->len = n;
	text->data[n] = '\0';
}

/* ---- in a line ---- */

void job_words_name(struct str *text, const struct job *job)
{
	const char *name = job->label && strcmp(job->type, "shell") == 0 ? job->label : job->type;

	text_line(text, name, strlen(name), NAME, TEXT_CHARACTERS);
}

static void add_status(struct str *text, const struct job *job)
{
	static const char *const badges[] = { "🕒", "⏳", "✅", "❌", "🚫" };
	int held = job->status == JOB_QUEUED && job->hold;

	str_addf(text, "%s %s", held ? "⏸" : badges[job->status], job_status_name(job->status));
	if (job->reason && (job->status == JOB_FAILED || job->status == JOB_CANCELLED)) {
		str_add(text, ": ");
		text_line(text, job->reason, strlen(job->reason), REASON, TEXT_CHARACTERS);
	}
}

void job_words_heading(struct str *text, const struct job *job)
{
	str_addf(text, "#%lld ", (long long)job->id);
	job_words_name(text, job);
	str_addc(text, ' ');
	add_status(text, job);
}

/* "14:32" today, else as in tables */
static void add_start(struct str *text, int64_t ms, int64_t now)
{
	char time[CLOCK_TEXT];

	clock_format_short(ms, now, time);
	if (strlen(time) == strlen("09:00:00") && time[2] == ':')
		time[5] = '\0';
	str_addf(text, " Started: %s", time);
}

void job_words_row(struct str *text, const struct job *job, int64_t now)
{
	job_words_heading(text, job);
	if (job->started_at >= 0)
		add_start(text, job->started_at, now);
	job_words_snippet(text, job);
}

void job_words_since(struct str *text, const struct job *job, int64_t now)
{
	static const char *const words[] = { "Queued", "Started", "Completed", "Failed",
		"Cancelled" };
	const char *word = words[job->status];
	int64_t at = job->status == JOB_QUEUED ? job->created_at
		: job->status == JOB_RUNNING   ? job->started_at
					       : job->completed_at;
	int64_t ago = now - at;

	if (ago < 10 * CLOCK_SECOND)
		str_addf(text, "%s just now", word);
	else if (ago < CLOCK_MINUTE)
		str_addf(text, "%s %lld s ago", word, (long long)(ago / CLOCK_SECOND));
	else if (ago < CLOCK_HOUR)
		str_addf(text, "%s %lld min ago", word, (long long)(ago / CLOCK_MINUTE));
	else if (ago < 2 * CLOCK_DAY)
		str_addf(text, "%s %lld h ago", word, (long long)(ago / CLOCK_HOUR));
	else
		str_addf(text, "%s %lld days ago", word, (long long)(ago / CLOCK_DAY));
}

/* ---- the beginning of its result ---- */

/* or, if there is none, of its input. Returns the bytes. */
static size_t read_beginning(const struct job *job, char data[SNIPPET_BYTES])
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

int job_words_snippet(struct str *text, const struct job *job)
{
	char data[SNIPPET_BYTES];
	struct str clean = { 0 }, words = { 0 };
	size_t before = text->len, inside;

	str_add(&clean, "");
	str_add(&words, "");
	text_clean(&clean, data, read_beginning(job, data));
	for (const char *line = clean.data; *line;) {
		size_t n = strcspn(line, "\n");

		add_words(&words, line, n);
		line += n + (line[n] == '\n');
	}
	str_add(text, " \"");
	inside = text->len;
	text_line(text, words.data, words.len, SNIPPET, TEXT_CHARACTERS);
	str_free(&clean);
	str_free(&words);
	if (text->len == inside) {
		cut_back(text, before);
		return 0;
	}
	str_addc(text, '"');
	return 1;
}

/* ---- details ---- */

static void add_field(struct str *text, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	str_addf(text, "%s: ", name);
	text_line(text, value, strlen(value), VALUE, TEXT_CHARACTERS);
	str_addc(text, '\n');
}

static void add_time(struct str *text, const char *name, int64_t ms, int64_t now)
{
	char time[CLOCK_TEXT];

	if (ms < 0)
		return;
	clock_format_short(ms, now, time);
	add_field(text, name, time);
}

static void add_times(struct str *text, const struct job *job, int64_t now)
{
	int64_t end = job->completed_at >= 0 ? job->completed_at : now;
	char took[CLOCK_TEXT];

	add_time(text, "Created", job->created_at, now);
	add_time(text, "Started", job->started_at, now);
	add_time(text, "Ended", job->completed_at, now);
	if (job->started_at >= 0 && end >= job->started_at) {
		clock_format_duration(end - job->started_at, took);
		add_field(text, job->completed_at >= 0 ? "Took" : "Running for", took);
	}
	if (job->attempt > 1)
		str_addf(text, "Attempts: %lld\n", (long long)job->attempt);
}

static void add_wait_field(const char *reason, void *text)
{
	add_field(text, "Waits", reason);
}

static void add_inside(struct str *text, const struct job *job)
{
	struct str command = { 0 };

	job_text_waits(job, add_wait_field, text);
	job_text_command(&command, job->command, job->command_size);
	add_field(text, "Command", command.data);
	add_field(text, "Queue", job->queue);
	add_field(text, "User", job->user);
	str_free(&command);
}

void job_words_details(struct str *text, const struct job *job, const struct viewer *viewer)
{
	add_field(text, "Label", job->label);
	if (job->status == JOB_RUNNING)
		add_field(text, "Being cancelled by", job->cancel_by);
	add_times(text, job, viewer->now);
	if (viewer->role == USER_OPERATOR)
		add_inside(text, job);
}

static void add_wait(const char *reason, void *text)
{
	str_addf(text, "%s\n", reason);
}

void job_words_waits(struct str *text, const struct job *job, const struct viewer *viewer)
{
	if (viewer->role == USER_OPERATOR)
		job_text_waits(job, add_wait, text);
}

/* ---- what it has written ---- */

/* the end of a stream; a running job's is in its spool file. Returns NULL if it is empty. */
static char *read_end(const struct job *job, enum result_stream stream, size_t most, size_t *n)
{
	struct result_part part = { 0 };
	struct stat st;
	ssize_t got = 0;
	int fd;

	if (job->status == JOB_RUNNING) {
		part.data = mem_alloc(most);
		fd = spool_open_stream(job->id, job->attempt, (int)stream);
		if (fd >= 0 && fstat(fd, &st) == 0)
			got = pread(fd, part.data, most,
				st.st_size > (off_t)most ? st.st_size - (off_t)most : 0);
		part.n = got > 0 ? (size_t)got : 0;
		if (fd >= 0)
			close(fd);
	} else if (result_part(job->id, job->attempt, stream, -1, most, &part) < 0) {
		part.data = mem_dup(result_error());
		part.n = strlen(part.data);
	}
	*n = part.n;
	if (part.n)
		return part.data;
	free(part.data);
	return NULL;
}

/* whole lines, whatever the last one ends with */
static void add_lines(struct str *text, const char *data, size_t n)
{
	str_add(text, "");
	text_clean(text, data, n);
	if (text->len && text->data[text->len - 1] != '\n')
		str_addc(text, '\n');
}

int job_words_so_far(struct str *text, const struct job *job)
{
	size_t n;
	char *data = read_end(job, RESULT_STDOUT, SO_FAR_BYTES, &n);

	if (!data)
		return 0;
	str_add(text, "So far:\n");
	add_lines(text, data, n);
	free(data);
	return 1;
}

int job_words_log(struct str *text, const struct job *job, int lines, size_t most)
{
	size_t n, at, before = text->len;
	char *data = read_end(job, RESULT_STDERR, most, &n);

	for (at = n; at > 0; at--)
		if (data[at - 1] == '\n' && at < n && --lines == 0)
			break;
	if (n > at)
		add_lines(text, data + at, n - at);
	free(data);
	return text->len > before;
}
