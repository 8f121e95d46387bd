/* updates: the service that receives a bot's messages */
#include "chat/updates.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/failpoint.h"
#include "base/str.h"
#include "chat/menu.h"
#include "chat/telegram_intake.h"
#include "db/db.h"
#include "db/home.h"
#include "net/http.h"
#include "net/telegram.h"
#include "net/telegram_token.h"
#include "service/loop.h"
#include "store/bot.h"
#include "store/inbox.h"

enum {
	POLL = 50,            /* seconds */
	FIRST_PAUSE = 250,    /* ms, doubled after each failure ... */
	PAUSE = 10000,        /* ... up to this, */
	TOKEN_PAUSE = 300000, /* or this, if a person has to act */
	OFFER = 30000,        /* ms without progress by their handlers */
	MENU = 60000,         /* ms between tries to set the menu */
	QUIET = 3             /* network failures that are not reported */
};

/* After a week without updates, their numbers start again at a random one (Bot API, "Update"). */
static const int64_t numbers_last = 6 * CLOCK_DAY;

/* What is wrong; reported when it starts and when it ends. */
enum trouble { NONE, NETWORK, STORE, TOKEN, POLLERS, WEBHOOK, REFUSAL };

struct poller {
	int once, done; /* done: the only call has ended */
	int stop, status;
	int64_t bot;
	char *source;
	struct http *http;
	struct telegram *telegram;
	int waiting;               /* a call is in progress */
	int has_webhook;           /* delete it first */
	int64_t offset, newest;    /* of the next call; time of the last update */
	int64_t call_at, offer_at; /* clock_boot(); offer_at 0: nothing waits */
	int64_t menu_at;           /* clock_boot(); -1: the menu is set */
	unsigned failures;         /* in a row */
	enum trouble trouble;
	int said_error;
	struct str lines; /* not written yet */
	struct loop *loop;
	struct loop_source *out; /* stdout; NULL: a file, which is always writable */
};

static void set_trouble(struct poller *p, enum trouble now, const char *text)
{
	if (now == p->trouble)
		return;
	if (now != NONE)
		warn("%s%s", text, p->once ? "" : "; trying again");
	else
		warn("receiving messages again");
	p->trouble = now;
	bot_set_trouble(p->bot, now == NONE ? NULL : text, clock_now());
}

static void pause_for(struct poller *p, int64_t most, int64_t at_least)
{
	int64_t pause = FIRST_PAUSE;

	for (unsigned i = 0; i < p->failures && pause < most; i++)
		pause *= 2;
	if (pause > most)
		pause = most;
	p->failures++;
	p->call_at = clock_boot() + (pause > at_least ? pause : at_least);
}

static void succeeded(struct poller *p)
{
	p->failures = 0;
	set_trouble(p, NONE, NULL);
}

static void failed(struct poller *p, const struct outcome *o)
{
	enum trouble trouble = REFUSAL;
	struct str text = { 0 };
	int64_t wait = o->after_ms ? o->after_ms + 100 : 0;

	if (o->kind == OUTCOME_UNAUTHORIZED) {
		trouble = TOKEN;
		str_addf(&text,
			"Telegram rejects the token (%s): set BGJOB_TELEGRAM_TOKEN to the one that "
			"@BotFather shows, then restart",
			o->reason);
	} else if (o->kind == OUTCOME_CONFLICT && strcasestr(o->reason, "webhook")) {
		trouble = WEBHOOK;
		p->has_webhook = 1;
		str_addf(&text, "the bot has a webhook (%s): deleting it", o->reason);
	} else if (o->kind == OUTCOME_CONFLICT) {
		trouble = POLLERS;
		str_addf(&text, "another program polls this bot (%s): stop it", o->reason);
	} else if (o->kind == OUTCOME_AGAIN || o->kind == OUTCOME_UNCERTAIN) {
		trouble = NETWORK;
		str_addf(&text, "no answer from Telegram: %s", o->reason);
	} else {
		str_addf(&text, "Telegram refuses to deliver updates: %s",
			*o->reason ? o->reason : "unexpected answer");
	}
	pause_for(p, trouble == TOKEN ? TOKEN_PAUSE : PAUSE, wait);
	/* a lost connection now and then is not worth reporting */
	if (trouble != NETWORK || p->failures > QUIET || wait >= PAUSE || p->once)
		set_trouble(p, trouble, text.data);
	str_free(&text);
}

