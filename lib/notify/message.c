/* message: the words of an outgoing message */
#include "notify/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/str.h"
#include "base/text.h"
#include "markup/markdown.h"
#include "store/job.h"
#include "store/result.h"

enum { LABEL_COLUMNS = 80, TAIL_BYTES = 1500, TAIL_LINES = 10, FAILED_STDOUT = 1500 };

void message_free(struct message *m)
{
	free(m->title);
	free(m->text);
	*m = (struct message){ 0 };
}

/* up to `most` bytes from the start or the end of a stream; *whole: its size */
static char *read_stream(const struct job *job, enum result_stream stream, size_t most, int end,
	size_t *n, int64_t *whole)
{
	struct result_part part;

	if (result_part(job->id, job->attempt, stream, end ? -1 : 0, most, &part) < 0) {
		warn("%s", result_error());
		part.data = mem_dup("(its output cannot be read)");
		part.n = strlen(part.data);
		part.size = (int64_t)part.n;
	}
	*n = part.n;
	*whole = part.size;
	return part.data;
}

char *message_result(int64_t id, size_t most, int64_t *whole)
{
	struct job job;
	char *data;
	size_t n;

	*whole = 0;
	if (job_get(id, &job) < 0)
		return mem_dup("");
	data = read_stream(&job, RESULT_STDOUT, most, 0, &n, whole);
	job_free(&job);
	return data;
}

/* " in 2m 3s"; nothing for a job that never ran */
static void add_duration(struct str *text, const struct job *job, const char *word)
{
	char duration[CLOCK_TEXT];

	if (job->started_at < 0 || job->completed_at < job->started_at)
		return;
	clock_format_duration(job->completed_at - job->started_at, duration);
	str_addf(text, " %s %s", word, duration);
}

/* "board analysis", or "job 42" for one without a name */
static void add_name(struct str *text, const struct job *job)
{
	if (job->label)
		text_line(text, job->label, strlen(job->label), LABEL_COLUMNS, TEXT_COLUMNS);
	else
		str_addf(text, "job %lld", (long long)job->id);
}

static void add_cut_reason(struct str *to, const struct job *job, const char *otherwise)
{
	const char *reason = job->reason ? job->reason : otherwise;

	text_line(to, reason, strlen(reason), LABEL_COLUMNS, TEXT_COLUMNS);
}

static char *make_title(const struct job *job)
{
	struct str title = { 0 };

	if (job->status == JOB_FAILED) {
		str_add(&title, "❌ Sorry, ");
		if (job->label)
			str_add(&title, "the ");
		add_name(&title, job);
		str_addf(&title, " failed — check /logs %lld", (long long)job->id);
		return str_take(&title);
	}
	str_add(&title, job->status == JOB_DONE ? "✅ " : "🚫 ");
	add_name(&title, job);
	if (job->label)
		str_addf(&title, " #%lld", (long long)job->id);
	str_add(&title, " · ");
	if (job->status == JOB_DONE)
		str_add(&title, "done");
	else
		add_cut_reason(&title, job, "cancelled");
	add_duration(&title, job, job->status == JOB_DONE ? "in" : "after");
	return str_take(&title);
}

/* the last lines of what is there */
static const char *last_lines(const char *text, size_t n)
{
	const char *at = text + n;
	int lines = 0;

	while (at > text && at[-1] == '\n')
		at--;
	while (at > text && (at[-1] != '\n' || ++lines < TAIL_LINES))
		at--;
	return at;
}

