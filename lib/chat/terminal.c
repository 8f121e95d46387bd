/* terminal: the chat on a terminal */
#include "chat/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/access.h"
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/out.h"
#include "chat/line_editor.h"
#include "chat/notices.h"
#include "chat/route.h"
#include "db/db.h"
#include "db/home.h"
#include "service/events.h"
#include "service/farewell.h"

void terminal_turn(struct reply *reply, const char *user, const char *target)
{
	static struct str by;

	*reply = (struct reply){ .user = user,
		.role = access_local(user),
		.target = target,
		.now = clock_now() };
	str_clear(&by);
	str_addf(&by, "%s%s", strcmp(user, access_owner()) == 0 ? "" : "user ", user);
	reply->by = by.data;
}

void terminal_say(struct reply *reply, const char *text, int interrupt)
{
	db_begin();
	route_text(reply, NULL, text);
	failpoint("chat-acted");
	/*
	 * without a descriptor for signals they end us, but first a message names the job that was
	 * started
	 */
	if (interrupt < 0)
		farewell_hold();
	db_commit();
	failpoint("chat-committed");
	if (interrupt < 0 && reply->job && !reply->target)
		farewell_to(reply->job);
	else if (interrupt < 0)
		farewell_release();
	reply_follow(reply);
	reply_await(reply, interrupt);
	if (!reply->target && reply->text.len) {
		out_raw(reply->text.data, reply->text.len);
		out_flush();
	}
}

/* ---- the conversation ---- */

struct conversation {
	struct notices notices;
	struct line_editor_watch watch;
};

static void news(struct str *text, void *arg)
{
	struct conversation *c = arg;

	if (c->watch.wake >= 0)
		home_watched(c->watch.wake);
	notices_read(&c->notices, text);
}

static void answer_line(struct conversation *c, const char *text)
{
	struct reply reply;

	terminal_turn(&reply, access_owner(), NULL);
	terminal_say(&reply, text, c->watch.signals);
	if (reply.ended)
		c->notices.silent = reply.job;
	reply_free(&reply);
}

static void greet(int colour)
{
	static const char text[] = "/help lists the commands; /quit or ^D ends the chat.";

	printf(colour ? "\033[2m%s\033[0m\n" : "%s\n", text);
	fflush(stdout);
}

void terminal_chat(void)
{
	struct conversation c = { .watch = { .news = news } };
	struct line_editor *line;
	char *text;

	c.watch.wake = home_watch();
	c.watch.signals = events_signals();
	c.watch.arg = &c;
	notices_start(&c.notices, access_owner());
	greet(c.notices.colour);
	line = line_editor_new(&c.watch);
	while ((text = line_editor_read(line)) && strcmp(text, "/quit") != 0) {
		if (*text)
			answer_line(&c, text);
		/* a ^C that ended the wait is used up */
		events_drain(c.watch.signals);
		free(text);
	}
	free(text);
	line_editor_free(line);
	close(c.watch.signals);
	if (c.watch.wake >= 0)
		close(c.watch.wake);
}
