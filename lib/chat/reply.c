/* turn: one message being answered */
#include "chat/reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/failpoint.h"
#include "base/text.h"
#include "base/utf8.h"
#include "run/cancel.h"
#include "service/runner.h"
#include "store/delivery.h"

void turn_say(struct turn *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	str_addv(&t->text, fmt, args);
	va_end(args);
}

void turn_say_no(struct turn *t, const char *fmt, ...)
{
	va_list args;

	t->no = 1;
	va_start(args, fmt);
	str_addv(&t->text, fmt, args);
	va_end(args);
}

void turn_say_text(struct turn *t, const char *text, size_t n)
{
	text_clean(&t->text, text, n);
}

void turn_say_line(struct turn *t, const char *text, size_t n, size_t characters)
{
	struct str clean = { 0 };
	size_t at = 0, count = 0;
	int blank = 1; /* also before the first: runs of blanks are one */

	str_add(&clean, "");
	text_clean(&clean, text, n);
	while (clean.len && strchr(" \t\n", clean.data[clean.len - 1]))
		clean.len--;
	while (at < clean.len && count < characters) {
		uint32_t cp;
		size_t length = utf8_decode(clean.data + at, clean.len - at, &cp);
		int is_blank = cp == ' ' || cp == '\n' || cp == '\t';

		if (!is_blank)
			str_addn(&t->text, clean.data + at, length);
		else if (!blank)
			str_addc(&t->text, ' ');
		count += !is_blank || !blank;
		blank = is_blank;
		at += length;
	}
	if (at < clean.len)
		str_add(&t->text, "...");
	str_free(&clean);
}

void turn_button(struct turn *t, const char *label, const char *command, int64_t job)
{
	str_addf(&t->buttons, "%s\t%s %lld\n", label, command, (long long)job);
}

static void add(int64_t **list, size_t *count, int64_t id)
{
	*list = mem_resize(*list, *count + 1, sizeof(**list));
	(*list)[(*count)++] = id;
}

void turn_has_seen(struct turn *t, const struct job *job)
{
	if (job->status == JOB_FAILED && job->acknowledged_at < 0)
		add(&t->seen, &t->seen_count, job->id);
}

void turn_signal(struct turn *t, int64_t job)
{
	add(&t->signals, &t->signal_count, job);
}

int64_t turn_deadline(void)
{
	return config_duration("BGJOB_SOFT_DEADLINE", 8 * CLOCK_SECOND);
}

void turn_queue(struct turn *t)
{
	while (t->target && t->text.len && t->text.data[t->text.len - 1] == '\n')
		t->text.data[--t->text.len] = '\0';
	struct delivery_new d = { .kind = t->job ? DELIVERY_ACK : DELIVERY_REPLY,
		.target = t->target,
		.job = t->job,
		.markdown = t->markdown,
		.text = t->text.data,
		.buttons = t->buttons.data,
		.reply_to = t->reply_to };

	if (!t->target || !t->text.len)
		return;
	/* if the job ends before, the store drops it: then the result is the answer */
	if (t->job && t->detach == WORKFLOW_AUTO && !t->named)
		d.not_before = t->now + turn_deadline();
	delivery_queue(&d, t->now);
	t->messages = 1;
}

void turn_follow(struct turn *t)
{
	for (size_t i = 0; i < t->signal_count; i++)
		cancel_signal(t->signals[i]);
	failpoint("chat-signalled");
	if (t->runner)
		t->runner = runner_ensure();
	if (t->messages)
		runner_ensure_notifier();
	if (t->seen_count)
		job_acknowledge(t->seen, t->seen_count, t->now);
}

void turn_free(struct turn *t)
{
	str_free(&t->text);
	str_free(&t->buttons);
	free(t->signals);
	free(t->seen);
	*t = (struct turn){ 0 };
}
