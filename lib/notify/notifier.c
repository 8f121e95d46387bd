/* notifier: sends what is in the outbox */
#include "notify/notifier.h"

#include <stdlib.h>
#include <sys/prctl.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/die.h"
#include "base/str.h"
#include "db/db.h"
#include "db/home.h"
#include "net/http.h"
#include "net/telegram.h"
#include "notify/dispatch.h"
#include "notify/process_watch.h"
#include "notify/send.h"
#include "service/loop.h"
#include "service/runner.h"
#include "store/delivery.h"
#include "store/outbox.h"

enum { PAUSE = 2000 }; /* ms */

struct notifier {
	struct dispatch dispatch;
	struct loop *loop;
	int64_t pause; /* clock_boot(): the store failed, write nothing before this time; 0: not set */
	int64_t stop; /* clock_boot(): stop at this time at the latest; 0: not asked to stop */
	int64_t idle_until; /* clock_boot(): a lingering one checks then whether to leave; 0: not set */
	int look, said_error;
	int others; /* another process has written to the store and may rely on us */
};

/* returns whether something was started or settled */
static int send_due(struct notifier *n)
{
	struct dispatch *d = &n->dispatch;
	int64_t at;

	n->look = 0;
	process_watch_look(&d->watched);
	if (!dispatch_due(d, clock_now(), &at) && !dispatch_ended(d)) {
		loop_set_due(n->loop, at == INT64_MAX ? -1 : at);
		return 0;
	}
	if (dispatch_run(d) < 0) {
		if (!n->said_error)
			warn("will try again: %s", db_error());
		n->said_error = 1;
		n->pause = clock_boot() + PAUSE;
		return 1;
	}
	n->said_error = 0;
	n->idle_until = 0;
	return 1;
}

static void set_stop(struct notifier *n)
{
	n->stop = clock_boot() + PAUSE;
	n->dispatch.stop = 1;
}

static void on_signal(void *arg)
{
	set_stop(arg);
}

static void on_commit(void *arg)
{
	struct notifier *n = arg;

	n->look = 1;
	n->others = 1;
	n->idle_until = 0;
}

static void on_due(void *arg)
{
	struct notifier *n = arg;

	n->look = 1;
}

static int wait_with_curl(void *arg, struct pollfd *fds, unsigned count, int timeout_ms)
{
	const struct notifier *n = arg;

	return http_wait(n->dispatch.http, fds, count, timeout_ms);
}

static void wait_for_event(struct notifier *n)
{
	loop_wake_by(n->loop, dispatch_deadline(&n->dispatch));
	loop_wake_by(n->loop, n->stop);
	loop_wake_by(n->loop, n->idle_until);
	loop_wake_by(n->loop, n->pause);
	if (!n->pause && (n->look || dispatch_ended(&n->dispatch)))
		loop_wake_by(n->loop, clock_boot());
	loop_wait(n->loop);
	dispatch_reap(&n->dispatch);
	if (n->pause && clock_boot() >= n->pause) {
		n->pause = 0;
		n->look = 1;
	}
}

static void recover(void *now)
{
	int64_t count = outbox_recover(*(int64_t *)now);

	/* settings may have been corrected since */
	outbox_open(OUTBOX_TELEGRAM, 1);
	outbox_open("mailto:", 0);
	if (send_tty_here)
		outbox_open("tty", 0);
	if (count)
		warn("%lld %s being sent when the last bgjob-notify ended", (long long)count,
			count == 1 ? "message was" : "messages were");
}

static void start_notifier(struct notifier *n)
{
	const char *token = config_get("BGJOB_TELEGRAM_TOKEN");
	struct loop_options options = { .on_signal = on_signal,
		.on_commit = on_commit,
		.on_due = on_due,
		.arg = n,
		.wait = wait_with_curl,
		.wait_arg = n };
	int64_t now = clock_now();

	/* no core file and no debugger: secrets are in memory */
	prctl(PR_SET_DUMPABLE, 0);
	n->loop = n->dispatch.loop = n->dispatch.watched.loop = loop_new(&options);
	n->dispatch.http = http_new();
	str_add(&n->dispatch.why, "BGJOB_TELEGRAM_TOKEN is not set");
	if (token) {
		str_clear(&n->dispatch.why);
		n->dispatch.telegram = telegram_new(n->dispatch.http, token, &n->dispatch.why);
		if (!n->dispatch.telegram)
			warn("%s", n->dispatch.why.data);
	}
	if (db_try(recover, &now) < 0)
		die_system("%s", db_error());
	n->others |= db_changed();
	loop_ready(n->loop);
}

