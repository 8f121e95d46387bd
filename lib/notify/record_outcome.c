/* record_outcome: what happens after a message was sent or refused */
#include "notify/record_outcome.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/str.h"
#include "db/db.h"
#include "notify/send.h"
#include "store/outbox.h"
#include "store/target.h"

enum { EXEC_TRIES = 20 };

/* added to a time that Telegram names: its clock and ours may differ */
#define AFTER_FLOOD INT64_C(100)
#define GIVE_UP (7 * CLOCK_DAY)

/*
 * one second, doubled with each failure in a row up to `most`, less a random part of up to a
 * quarter
 */
static int64_t gate_backoff(const char *gate, int64_t most)
{
	int64_t delay = CLOCK_SECOND;
	uint32_t draw = 0;

	for (int64_t n = outbox_failures(gate); n > 0 && delay < most; n--)
		delay *= 2;
	if (delay > most)
		delay = most;
	if (getrandom(&draw, sizeof(draw), GRND_NONBLOCK) != sizeof(draw))
		draw = 0;
	return delay - (int64_t)((double)delay / 4 * draw / UINT32_MAX);
}

static int64_t retry_at(const struct sending *s, int64_t now)
{
	int64_t most;

	if (s->outcome.after_ms > 0)
		return now + s->outcome.after_ms + AFTER_FLOOD;
	most = target_is_telegram(s->row.target) ? CLOCK_MINUTE / 2 : CLOCK_HOUR;
	return now + gate_backoff(s->row.receiver, most);
}

/* a program that always fails, a host that never answers: at some point a person has to look */
static int hopeless(const struct outbox_row *row, int64_t now)
{
	switch (target_kind(row->target)) {
	case TARGET_EXEC: return row->tries + 1 >= EXEC_TRIES;
	case TARGET_WEBHOOK:
	case TARGET_MAIL: return now - row->created_at > GIVE_UP;
	default: return 0;
	}
}

static void again(const struct sending *s, int64_t now)
{
	char error[OUTCOME_REASON + 32];

	if (s->row.kind == DELIVERY_CALLBACK && !s->outcome.after_ms) {
		outbox_dropped(&s->row, s->outcome.reason);
	} else if (hopeless(&s->row, now)) {
		snprintf(error, sizeof(error), "given up: %s", s->outcome.reason);
		outbox_dead(&s->row, error);
		if (!db_failing())
			warn("message %lld to %s: %s", (long long)s->row.id, s->row.target, error);
	} else {
		outbox_again(&s->row, s->row.receiver, retry_at(s, now), s->outcome.reason);
	}
}

static void uncertain(const struct sending *s, int64_t now)
{
	if (s->row.kind == DELIVERY_CALLBACK)
		outbox_dropped(&s->row, s->outcome.reason);
	else
		outbox_uncertain(&s->row, retry_at(s, now), s->outcome.reason);
}

/* nothing can be sent until a setting is changed */
static void unauthorized(const struct sending *s, int64_t now)
{
	int telegram = target_is_telegram(s->row.target);
	const char *gate = telegram ? OUTBOX_TELEGRAM : s->row.receiver;
	int first = !outbox_failures(gate);

	outbox_again(&s->row, gate, now + gate_backoff(gate, 5 * CLOCK_MINUTE), s->outcome.reason);
	if (first && !db_failing())
		warn("%s: %s", telegram ? "telegram" : s->row.target, s->outcome.reason);
}

static void refused(const struct sending *s)
{
	if (s->row.plain) {
		outbox_dead(&s->row, s->outcome.reason);
		return;
	}
	outbox_plain(&s->row, s->outcome.reason);
	if (!db_failing())
		warn("message %lld is sent again as plain text: %s", (long long)s->row.id,
			s->outcome.reason);
}

static void moved(const struct sending *s, int64_t now)
{
	char to[32];

	snprintf(to, sizeof(to), "telegram:%lld", (long long)s->outcome.migrate_to);
	/* a chat that moved to itself would be moved for ever */
	if (strcmp(to, s->row.receiver) == 0)
		again(s, now);
	else
		outbox_moved(&s->row, to);
}

void record_outcome(const struct sending *s, int64_t now)
{
	switch (s->outcome.kind) {
	case OUTCOME_SENT: outbox_sent(&s->row, s->outcome.message_id, now); break;
	case OUTCOME_AGAIN:
	case OUTCOME_CONFLICT: again(s, now); break;
	case OUTCOME_UNCERTAIN: uncertain(s, now); break;
	case OUTCOME_REFUSED: refused(s); break;
	case OUTCOME_DEAD:
		outbox_dead(&s->row, s->outcome.reason);
		if (!db_failing())
			warn("message %lld to %s is dead: %s", (long long)s->row.id, s->row.target,
				s->outcome.reason);
		break;
	case OUTCOME_MOVED: moved(s, now); break;
	case OUTCOME_UNAUTHORIZED: unauthorized(s, now); break;
	}
}
