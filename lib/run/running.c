/* running: the running attempts that a pool looks after */
#include "run/running.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"
#include "base/spawn.h"
#include "base/str.h"
#include "run/cancel.h"
#include "run/spool.h"
#include "service/loop.h"
#include "shim/state.h"
#include "store/attempt.h"

static int is_express(const struct member *m)
{
	return m->slot > RUNNING_EXPRESS;
}

int running_free_slots(const struct running *r, int express, int but)
{
	int left = (express ? RUNNING_EXPRESS_SLOTS : r->slots) + but;

	for (const struct member *m = r->first; m; m = m->next)
		left -= is_express(m) == express;
	return left;
}

int running_ended(const struct running *r, int express)
{
	int ended = 0;

	for (const struct member *m = r->first; m; m = m->next)
		ended += m->ended && is_express(m) == express;
	return ended;
}

struct member *running_add(struct running *r, const struct attempt *a, pid_t child, int slot)
{
	struct member *m = mem_zero(1, sizeof(*m));

	m->running = r;
	m->attempt = *a;
	m->attempt.launcher = m->attempt.outcome = NULL;
	m->attempt.claim = mem_dup(a->claim);
	m->attempt.boot = mem_dup(a->boot);
	m->child = child;
	m->pidfd = -1;
	m->slot = slot;
	m->next = r->first;
	r->first = m;
	r->count++;
	return m;
}

struct member *running_find(const struct running *r, int64_t job, int64_t attempt)
{
	struct member *m = r->first;

	while (m && (m->attempt.job != job || m->attempt.attempt != attempt))
		m = m->next;
	return m;
}

static void unwatch(struct member *m)
{
	loop_remove(m->running->loop, m->source);
	m->source = NULL;
	if (m->pidfd >= 0)
		close(m->pidfd);
	m->pidfd = -1;
}

static void on_end(void *arg, int events)
{
	struct member *m = arg;

	(void)events;
	unwatch(m);
	m->ended = 1;
}

static void free_member(struct member *m)
{
	unwatch(m);
	free((char *)(uintptr_t)m->attempt.claim);
	free((char *)(uintptr_t)m->attempt.boot);
	free(m);
}

void running_remove(struct running *r, struct member *m)
{
	struct member **link = &r->first;
	int status;

	while (*link != m)
		link = &(*link)->next;
	*link = m->next;
	r->count--;
	if (m->child && waitpid(m->child, &status, m->ended ? 0 : WNOHANG) == m->child)
		spawn_ended(m->child, status);
	free_member(m);
}

void running_free(struct running *r)
{
	while (r->first) {
		struct member *m = r->first;

		r->first = m->next;
		free_member(m);
	}
	r->count = 0;
}

/*
 * The pid from the file is the shim's if the lock is still held after a pidfd has pinned the pid:
 * the shim was alive all that time.
 */
static int open_adopted(struct member *m)
{
	int fd = spool_open_state(m->attempt.job, m->attempt.attempt);
	struct state_shim shim = { 0 };
	int locked;

	/* out of descriptors: this says nothing about the file */
	if (fd < 0 && errno != ENOENT)
		return -1;
	if (fd < 0) {
		m->ended = 1;
		return 0;
	}
	if (state_read(fd, STATE_AT_SHIM, &shim, sizeof(shim)) == 0 && shim.pid > 0)
		m->pidfd = process_open((pid_t)shim.pid);
	if (shim.pid > 0 && m->pidfd < 0 && errno != ESRCH) {
		close(fd);
		return -1;
	}
	locked = state_locked(fd) == 1;
	close(fd);
	/* the holder may be a process that settles the attempt, and the pid may have been reused */
	if (shim.pid > 0 && process_start((pid_t)shim.pid) != shim.start)
		locked = 0;
	if (!locked || (shim.pid > 0 && m->pidfd < 0)) {
		if (m->pidfd >= 0)
			close(m->pidfd);
		m->pidfd = -1;
		m->ended = 1;
		return 0;
	}
	return m->pidfd < 0 ? -1 : 0;
}

int running_watch(struct running *r, struct member *m)
{
	if (m->child)
		m->pidfd = process_open(m->child);
	else if (open_adopted(m) < 0)
		return -1;
	if (m->ended)
		return 0;
	if (m->pidfd >= 0)
		m->source = loop_add(r->loop, m->pidfd, POLLIN, on_end, m);
	if (m->source)
		return 0;
	/* out of descriptors: try again soon */
	unwatch(m);
	return -1;
}

int running_watch_all(struct running *r)
{
	int status = 0;

	for (struct member *m = r->first; m; m = m->next)
		if (m->pidfd < 0 && !m->ended && running_watch(r, m) < 0)
			status = -1;
	return status;
}

static void deliver(int64_t job, void *arg)
{
	const struct running *r = arg;

	for (struct member *m = r->first; m; m = m->next) {
		if (m->attempt.job != job || m->cancelled)
			continue;
		m->cancelled = 1;
		cancel_signal(job);
	}
}

void cancelling_deliver(struct running *r)
{
	attempt_cancelling(deliver, r);
}
