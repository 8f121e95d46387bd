/* reply: one message being answered */
#include "chat/reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/failpoint.h"
#include "base/text.h"
#include "run/cancel.h"
#include "service/runner.h"
#include "store/delivery.h"

struct viewer reply_viewer(const struct reply *reply)
{
	return (struct viewer){ .user = reply->user, .role = reply->role, .now = reply->now };
}

void reply_say(struct reply *reply, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	str_addv(&reply->text, fmt, args);
	va_end(args);
}

void reply_say_no(struct reply *reply, const char *fmt, ...)
{
	va_list args;

	reply->no = 1;
	va_start(args, fmt);
	str_addv(&reply->text, fmt, args);
	va_end(args);
}

void reply_say_text(struct reply *reply, const char *text, size_t n)
{
	text_clean(&reply->text, text, n);
}

void reply_say_line(struct reply *reply, const char *text, size_t n, size_t characters)
{
	text_line(&reply->text, text, n, characters, TEXT_CHARACTERS);
}

void reply_button(struct reply *reply, const char *label, const char *command, int64_t job)
{
	str_addf(&reply->buttons, "%s\t%s %lld\n", label, command, (long long)job);
}

static void add_id(int64_t **list, size_t *count, int64_t id)
{
	*list = mem_resize(*list, *count + 1, sizeof(**list));
	(*list)[(*count)++] = id;
}

void reply_has_seen(struct reply *reply, const struct job *job)
{
	if (job->status == JOB_FAILED && job->acknowledged_at < 0)
		add_id(&reply->seen, &reply->seen_count, job->id);
}

void reply_signal(struct reply *reply, int64_t job)
{
	add_id(&reply->signals, &reply->signal_count, job);
}

int64_t reply_deadline(void)
{
	return config_duration("BGJOB_SOFT_DEADLINE", 8 * CLOCK_SECOND);
}

void reply_queue(struct reply *reply)
{
	while (reply->target && reply->text.len && reply->text.data[reply->text.len - 1] == '\n')
		reply->text.data[--reply->text.len] = '\0';
	struct delivery_new d = { .kind = reply->job ? DELIVERY_ACK : DELIVERY_REPLY,
		.target = reply->target,
		.job = reply->job,
		.markdown = reply->markdown,
		.text = reply->text.data,
		.buttons = reply->buttons.data,
		.reply_to = reply->reply_to };

	if (!reply->target || !reply->text.len)
		return;
	/* if the job ends earlier, the store drops this: then the result is the answer */
	if (reply->job && reply->detach == WORKFLOW_AUTO && !reply->named)
		d.not_before = reply->now + reply_deadline();
	delivery_queue(&d, reply->now);
	reply->messages = 1;
}

void reply_follow(struct reply *reply)
{
	for (size_t i = 0; i < reply->signal_count; i++)
		cancel_signal(reply->signals[i]);
	failpoint("chat-signalled");
	if (reply->runner)
		reply->runner = runner_ensure();
	if (reply->messages)
		runner_ensure_notifier();
	if (reply->seen_count)
		job_acknowledge(reply->seen, reply->seen_count, reply->now);
}

void reply_free(struct reply *reply)
{
	str_free(&reply->text);
	str_free(&reply->buttons);
	free(reply->signals);
	free(reply->seen);
	*reply = (struct reply){ 0 };
}
