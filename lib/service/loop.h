/* loop: what a service waits for: signals, commits, times, descriptors; errors end the program (exit 3) */
#ifndef SERVICE_LOOP_H
#define SERVICE_LOOP_H

#include <stdint.h>

struct pollfd;
struct loop;
struct loop_source;

/*
 * A service looks at the store, does the work it finds, sets the times by which it has to wake up,
 * and calls loop_wait(). That sleeps, then calls these functions for what has happened. They are
 * called only from there, and mark what has to be looked at or do it.
 */
struct loop_options {
	void (*on_signal)(void *arg); /* TERM, INT or HUP; one call even if several have come */

	/* Another process has committed (db_changed()). NULL: do not watch the store. */
	void (*on_commit)(void *arg);

	/* The time given to loop_set_due() has come, or the clock was set. NULL: no due times. */
	void (*on_due)(void *arg);
	void *arg; /* passed to these three */

	/*
	 * Waits as poll(2) does; for a library such as curl that has descriptors of its own. It
	 * may return early, and callbacks made from it may use the loop. NULL: epoll_wait(2).
	 */
	int (*wait)(void *arg, struct pollfd *fds, unsigned count, int timeout_ms);
	void *wait_arg;
};

/*
 * Arm everything. Look at the store only after this call, so that no commit is missed. TERM, INT
 * and HUP stay blocked, also after loop_free(). If no inotify instance is left, a warning says so
 * and the store is checked once a second. loop_wait() also answers the service manager's watchdog
 * ($WATCHDOG_USEC).
 */
struct loop *loop_new(const struct loop_options *options);

/* Calls loop_stopping() and frees the sources; their descriptors stay open. NULL is fine. */
void loop_free(struct loop *loop);

/* Send READY=1 to the service manager; after that, send STOPPING=1 once. */
void loop_ready(struct loop *loop);
void loop_stopping(struct loop *loop);

/*
 * Call ready(arg, events) from each loop_wait() that finds one of `events` (as in poll(2)) on fd;
 * POLLERR and POLLHUP are always reported. Returns the source, which belongs to the loop, or NULL
 * with errno: EPERM if files of that kind are always ready, ENOMEM or ENOSPC if resources are
 * short. Remove the source before closing fd.
 */
struct loop_source *loop_add(struct loop *loop, int fd, int events,
	void (*ready)(void *arg, int events), void *arg);

/* Wait for other events from now on; no system call if they are the same. NULL is fine. */
void loop_change(struct loop *loop, struct loop_source *source, int events);

/*
 * Remove and free the source. Its ready() is never called again, even if the kernel has already
 * reported an event. Any callback may call this, also the source's own. NULL is fine.
 */
void loop_remove(struct loop *loop, struct loop_source *source);

/*
 * Call on_due() once at this time: ms since 1970 on the real-time clock; -1: never. It stays set
 * until then.
 */
void loop_set_due(struct loop *loop, int64_t due);

/*
 * Have the next loop_wait() return at this time at the latest: clock_boot() ms; 0 and INT64_MAX:
 * no limit. The earliest of several counts, for that one wait only.
 */
void loop_wake_by(struct loop *loop, int64_t at);

/* Sleep until something happens, then make the calls for it. It may return early without a call. */
void loop_wait(struct loop *loop);

#endif
