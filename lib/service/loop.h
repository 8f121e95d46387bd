/* loop: what a service waits for: signals, commits, times, descriptors; errors end the program (exit 3) */
#ifndef SERVICE_LOOP_H
#define SERVICE_LOOP_H

#include <stdint.h>

struct pollfd;
struct loop;
struct loop_source;

/*
 * A service looks at the store, does what it finds, says until when it may sleep, and calls
 * loop_wait(); what has happened meanwhile comes as calls of these functions, all from within
 * loop_wait(). They mark what is to be looked at, or do it.
 */
struct loop_options {
	void (*on_signal)(void *arg); /* TERM, INT or HUP; several at once are one call */

	/* Somebody else has committed (db_changed()); NULL: the store is not watched. */
	void (*on_commit)(void *arg);

	/* The time of loop_set_due() has come, or the clock was set; NULL: it is never set. */
	void (*on_due)(void *arg);
	void *arg; /* of these three */

	/*
	 * What waits, as poll(2) with an argument in front: for a library with descriptors of its own
	 * such as curl. It may return early, and its own callbacks may use the loop. NULL: epoll_wait(2).
	 */
	int (*wait)(void *arg, struct pollfd *fds, unsigned count, int timeout_ms);
	void *wait_arg;
};

/*
 * Arm everything: the caller looks at the store only after this call, so that no commit is
 * missed. TERM, INT and HUP are blocked from here on, also after loop_free(). If no inotify
 * instance is left, a warning says so and the store is looked at once a second. The manager's
 * watchdog ($WATCHDOG_USEC), if there is one, is answered in loop_wait().
 */
struct loop *loop_new(const struct loop_options *options);

/* loop_stopping(). Its sources go with it; their descriptors stay open. NULL is fine. */
void loop_free(struct loop *loop);

/* Tell the service manager READY=1, and once after that STOPPING=1. */
void loop_ready(struct loop *loop);
void loop_stopping(struct loop *loop);

/*
 * Call ready(arg, events) in each loop_wait() that finds one of `events` (of poll(2)) on fd;
 * POLLERR and POLLHUP are reported always. Returns the source, which belongs to the loop, or NULL
 * with errno: EPERM for a file of a kind that is always ready, ENOMEM or ENOSPC for want of
 * resources. To be removed before fd is closed.
 */
struct loop_source *loop_add(struct loop *loop, int fd, int events,
	void (*ready)(void *arg, int events), void *arg);

/* Other events from now on; only what has changed costs a system call. NULL is fine. */
void loop_change(struct loop *loop, struct loop_source *source, int events);

/*
 * Never call ready() of it again, also if its event has been read from the kernel already; it may
 * be called by any callback, its own too. The source is gone then. NULL is fine.
 */
void loop_remove(struct loop *loop, struct loop_source *source);

/* When on_due() is to be called, on the real-time clock: ms since 1970, -1 for never. Once; stays set over waits. */
void loop_set_due(struct loop *loop, int64_t due);

/*
 * The next loop_wait() is to return by then, without any call: clock_boot() ms; 0 and INT64_MAX:
 * no limit. The earliest counts. For that one wait only.
 */
void loop_wake_by(struct loop *loop, int64_t at);

/*
 * Sleep until something happens, and make the calls that belong to it. It may return early,
 * without a call.
 */
void loop_wait(struct loop *loop);

#endif