static void offer_later(struct poller *p)
{
	if (!p->offer_at)
		p->offer_at = clock_boot() + OFFER;
}

static void take_updates(struct poller *p, const struct outcome *o)
{
	struct outcome refusal = { .kind = OUTCOME_DEAD };
	struct telegram_intake in = { 0 };

	if (o->result &&
		telegram_intake_store(p->source, o->result, o->result_size, &p->lines, &in) < 0) {
		pause_for(p, PAUSE, 0);
		set_trouble(p, STORE, db_error());
		return;
	}
	failpoint("updates-stored");
	if (in.stored)
		offer_later(p);
	if (in.next) {
		p->offset = in.next;
		p->newest = clock_now();
	} else if (!o->result || in.count) {
		failed(p, &refusal); /* they would come again and again */
		return;
	}
	p->status = EXIT_DONE;
	succeeded(p);
}

static void on_updates(void *arg, const struct outcome *o)
{
	struct poller *p = arg;

	p->waiting = 0;
	if (p->stop)
		return;
	if (o->kind == OUTCOME_SENT)
		take_updates(p, o);
	else
		failed(p, o);
	/* if the bot had a webhook, ask once more */
	p->done = p->once && !(p->has_webhook && p->failures == 1);
}

static void on_webhook(void *arg, const struct outcome *o)
{
	struct poller *p = arg;

	p->waiting = 0;
	if (p->stop)
		return;
	if (o->kind == OUTCOME_SENT) {
		p->has_webhook = 0;
		p->call_at = 0;
		return;
	}
	failed(p, o);
	p->done = p->once;
}

static void on_menu(void *arg, const struct outcome *o)
{
	struct poller *p = arg;

	if (p->stop || o->kind == OUTCOME_SENT)
		return;
	p->menu_at = clock_boot() + MENU;
	if (o->kind == OUTCOME_DEAD || o->kind == OUTCOME_REFUSED) {
		p->menu_at = -1;
		warn("cannot set the menu of commands: %s", o->reason);
	}
}

static void set_menu(struct poller *p)
{
	p->menu_at = -1;
	menu_set(p->telegram, (struct outcome_call){ on_menu, p });
}

static void call(struct poller *p)
{
	int64_t idle = clock_now() - p->newest;
	int64_t offset = idle < numbers_last ? p->offset : 0;

	if (p->waiting || p->done || clock_boot() < p->call_at)
		return;
	p->waiting = 1;
	if (p->has_webhook) {
		telegram_delete_webhook(p->telegram, (struct outcome_call){ on_webhook, p });
		return;
	}
	telegram_get_updates(p->telegram, offset, p->once ? 0 : POLL,
		(struct outcome_call){ on_updates, p });
	if (p->menu_at >= 0 && clock_boot() >= p->menu_at && p->failures == 0)
		set_menu(p);
}

/*
 * Write whole lines, as many as the pipe takes without blocking (pipe(7): if poll(2) calls it
 * writable, it takes PIPE_BUF bytes). A reader that hangs must not keep us from storing updates or
 * from stopping.
 */
