/* dispatch: messages from the outbox to their receivers, several at once */
#include "chat/dispatch.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/str.h"
#include "chat/send.h"
#include "chat/settle_message.h"
#include "net/http.h"
#include "net/telegram.h"
#include "store/db.h"
#include "store/outbox.h"

enum { AT_ONCE = DISPATCH_AT_ONCE };

/* one message at a time to each receiver keeps their order */
static int is_busy(const struct dispatch *d, const char *receiver)
{
	const struct sending *s = d->first;

	while (s && (s->done || strcmp(s->row.receiver, receiver) != 0))
		s = s->next;
	return s != NULL;
}

int dispatch_due(struct dispatch *d, int64_t now, int64_t *at)
{
	char receiver[OUTBOX_RECEIVER] = "";
	struct outbox_row row;
	int64_t next;

	*at = INT64_MAX;
	if (d->stop || d->count >= AT_ONCE)
		return 0;
	while (outbox_receiver(receiver, receiver) == 0) {
		if (is_busy(d, receiver))
			continue;
		if (outbox_next(receiver, now, &row, &next) == 0) {
			outbox_free(&row);
			return 1;
		}
		if (next <= now)
			return 1;
		if (next < *at)
			*at = next;
	}
	return 0;
}

struct work {
	struct dispatch *d;
	struct sending *taken; /* new ones; not in the notifier's list before the commit */
	int count;
	int64_t now;
};

static void take(struct work *w, struct outbox_row *row)
{
	struct sending *s = mem_zero(1, sizeof(*s));

	s->row = *row;
	s->pidfd = -1;
	send_prepare(s, w->now);
	if (!outbox_take(&s->row, w->now)) {
		send_free(s);
		return;
	}
	s->next = w->taken;
	w->taken = s;
	w->count++;
}

static void take_all(struct work *w)
{
	char receiver[OUTBOX_RECEIVER] = "";
	struct outbox_row row;
	int64_t at;

	while (!w->d->stop && w->d->count + w->count < AT_ONCE &&
		outbox_receiver(receiver, receiver) == 0)
		if (!is_busy(w->d, receiver) && outbox_next(receiver, w->now, &row, &at) == 0)
			take(w, &row);
}

static void drop(struct sending *list)
{
	while (list) {
		struct sending *next = list->next;

		send_free(list);
		list = next;
	}
}

/* out of the list: what is settled */
static void remove_done(struct dispatch *d)
{
	struct sending **link = &d->first;

	while (*link) {
		struct sending *s = *link;

		if (!s->done) {
			link = &s->next;
			continue;
		}
		*link = s->next;
		d->count--;
		send_free(s);
	}
}

static int any_done(const struct dispatch *d)
{
	const struct sending *s = d->first;

	while (s && !s->done)
		s = s->next;
	return s != NULL;
}

/* one transaction: what has ended is settled, and whoever is free gets the next message */
static void settle_and_take(void *arg)
{
	struct work *w = arg;

	for (struct sending *s = w->d->first; s; s = s->next)
		if (s->done)
			settle_message(s, w->now);
	watched_settle(&w->d->watched, w->now);
	take_all(w);
	failpoint("notify-taken");
}

static void start_all(struct dispatch *d, struct sending *list)
{
	while (list) {
		struct sending *s = list;

		list = s->next;
		s->next = d->first;
		d->first = s;
		d->count++;
		send_start(s, d->http, d->telegram, d->why.data);
	}
}

int dispatch_run(struct dispatch *d)
{
	struct work w = { .d = d, .now = clock_now() };

	if (any_done(d))
		failpoint("notify-answered");
	if (db_try(settle_and_take, &w) < 0) {
		drop(w.taken);
		return -1;
	}
	failpoint("notify-committed");
	remove_done(d);
	watched_forget(&d->watched);
	start_all(d, w.taken);
	failpoint("notify-started");
	return 0;
}

int dispatch_ended(struct dispatch *d)
{
	return any_done(d) || watched_any_ended(&d->watched);
}

unsigned dispatch_poll(const struct dispatch *d, struct pollfd *fds, int64_t *deadline)
{
	unsigned count = 0;

	for (const struct sending *s = d->first; s; s = s->next) {
		if (!s->child || s->done)
			continue;
		if (s->deadline < *deadline)
			*deadline = s->deadline;
		fds[count++] = (struct pollfd){ .fd = s->pidfd, .events = POLLIN };
	}
	return count;
}

void dispatch_reap(struct dispatch *d)
{
	for (struct sending *s = d->first; s; s = s->next)
		if (s->child && !s->done)
			send_reap(s);
}

void dispatch_free(struct dispatch *d)
{
	http_free(d->http);
	telegram_free(d->telegram);
	drop(d->first);
	watched_free(&d->watched);
	str_free(&d->why);
	*d = (struct dispatch){ 0 };
}
