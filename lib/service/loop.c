/* loop: what a service waits for: signals, commits, times, descriptors */
#include "service/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/str.h"
#include "base/trace.h"
#include "db/db.h"
#include "db/home.h"
#include "service/events.h"
#include "service/service.h"

enum { EVENTS = 64 }; /* read at once */

struct loop_source {
	void (*ready)(void *arg, int events);
	void *arg;
	int fd, events;
	struct loop_source *next;
};

struct loop {
	struct loop_options options;
	int epoll;
	int signals, wake, timer, watchdog; /* -1: not there */
	int blind;                          /* no inotify instance was left */
	int is_ready;                       /* READY=1 was sent, STOPPING=1 was not */
	int64_t due;                        /* what the timer is set to; -1: not set */
	int64_t wake_by;                    /* clock_boot(); INT64_MAX: no limit */
	struct loop_source *first;
	struct epoll_event events[EVENTS]; /* data.ptr is the source; NULL: removed */
	int count;
};

struct loop_source *loop_add(struct loop *loop, int fd, int events,
	void (*ready)(void *arg, int events), void *arg)
{
	struct loop_source *source = mem_zero(1, sizeof(*source));
	struct epoll_event event = { .events = (uint32_t)events, .data.ptr = source };

	*source = (struct loop_source){ .ready = ready,
		.arg = arg,
		.fd = fd,
		.events = events,
		.next = loop->first };
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		int error = errno;

		free(source);
		errno = error;
		return NULL;
	}
	loop->first = source;
	return source;
}

void loop_change(struct loop *loop, struct loop_source *source, int events)
{
	struct epoll_event event = { .events = (uint32_t)events, .data.ptr = source };

	if (!source || source->events == events)
		return;
	if (epoll_ctl(loop->epoll, EPOLL_CTL_MOD, source->fd, &event) < 0)
		die_errno("cannot watch a descriptor");
	source->events = events;
}

/*
 * Closing the descriptor is not enough: while a child between fork and exec has a copy of it, the
 * epoll keeps reporting events.
 */
void loop_remove(struct loop *loop, struct loop_source *source)
{
	struct loop_source **link = &loop->first;

	if (!source)
		return;
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, source->fd, NULL);
	for (int i = 0; i < loop->count; i++)
		if (loop->events[i].data.ptr == source)
			loop->events[i].data.ptr = NULL;
	while (*link != source)
		link = &(*link)->next;
	*link = source->next;
	free(source);
}

static void on_signals(void *arg, int events)
{
	struct loop *loop = arg;

	(void)events;
	trace(TRACE_WAKE, "a signal");
	events_drain(loop->signals);
	loop->options.on_signal(loop->options.arg);
}

static void see_commit(struct loop *loop)
{
	trace(TRACE_WAKE, "a commit");
	loop->options.on_commit(loop->options.arg);
}

static void on_wake(void *arg, int events)
{
	struct loop *loop = arg;

	(void)events;
	if (!home_watched(loop->wake))
		return;
	if (db_changed())
		see_commit(loop);
	else
		trace(TRACE_WAKE, "the wake file, no commit");
}

static void on_timer(void *arg, int events)
{
	struct loop *loop = arg;

	(void)events;
	trace(TRACE_WAKE, "a due time");
	events_drain(loop->timer);
	loop->due = -1;
	loop->options.on_due(loop->options.arg);
}

static void on_watchdog(void *arg, int events)
{
	struct loop *loop = arg;

	(void)events;
	trace(TRACE_WAKE, "the watchdog");
	events_drain(loop->watchdog);
	service_notify("WATCHDOG=1");
}

static void add_own(struct loop *loop, int fd, void (*ready)(void *arg, int events))
{
	if (fd < 0 || !loop_add(loop, fd, POLLIN, ready, loop))
		die_errno("cannot watch for events");
}

/* counts time in suspend, as the service manager does */
static int periodic_timer(int64_t ms)
{
	struct timespec period = { ms / CLOCK_SECOND, ms % CLOCK_SECOND * 1000000 };
	struct itimerspec every = { period, period };
	int fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd >= 0)
		timerfd_settime(fd, 0, &every, NULL);
	return fd;
}

static void watch_store(struct loop *loop)
{
	loop->wake = home_watch();
	loop->blind = loop->wake < 0;
	if (loop->blind)
		warn("no inotify instance is left: looking once a second");
	else
		add_own(loop, loop->wake, on_wake);
}