static void add_fenced(struct str *to, const struct str *text)
{
	size_t longest = 2, run = 0;

	for (size_t i = 0; i < text->len; i++) {
		run = text->data[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	for (int i = 0; i < 2; i++) {
		for (size_t k = 0; k <= longest; k++)
			str_addc(to, '`');
		str_addc(to, '\n');
		if (i == 0)
			str_addf(to, "%s\n", text->data);
	}
}

/* what a program wrote; as Markdown, in a code block that its text cannot close */
static void add_output(struct str *to, const char *data, size_t n, int markup)
{
	struct str clean = { 0 };

	text_clean(&clean, data, n);
	while (clean.len && clean.data[clean.len - 1] == '\n')
		clean.data[--clean.len] = '\0';
	if (clean.len && markup)
		add_fenced(to, &clean);
	else if (clean.len)
		str_addf(to, "%s\n", clean.data);
	str_free(&clean);
}

static void add_reason(struct str *text, const struct job *job, int markup)
{
	struct str reason = { 0 };

	str_addf(&reason, "#%lld · ", (long long)job->id);
	add_cut_reason(&reason, job, "failed");
	/* "timed out after 5m" already says it */
	if (!strstr(reason.data, " after "))
		add_duration(&reason, job, "after");
	/* the reason may contain a unique key or a user's name: escape it */
	for (const char *p = reason.data; *p; p++) {
		if (markup && strchr("\\`*_{}[]<>()#+-.!|~", *p))
			str_addc(text, '\\');
		str_addc(text, *p);
	}
	str_add(text, "\n");
	str_free(&reason);
}

/* for a failure: the reason, the end of stderr and the beginning of stdout */
static void make_failed(struct message *m, const struct job *job, int markup)
{
	struct str text = { 0 };
	int64_t whole;
	size_t n;
	char *data;

	add_reason(&text, job, markup);
	data = read_stream(job, RESULT_STDERR, TAIL_BYTES, 1, &n, &whole);
	const char *tail = last_lines(data, n);
	add_output(&text, tail, n - (size_t)(tail - data), markup);
	free(data);
	data = read_stream(job, RESULT_STDOUT, FAILED_STDOUT, 0, &n, &whole);
	add_output(&text, data, n, markup);
	if (whole > (int64_t)n)
		str_addf(&text, "… %lld bytes more: /result %lld\n",
			(long long)(whole - (int64_t)n), (long long)job->id);
	free(data);
	m->markdown = markup;
	m->size = text.len;
	m->text = str_take(&text);
}

static void make_done(struct message *m, const struct job *job, size_t most)
{
	struct str text = { 0 };
	int64_t whole;
	size_t n;
	char *data = read_stream(job, RESULT_STDOUT, most, 0, &n, &whole);

	str_add(&text, "");
	text_clean(&text, data, n);
	while (text.len && strchr(" \t\n", text.data[text.len - 1]))
		text.data[--text.len] = '\0';
	m->left = whole - (int64_t)n;
	m->markdown = markdown_looks(text.data, text.len);
	if (text_blank(text.data, text.len)) {
		str_clear(&text);
		str_add(&text, job->started_at < 0 ? "(it never ran)" : "(no output)");
	}
	m->size = text.len;
	m->text = str_take(&text);
	free(data);
}

static void make_final(const struct outbox_row *row, size_t most, int markup, struct message *m)
{
	struct job job;

	if (job_get(row->job, &job) < 0) {
		m->title = mem_dup("The job is gone");
		m->text = mem_dup("");
		return;
	}
	m->status = job.status;
	if (job.status == JOB_FAILED)
		make_failed(m, &job, markup);
	else
		make_done(m, &job, most);
	/* a direct answer needs no heading */
	if (!row->direct || job.status != JOB_DONE)
		m->title = make_title(&job);
	job_free(&job);
}

static char *milestone_title(int64_t id)
{
	struct str title = { 0 };
	struct job job;

	if (job_get(id, &job) < 0)
		return NULL;
	str_add(&title, "⏳ ");
	add_name(&title, &job);
	if (job.label)
		str_addf(&title, " #%lld", (long long)id);
	job_free(&job);
	return str_take(&title);
}

/* an acknowledgement of a job that still waits says so */
static void add_wait(struct str *text, const struct outbox_row *row)
{
	struct job job;

	if (row->kind != DELIVERY_ACK || clock_now() - row->created_at <= CLOCK_SECOND ||
		job_get(row->job, &job) < 0)
		return;
	if (job.status == JOB_QUEUED)
		str_add(text,
			strcmp(job.type, JOB_TYPE_CHAT) == 0 ? "\nYour earlier message comes first."
							     : "\nIt is waiting for a free slot.");
	job_free(&job);
}

void message_make(const struct outbox_row *row, size_t most, int markup, struct message *m)
{
	struct str text = { 0 }, title = { 0 };

	*m = (struct message){ .status = -1 };
	if (!row->text) {
		make_final(row, most, markup, m);
		return;
	}
	str_add(&text, "");
	text_clean(&text, row->text, strlen(row->text));
	if (text_blank(text.data, text.len)) {
		str_clear(&text);
		str_add(&text, "(empty)");
	}
	add_wait(&text, row);
	m->size = text.len;
	m->text = str_take(&text);
	m->markdown = row->markdown;
	if (row->title && *row->title) {
		text_line(&title, row->title, strlen(row->title), 4 * LABEL_COLUMNS, TEXT_COLUMNS);
		m->title = str_take(&title);
	} else if (row->job && row->kind == DELIVERY_MILESTONE) {
		m->title = milestone_title(row->job);
	}
}

char *message_plain(const struct outbox_row *row, size_t most)
{
	struct str text = { 0 };
	struct message m;

	message_make(row, most, 0, &m);
	if (m.title)
		str_addf(&text, "%s%s\n", m.title, row->doubtful ? " " MESSAGE_DUPLICATE : "");
	else if (row->doubtful)
		str_add(&text, MESSAGE_DUPLICATE "\n");
	str_addn(&text, m.text, m.size);
	if (!text.len || text.data[text.len - 1] != '\n')
		str_addc(&text, '\n');
	if (m.left > 0)
		str_addf(&text, "… %lld bytes more: bgjob-output %lld\n", (long long)m.left,
			(long long)row->job);
	message_free(&m);
	return str_take(&text);
}
