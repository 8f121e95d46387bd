/* message_parts: long messages in parts, very long ones as their beginning and a document */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/str.h"
#include "base/text.h"
#include "markup/split.h"
#include "notify/message.h"
#include "store/job.h"
#include "store/result.h"

enum {
	LIMIT = 4096,            /* characters of a message: sendMessage, Bot API */
	MARGIN = 64,             /* room for the duplicate mark and a blank line */
	PARTS = 4,               /* a text with more parts is sent as a document */
	BEGINNING = 1500,        /* characters of a long text that are sent before its document */
	MOST_SPLIT = 128 * 1024, /* bytes; longer texts become a document at once */
	MOST_DOCUMENT = 49 * 1000000, /* bytes: sendDocument takes 50 MB */
};

static const char *buttons_of(const struct outbox_row *row, const struct message *m,
	struct str *text)
{
	if (m->status < 0 || row->direct)
		return row->buttons;
	str_addf(text, "Show\t/result %lld\nLog\t/logs %lld\nRetry\t/retry %lld\n",
		(long long)row->job, (long long)row->job, (long long)row->job);
	return text->data;
}

/* sending puts the title before the first part, so that a plain copy has it, too */
static void set_title(struct outbox_row *row, struct message *m)
{
	if (m->title && !row->title) {
		row->title = mem_dup(m->title);
		outbox_title(row);
	}
}

static void queue_parts(struct outbox_row *row, const struct message *m, const struct split *split,
	const char *buttons, int64_t now)
{
	struct outbox_part *parts = mem_zero(split->count, sizeof(*parts));

	for (size_t i = 0; i < split->count; i++) {
		parts[i].text = split->parts[i];
		parts[i].buttons = i + 1 == split->count ? buttons : NULL;
	}
	outbox_expand(row, m->markdown, parts, split->count, now);
	free(parts);
}

/* a job's result is read from the store; any other text is kept in the row */
static void queue_document(struct outbox_row *row, const struct message *m, const char *first,
	const char *buttons, int64_t now)
{
	struct str beginning = { 0 }, caption = { 0 }, name = { 0 };
	struct outbox_part parts[2] = { { .text = NULL } };
	int is_job = m->status >= 0, fits = m->left + (int64_t)m->size <= MOST_DOCUMENT;

	str_addf(&beginning, "%s\n\n…", first);
	if (is_job && !fits)
		str_addf(&beginning,
			" The result is too large for Telegram: run bgjob-output %lld.",
			(long long)row->job);
	parts[0].text = beginning.data;
	parts[0].buttons = fits ? NULL : buttons;
	str_addf(&caption, is_job ? "The whole result of #%lld" : "The whole text",
		(long long)row->job);
	if (is_job)
		str_addf(&name, "result-%lld.%s", (long long)row->job, m->markdown ? "md" : "txt");
	else
		str_add(&name, "message.txt");
	parts[1] = (struct outbox_part){ .text = caption.data,
		.buttons = buttons,
		.document = name.data };
	if (!is_job)
		outbox_attach(row->id, m->text, m->size);
	outbox_expand(row, m->markdown, parts, fits ? 2 : 1, now);
	str_free(&beginning);
	str_free(&caption);
	str_free(&name);
}

void message_expand(struct outbox_row *row, int64_t now)
{
	struct str buttons = { 0 };
	struct split split = { 0 };
	struct message m;
	size_t title;

	/* prepared before, or a part */
	if (row->parent || row->document || (row->text && row->tries))
		return;
	message_make(row, MOST_SPLIT, 1, &m);
	title = m.title ? text_units(m.title, strlen(m.title)) : 0;
	if (m.left == 0 && m.size <= MOST_SPLIT)
		split_text(&split, m.text, m.size, m.markdown, LIMIT - MARGIN,
			LIMIT - MARGIN - title);
	set_title(row, &m);
	if (split.count && split.count <= PARTS) {
		queue_parts(row, &m, &split, buttons_of(row, &m, &buttons), now);
	} else {
		size_t beginning = m.size < MOST_SPLIT ? m.size : (size_t)MOST_SPLIT;

		split_free(&split);
		split_text(&split, m.text, beginning, m.markdown, LIMIT - MARGIN, BEGINNING);
		queue_document(row, &m, split.count ? split.parts[0] : "",
			buttons_of(row, &m, &buttons), now);
	}
	split_free(&split);
	str_free(&buttons);
	message_free(&m);
}

static char *read_result(int64_t id, size_t *n)
{
	struct result_part part;
	struct job job;

	if (job_get(id, &job) < 0)
		return NULL;
	if (result_part(job.id, job.attempt, RESULT_STDOUT, 0, SIZE_MAX / 2, &part) < 0)
		warn("%s", result_error());
	job_free(&job);
	if (part.data && !part.n) {
		free(part.data);
		part.data = NULL;
	}
	*n = part.n;
	return part.data;
}

char *message_document(const struct outbox_row *row, size_t *n)
{
	char *data = outbox_attachment(row, n);

	return data || !row->job ? data : read_result(row->job, n);
}