static void write_lines(struct poller *p)
{
	while (p->lines.len > 0) {
		struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
		size_t n = p->lines.len;
		ssize_t done;

		if (poll(&out, 1, 0) <= 0)
			return;
		if (n > PIPE_BUF) {
			n = PIPE_BUF;
			while (p->lines.data[n - 1] != '\n')
				n--;
		}
		done = write(STDOUT_FILENO, p->lines.data, n);
		if (done < 0 && (errno == EINTR || errno == EAGAIN))
			return;
		if (done < 0 && errno == EPIPE) {
			p->status = 128 + SIGPIPE;
			p->stop = 1;
			return;
		}
		if (done < 0)
			die_errno("cannot write");
		failpoint("updates-printed");
		memmove(p->lines.data, p->lines.data + done, p->lines.len - (size_t)done + 1);
		p->lines.len -= (size_t)done;
	}
}

/* Print unhandled messages again, unless earlier lines have not been read yet. */
static void offer_lines(struct poller *p, int64_t pause)
{
	int64_t waiting = p->lines.len > 0 ? 1 : telegram_intake_offer(pause, &p->lines);

	warn_once(&p->said_error, waiting < 0, "will try again: ", waiting < 0 ? db_error() : "");
	p->offer_at = waiting ? clock_boot() + OFFER : 0;
}

static void on_signal(void *arg)
{
	struct poller *p = arg;

	p->stop = 1;
}

static void on_out(void *arg, int events)
{
	struct poller *p = arg;

	if (!(events & (POLLERR | POLLHUP)))
		return;
	/* the reader is gone; lines that it did not read are printed again at the next start */
	p->status = 128 + SIGPIPE;
	p->stop = 1;
}

static int wait_with_curl(void *arg, struct pollfd *fds, unsigned count, int timeout_ms)
{
	const struct poller *p = arg;

	return http_wait(p->http, fds, count, timeout_ms);
}

static void updates_sleep(struct poller *p)
{
	if (!p->waiting && !p->done)
		loop_wake_by(p->loop, p->call_at);
	if (!p->done)
		loop_wake_by(p->loop, p->offer_at);
	loop_change(p->loop, p->out, p->lines.len ? POLLOUT : 0);
	loop_wait(p->loop);
}

static void start_poller(struct poller *p, const char *token)
{
	struct loop_options options = { .on_signal = on_signal,
		.arg = p,
		.wait = wait_with_curl,
		.wait_arg = p };
	struct str why = { 0 };
	int64_t newest;

	p->http = http_new();
	p->telegram = telegram_new(p->http, token, &why);
	if (!p->telegram)
		die_usage("%s", why.data);
	p->loop = loop_new(&options);
	p->out = loop_add(p->loop, STDOUT_FILENO, 0, on_out, p);
	p->source = bot_source(p->bot);
	p->offset = inbox_last(p->source, &newest);
	p->offset += p->offset != 0;
	p->newest = newest;
	/* trouble recorded by an earlier process may be over; the first answer will show */
	bot_set_trouble(p->bot, NULL, 0);
	offer_lines(p, 0);
	loop_ready(p->loop);
}

static void finish_poller(struct poller *p)
{
	loop_stopping(p->loop);
	p->stop = 1; /* ending the calls in progress is not a failure */
	http_free(p->http);
	telegram_free(p->telegram);
	loop_free(p->loop);
	str_free(&p->lines);
	free(p->source);
}

int updates_run(const char *token, int once)
{
	struct poller p = { .once = once,
		.has_webhook = !once,
		.status = once ? EXIT_SYSTEM : EXIT_DONE,
		.menu_at = once ? -1 : 0,
		.bot = telegram_bot_id(token) };
	int lock;

	/* no core file and no debugger: the token is in memory */
	prctl(PR_SET_DUMPABLE, 0);
	lock = bot_lock(p.bot);
	if (lock < 0) {
		warn("another bgjob-updates polls this bot");
		return EXIT_NO;
	}
	start_poller(&p, token);
	for (;;) {
		write_lines(&p);
		if (p.stop || (p.done && !p.lines.len))
			break;
		if (p.offer_at && clock_boot() >= p.offer_at && !p.done)
			offer_lines(&p, OFFER);
		call(&p);
		updates_sleep(&p);
	}
	finish_poller(&p);
	home_unlock(lock);
	return p.status;
}
