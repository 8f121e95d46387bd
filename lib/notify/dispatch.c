/* dispatch: messages from the outbox to their receivers, several at once */
#include "notify/dispatch.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/str.h"
#include "db/db.h"
#include "net/http.h"
#include "net/telegram.h"
#include "notify/record_outcome.h"
#include "notify/send.h"
#include "service/loop.h"
#include "store/outbox.h"
#include "store/target.h"

enum {
	AT_ONCE = DISPATCH_AT_ONCE,
	/* limit for Telegram and for the others: if one kind hangs, the other must not wait */
	OF_A_KIND = AT_ONCE - AT_ONCE / 4,
	/* each takes up to 50 MB of memory, twice that while it is made */
	DOCUMENTS = 2,
	SOON = 5000 /* ms */
};

/* one message at a time to each receiver, to keep their order */
static int is_busy(const struct sending *list, const char *receiver)
{
	while (list && (list->done || strcmp(list->row.receiver, receiver) != 0))
		list = list->next;
	return list != NULL;
}

/*
 * The receivers in turn: first those with something urgent, then all others, starting after the
 * one that was served last, so that none waits until those before it have got everything.
 */
struct pass {
	enum { URGENT, BEHIND_LAST, UP_TO_LAST, OVER } step;
	char receiver[OUTBOX_RECEIVER];
};

/* the next receiver within the current step */
static int step_receiver(struct pass *r, const char *last, int64_t now, int64_t *at)
{
	for (;;) {
		int found = r->step == URGENT ? outbox_urgent(r->receiver, r->receiver)
					      : outbox_receiver(r->receiver, r->receiver);
		int64_t opens;

		if (found < 0 || (r->step == UP_TO_LAST && strcmp(r->receiver, last) > 0))
			return -1;
		if (!target_is_telegram(r->receiver))
			return 0;
		opens = outbox_telegram_opens(now);
		if (opens <= now)
			return 0;
		if (opens < *at)
			*at = opens;
		/* sorts after all chats, of which there may be thousands */
		strcpy(r->receiver, OUTBOX_TELEGRAM "~");
	}
}

/* Returns 0, or -1 at the end. Moves *at forward to when a skipped receiver can be served. */
static int next_receiver(struct pass *r, const char *last, int64_t now, int64_t *at)
{
	while (r->step < OVER) {
		if (step_receiver(r, last, now, at) == 0)
			return 0;
		r->step++;
		snprintf(r->receiver, sizeof(r->receiver), "%s",
			r->step == BEHIND_LAST ? last : "");
	}
	return -1;
}

static int of_kind(const struct sending *list, int telegram)
{
	int count = 0;

	for (; list; list = list->next)
		count += !list->done && target_is_telegram(list->row.receiver) == telegram;
	return count;
}

static int documents(const struct sending *list)
{
	int count = 0;

	for (; list; list = list->next)
		count += !list->done && list->row.document;
	return count;
}

/*
 * As outbox_next(), but nothing that has to wait for another message to finish. taken: sent after
 * the commit.
 */
static int next_for(const struct dispatch *d, const struct sending *taken, const char *receiver,
	int64_t now, struct outbox_row *row, int64_t *at)
{
	int telegram = target_is_telegram(receiver);

	*at = INT64_MAX;
	if (is_busy(d->first, receiver) || is_busy(taken, receiver) ||
		of_kind(d->first, telegram) + of_kind(taken, telegram) >= OF_A_KIND ||
		outbox_next(receiver, now, row, at) < 0)
		return -1;
	if (!row->document || documents(d->first) + documents(taken) < DOCUMENTS)
		return 0;
	outbox_free(row);
	*at = INT64_MAX;
	return -1;
}