struct loop *loop_new(const struct loop_options *options)
{
	struct loop *loop = mem_zero(1, sizeof(*loop));
	int64_t watchdog = service_watchdog();

	loop->options = *options;
	loop->wake = loop->timer = loop->watchdog = -1;
	loop->due = -1;
	loop->wake_by = INT64_MAX;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0)
		die_errno("cannot create an epoll");
	loop->signals = events_signals();
	add_own(loop, loop->signals, on_signals);
	if (options->on_commit)
		watch_store(loop);
	if (options->on_due) {
		loop->timer = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
		add_own(loop, loop->timer, on_timer);
	}
	if (watchdog > 0) {
		loop->watchdog = periodic_timer(watchdog);
		add_own(loop, loop->watchdog, on_watchdog);
	}
	return loop;
}

void loop_ready(struct loop *loop)
{
	service_notify("READY=1");
	loop->is_ready = 1;
}

void loop_stopping(struct loop *loop)
{
	if (loop->is_ready)
		service_notify("STOPPING=1");
	loop->is_ready = 0;
}

void loop_free(struct loop *loop)
{
	int fds[5];

	if (!loop)
		return;
	loop_stopping(loop);
	while (loop->first)
		loop_remove(loop, loop->first);
	memcpy(fds, (int[]){ loop->epoll, loop->signals, loop->wake, loop->timer, loop->watchdog },
		sizeof(fds));
	for (int i = 0; i < 5; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(loop);
}

void loop_set_due(struct loop *loop, int64_t due)
{
	struct itimerspec at = { .it_value = { due / CLOCK_SECOND, due % CLOCK_SECOND * 1000000 } };

	if (due == loop->due)
		return;
	if (due < 0)
		at.it_value = (struct timespec){ 0, 0 };
	else if (due == 0)
		at.it_value.tv_nsec = 1; /* zero would disarm it */
	/* it also becomes readable when the clock is set, so that nothing comes late */
	if (timerfd_settime(loop->timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &at, NULL) <
		0)
		die_errno("cannot set a timer");
	loop->due = due;
}

void loop_wake_by(struct loop *loop, int64_t at)
{
	if (at && at < loop->wake_by)
		loop->wake_by = at;
}

/*
 * Returns how long to sleep (ms; -1: no limit) and forgets the limit. At most an hour, because
 * time in suspend does not count for poll(2).
 */
static int take_timeout(struct loop *loop)
{
	int64_t at = loop->wake_by, left;

	loop->wake_by = INT64_MAX;
	if (loop->blind && at > clock_boot() + CLOCK_SECOND)
		at = clock_boot() + CLOCK_SECOND;
	if (at == INT64_MAX)
		return -1;
	left = at - clock_boot();
	return left < 0 ? 0 : left > CLOCK_HOUR ? (int)CLOCK_HOUR : (int)left;
}

static void deliver(const struct loop *loop, struct loop_source *source, int events)
{
	/* our own sources trace something more specific */
	if (source->arg != loop)
		trace(TRACE_WAKE, "descriptor %d", source->fd);
	source->ready(source->arg, events);
}

/* an epoll can be polled itself, so another waiter needs only that one descriptor */
static int wait_elsewhere(struct loop *loop, int timeout)
{
	struct pollfd fd = { .fd = loop->epoll, .events = POLLIN };
	int n = loop->options.wait(loop->options.wait_arg, &fd, 1, timeout);

	if (n <= 0 || !fd.revents)
		return n < 0 ? -1 : 0;
	return epoll_wait(loop->epoll, loop->events, EVENTS, 0);
}

void loop_wait(struct loop *loop)
{
	int timeout = take_timeout(loop), n;

	n = loop->options.wait ? wait_elsewhere(loop, timeout)
			       : epoll_wait(loop->epoll, loop->events, EVENTS, timeout);
	if (n < 0 && errno != EINTR)
		die_errno("cannot wait");
	loop->count = n < 0 ? 0 : n;
	if (n == 0 && timeout >= 0)
		trace(TRACE_WAKE, "the end of a wait of %d ms", timeout);
	for (int i = 0; i < loop->count; i++) {
		struct loop_source *source = loop->events[i].data.ptr;

		if (source)
			deliver(loop, source, (int)loop->events[i].events);
	}
	loop->count = 0;
	if (loop->blind && db_changed())
		see_commit(loop);
}