static void finish_notifier(struct notifier *n)
{
	loop_stopping(n->loop);
	dispatch_free(&n->dispatch);
	loop_free(n->loop);
	*n = (struct notifier){ .look = 1, .stop = n->stop, .others = n->others };
}

/*
 * whether a lingering notifier should leave: a service wants to take over, or it was idle for long
 * enough
 */
static int lingered(struct notifier *n, int64_t linger_ms)
{
	if (home_locked(RUNNER_NOTIFY_LOCK, RUNNER_NOTIFY_SERVICE, 1)) {
		set_stop(n);
		return !n->dispatch.count;
	}
	if (n->dispatch.count || n->dispatch.watched.count)
		return 0;
	if (!n->idle_until)
		n->idle_until = clock_boot() + linger_ms;
	if (clock_boot() < n->idle_until)
		return 0;
	if (!delivery_expected())
		return 1;
	/* checked only now because it may look at many jobs; the next event sets a new time */
	n->idle_until = INT64_MAX;
	return 0;
}

/* parts of a long message are a second apart: a drain waits for them */
static int drained(struct notifier *n)
{
	return !n->look && !n->dispatch.count && !dispatch_soon(&n->dispatch, clock_now());
}

static void run(struct notifier *n, enum notifier_mode mode, int64_t linger_ms)
{
	/*
	 * when asked to stop, give messages being sent a moment to arrive; otherwise it is unknown
	 * whether they did
	 */
	while (!n->stop || (n->dispatch.count && clock_boot() < n->stop)) {
		if (!n->pause && (n->look || dispatch_ended(&n->dispatch)) && send_due(n))
			n->look = 1;
		if (mode == NOTIFIER_DRAIN && (n->pause || drained(n)))
			break;
		if (mode == NOTIFIER_LINGER && !n->look && lingered(n, linger_ms))
			break;
		wait_for_event(n);
	}
}

/* Returns the sender's lock, or -1 if another process has it. *service gets the service's lock. */
static int take_over(struct notifier *n, enum notifier_mode mode, int *service)
{
	*service = -1;
	if (mode == NOTIFIER_LINGER)
		return home_lock(RUNNER_NOTIFY_LOCK, RUNNER_NOTIFY_SENDER, 1, 0);
	db_changed(); /* from here on, others may rely on us for what they write */
	*service = home_lock(RUNNER_NOTIFY_LOCK, RUNNER_NOTIFY_SERVICE, 1, 0);
	if (*service < 0)
		return -1;
	/* look first: the wake-up may end a lingering one before we have seen it */
	n->others = home_locked(RUNNER_NOTIFY_LOCK, RUNNER_NOTIFY_SENDER, 1);
	/* it looks for our lock when it is woken, and when it starts */
	home_wake_prepare();
	home_wake();
	return home_lock(RUNNER_NOTIFY_LOCK, RUNNER_NOTIFY_SENDER, 1, 1);
}

/* whether a drain leaves messages for later */
static int left_over(struct notifier *n)
{
	int64_t at;

	/* if it was asked to stop, messages it did not get to count as well */
	n->dispatch.stop = 0;
	return dispatch_due(&n->dispatch, clock_now(), &at) || at != INT64_MAX;
}

int notifier_run(enum notifier_mode mode, int64_t linger_ms)
{
	struct notifier n = { .look = 1 };
	int service, lock, status = EXIT_DONE;

	do {
		lock = take_over(&n, mode, &service);
		if (lock < 0) {
			if (mode != NOTIFIER_LINGER)
				warn("another bgjob-notify delivers the messages of this store");
			return mode == NOTIFIER_SERVICE ? EXIT_NO : EXIT_DONE;
		}
		send_tty_here = mode == NOTIFIER_DRAIN;
		start_notifier(&n);
		run(&n, mode, linger_ms);
		if (mode == NOTIFIER_DRAIN && (n.pause || send_tty_failed))
			status = EXIT_SYSTEM;
		else if (mode == NOTIFIER_DRAIN)
			status = left_over(&n) ? EXIT_NO : EXIT_DONE;
		finish_notifier(&n);
		home_unlock(lock);
		if (service >= 0)
			home_unlock(service);
		/* programs that queued a message before the lock was dropped rely on us */
	} while (mode == NOTIFIER_LINGER && !n.stop && delivery_expected());
	/* others left when we came, or saw our lock and did not start a notifier */
	if (mode == NOTIFIER_DRAIN && (n.others || db_changed()) && delivery_expected())
		runner_ensure_notifier();
	return status;
}