int dispatch_due(struct dispatch *d, int64_t now, int64_t *at)
{
	struct pass r = { .step = URGENT };
	struct outbox_row row;
	int64_t next;

	*at = INT64_MAX;
	if (d->stop || d->count >= AT_ONCE)
		return 0;
	while (next_receiver(&r, d->last, now, at) == 0) {
		if (next_for(d, NULL, r.receiver, now, &row, &next) == 0) {
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

int dispatch_soon(const struct dispatch *d, int64_t now)
{
	char receiver[OUTBOX_RECEIVER] = "";
	struct outbox_row row;
	int64_t at;

	while (!d->stop && outbox_receiver(receiver, receiver) == 0) {
		int telegram = target_is_telegram(receiver);

		if (outbox_failures(receiver) || (telegram && outbox_failures(OUTBOX_TELEGRAM)))
			continue;
		if (outbox_next(receiver, now, &row, &at) == 0)
			outbox_free(&row);
		else if (at - now > SOON)
			continue;
		return 1;
	}
	return 0;
}

struct work {
	struct dispatch *d;
	struct sending *taken; /* new ones; they join the dispatch's list after the commit */
	int count;
	int64_t now;
};

static void take_row(struct work *w, struct outbox_row *row)
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
	char last[OUTBOX_RECEIVER];
	struct pass r = { .step = URGENT };
	struct outbox_row row;
	int64_t at = INT64_MAX, next;

	snprintf(last, sizeof(last), "%s", w->d->last);
	while (!w->d->stop && w->d->count + w->count < AT_ONCE &&
		next_receiver(&r, last, w->now, &at) == 0)
		if (next_for(w->d, w->taken, r.receiver, w->now, &row, &next) == 0) {
			take_row(w, &row);
			/* urgent messages do not count as a turn */
			if (r.step != URGENT)
				snprintf(w->d->last, sizeof(w->d->last), "%s", r.receiver);
		}
}

static void unwatch(struct dispatch *d, struct sending *s)
{
	loop_remove(d->loop, s->source);
	s->source = NULL;
}

static void drop(struct dispatch *d, struct sending *list)
{
	while (list) {
		struct sending *next = list->next;

		unwatch(d, list);
		send_free(list);
		list = next;
	}
}

/* remove what is settled from the list */
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
		unwatch(d, s);
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

/* one transaction: settle what has ended, and take the next message for each free receiver */
static void settle_and_take(void *arg)
{
	struct work *w = arg;

	for (struct sending *s = w->d->first; s; s = s->next)
		if (s->done)
			record_outcome(s, w->now);
	process_watch_settle(&w->d->watched, w->now);
	outbox_follow();
	take_all(w);
	failpoint("notify-taken");
}

/* dispatch_reap() does the rest */
static void on_end(void *arg, int events)
{
	(void)arg;
	(void)events;
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
		if (s->pidfd >= 0)
			s->source = loop_add(d->loop, s->pidfd, POLLIN, on_end, NULL);
	}
}

int dispatch_run(struct dispatch *d)
{
	struct work w = { .d = d, .now = clock_now() };

	if (any_done(d))
		failpoint("notify-answered");
	if (db_try(settle_and_take, &w) < 0) {
		drop(d, w.taken);
		return -1;
	}
	failpoint("notify-committed");
	remove_done(d);
	process_watch_forget(&d->watched);
	start_all(d, w.taken);
	failpoint("notify-started");
	return 0;
}

int dispatch_ended(struct dispatch *d)
{
	return any_done(d) || process_watch_any_ended(&d->watched);
}

int64_t dispatch_deadline(const struct dispatch *d)
{
	int64_t deadline = INT64_MAX;

	for (const struct sending *s = d->first; s; s = s->next)
		if (s->child && !s->done && s->deadline < deadline)
			deadline = s->deadline;
	return deadline;
}

void dispatch_reap(struct dispatch *d)
{
	for (struct sending *s = d->first; s; s = s->next) {
		if (!s->child || s->done)
			continue;
		send_reap(s);
		if (s->done)
			unwatch(d, s);
	}
}

void dispatch_free(struct dispatch *d)
{
	http_free(d->http);
	telegram_free(d->telegram);
	drop(d, d->first);
	process_watch_free(&d->watched);
	str_free(&d->why);
	*d = (struct dispatch){ 0 };
}
