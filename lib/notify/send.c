/* send: one message on its way to its receiver */
#include "notify/send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "net/http.h"
#include "net/mail.h"
#include "net/webhook.h"
#include "notify/event_json.h"
#include "notify/message.h"
#include "store/job.h"
#include "store/target.h"

enum { MOST_PLAIN = 4 << 20, MOST_TTY = 16 << 10 };

static void copy_text(struct sending *s, size_t most)
{
	s->body = message_plain(&s->row, most);
	s->size = strlen(s->body);
}

static void prepare_exec(struct sending *s)
{
	struct str number = { 0 };
	struct job job;

	copy_text(s, MOST_PLAIN);
	if (!s->row.job || job_get(s->row.job, &job) < 0)
		return;
	str_addf(&number, "%lld", (long long)job.id);
	s->job[0] = str_take(&number);
	s->job[1] = mem_dup(job_status_name(job.status));
	s->job[2] = mem_dup(job.label);
	job_free(&job);
}

/* the title is also the subject */
static void prepare_mail(struct sending *s)
{
	struct message m;

	copy_text(s, MOST_PLAIN);
	if (s->row.title)
		return;
	message_make(&s->row, 0, 0, &m);
	s->row.title = m.title;
	m.title = NULL;
	message_free(&m);
}

void send_prepare(struct sending *s, int64_t now)
{
	snprintf(s->event, sizeof(s->event), "%s", event_json_name(&s->row));
	switch (target_kind(s->row.target)) {
	case TARGET_TELEGRAM:
		if (s->row.kind != DELIVERY_CALLBACK)
			message_expand(&s->row, now);
		if (s->row.document)
			s->body = message_document(&s->row, &s->size);
		break;
	case TARGET_WEBHOOK:
		s->body = event_json(&s->row);
		s->size = strlen(s->body);
		break;
	case TARGET_MAIL: prepare_mail(s); break;
	case TARGET_EXEC: prepare_exec(s); break;
	case TARGET_TTY: copy_text(s, MOST_TTY); break;
	}
}

static void send_webhook(struct sending *s, struct http *http)
{
	char id[24];

	snprintf(id, sizeof(id), "%lld", (long long)s->row.id);
	struct webhook w = { .url = s->row.target,
		.event = s->event,
		.id = id,
		.json = s->body,
		.size = s->size };
	webhook_start(http, &w, (struct outcome_call){ sending_outcome, s });
}

static void send_mail(struct sending *s, struct http *http)
{
	char id[24];

	snprintf(id, sizeof(id), "%lld", (long long)s->row.id);
	struct mail m = { .to = s->row.target + strlen("mailto:"),
		.subject = s->row.title,
		.text = s->body,
		.size = s->size,
		.id = id,
		.date = s->row.created_at };
	mail_start(http, &m, (struct outcome_call){ sending_outcome, s });
}

void send_start(struct sending *s, struct http *http, struct telegram *telegram, const char *why)
{
	switch (target_kind(s->row.target)) {
	case TARGET_TELEGRAM: send_telegram(s, telegram, why); break;
	case TARGET_WEBHOOK: send_webhook(s, http); break;
	case TARGET_MAIL: send_mail(s, http); break;
	case TARGET_EXEC: send_exec(s); break;
	case TARGET_TTY: send_tty(s); break;
	default: sending_finish(s, OUTCOME_DEAD, "not a target");
	}
}

void send_free(struct sending *s)
{
	if (s->pidfd >= 0)
		close(s->pidfd);
	outbox_free(&s->row);
	free(s->body);
	for (int i = 0; i < 3; i++)
		free(s->job[i]);
	free(s);
}
