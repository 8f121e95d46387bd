/* terminal: the chat on a terminal */
#include "chat/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/out.h"
#include "access/access.h"
#include "chat/route.h"
#include "chat/line_editor.h"
#include "chat/notices.h"
#include "service/events.h"
#include "db/db.h"
#include "db/home.h"

void terminal_turn(struct turn *t, const char *user, const char *target)
{
	static struct str by;

	*t = (struct turn){ .user = user,
		.role = access_local(user),
		.target = target,
		.now = clock_now() };
	str_clear(&by);
	str_addf(&by, "%s%s", strcmp(user, access_owner()) == 0 ? "" : "user ", user);
	t->by = by.data;
}

void terminal_say(struct turn *t, const char *text, int interrupt)
{
	db_begin();
	handle_text(t, NULL, text);
	failpoint("chat-acted");
	db_commit();
	failpoint("chat-committed");
	turn_follow(t);
	turn_await(t, interrupt);
	if (!t->target && t->text.len) {
		out_raw(t->text.data, t->text.len);
		out_flush();
	}
}

/* ---- the conversation ---- */

struct conversation {
	struct notices notices;
	struct line_watch watch;
};

static void news(struct str *text, void *arg)
{
	struct conversation *c = arg;

	if (c->watch.wake >= 0)
		home_watched(c->watch.wake);
	notices_read(&c->notices, text);
}

static void answer(struct conversation *c, const char *text)
{
	struct turn t;

	terminal_turn(&t, access_owner(), NULL);
	terminal_say(&t, text, c->watch.signals);
	if (t.ended)
		c->notices.silent = t.job;
	turn_free(&t);
}

static void greet(int colour)
{
	static const char text[] = "/help shows what can be said, /quit or ^D ends.";

	printf(colour ? "\033[2m%s\033[0m\n" : "%s\n", text);
	fflush(stdout);
}

void terminal_chat(void)
{
	struct conversation c = { .watch = { .news = news } };
	struct line *line;
	char *text;

	c.watch.wake = home_watch();
	c.watch.signals = events_signals();
	c.watch.arg = &c;
	notices_start(&c.notices, access_owner());
	greet(c.notices.colour);
	line = line_new(&c.watch);
	while ((text = line_read(line)) && strcmp(text, "/quit") != 0) {
		if (*text)
			answer(&c, text);
		/* a ^C that ended a wait has done its work */
		events_drain(c.watch.signals);
		free(text);
	}
	free(text);
	line_free(line);
	close(c.watch.signals);
	if (c.watch.wake >= 0)
		close(c.watch.wake);
}
