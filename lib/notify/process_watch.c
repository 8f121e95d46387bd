/* process_watch: other programs' processes, pinned by pidfds until they end */
#include "notify/process_watch.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/process.h"
#include "base/str.h"
#include "service/loop.h"
#include "store/watch.h"

struct watched_process {
	struct process_watch *watch;
	struct loop_source *source; /* NULL: not watched, or its end has been seen */
	int64_t id;
	int pidfd;            /* -1: it has already ended, or cannot be pinned */
	int ended;            /* set by process_watch_any_ended() */
	int64_t pid, started; /* to be pinned later, descriptors ran out; pid 0: nothing to pin */
	struct watched_process *next;
};

/* one event is enough: until the end is settled more would only keep us awake */
static void on_end(void *arg, int events)
{
	struct watched_process *p = arg;

	(void)events;
	loop_remove(p->watch->loop, p->source);
	p->source = NULL;
}

static void free_process(struct watched_process *p)
{
	loop_remove(p->watch->loop, p->source);
	if (p->pidfd >= 0)
		close(p->pidfd);
	free(p);
}

/*
 * get a pidfd of exactly that process, unless it has ended: pin the pid first, then compare its
 * start time
 */
static void pin(struct watched_process *p)
{
	p->pidfd = process_open((pid_t)p->pid);
	if (p->pidfd < 0 && errno != ESRCH && errno != EINVAL)
		return;
	if (p->pidfd >= 0 && process_start((pid_t)p->pid) != p->started) {
		close(p->pidfd);
		p->pidfd = -1;
	}
	if (p->pidfd >= 0) {
		p->source = loop_add(p->watch->loop, p->pidfd, POLLIN, on_end, p);
		if (!p->source) {
			close(p->pidfd);
			p->pidfd = -1;
			return;
		}
	}
	p->pid = 0;
}

static void add_watch(const struct watch *watch, void *arg)
{
	struct process_watch *w = arg;
	struct watched_process *p = mem_zero(1, sizeof(*p));

	p->watch = w;
	p->id = watch->id;
	p->pidfd = -1;
	if (strcmp(watch->boot, process_boot()) == 0) {
		p->pid = watch->pid;
		p->started = watch->started;
		pin(p);
	}
	p->next = w->first;
	w->first = p;
	w->newest = watch->id;
	w->count++;
}

void process_watch_look(struct process_watch *w)
{
	watch_list(w->newest, add_watch, w);
}

/* checked once in each round, so that exactly what is reported is forgotten */
int process_watch_any_ended(struct process_watch *w)
{
	int any = 0;

	for (struct watched_process *p = w->first; p; p = p->next) {
		struct pollfd process = { .events = POLLIN };

		if (p->pid)
			pin(p);
		process.fd = p->pidfd;
		p->ended = !p->pid && (p->pidfd < 0 || poll(&process, 1, 0) > 0);
		any |= p->ended;
	}
	return any;
}

void process_watch_settle(const struct process_watch *w, int64_t now)
{
	for (const struct watched_process *p = w->first; p; p = p->next)
		if (p->ended)
			watch_ended(p->id, now);
}

static void forget(struct process_watch *w, int all)
{
	struct watched_process **link = &w->first;

	while (*link) {
		struct watched_process *p = *link;

		if (!all && !p->ended) {
			link = &p->next;
			continue;
		}
		*link = p->next;
		free_process(p);
		w->count--;
	}
}

void process_watch_forget(struct process_watch *w)
{
	forget(w, 0);
}

void process_watch_free(struct process_watch *w)
{
	forget(w, 1);
}

/* the command line of a process; empty for a kernel thread */
static void add_name(struct str *name, int64_t pid)
{
	char path[64], text[200];
	size_t n = 0;
	FILE *f;

	str_add(name, "");
	snprintf(path, sizeof(path), "/proc/%lld/cmdline", (long long)pid);
	f = fopen(path, "re");
	if (f) {
		n = fread(text, 1, sizeof(text), f);
		fclose(f);
	}
	while (n && !text[n - 1])
		n--;
	for (size_t i = 0; i < n; i++)
		str_addc(name, text[i] ? text[i] : ' ');
}

int64_t process_watch_add(int64_t pid, const char *target, int64_t now)
{
	struct watch watch = { .pid = pid,
		.started = process_start((pid_t)pid),
		.boot = process_boot(),
		.target = target };
	struct str name = { 0 };
	int64_t id = 0;
	int fd = process_open((pid_t)pid);

	/* a thread has a start time as well, but no pidfd */
	if (fd >= 0)
		close(fd);
	if (watch.started >= 0 && fd >= 0) {
		add_name(&name, pid);
		watch.name = name.data;
		id = watch_add(&watch, now);
	}
	str_free(&name);
	return id;
}

int process_watch_wait(int64_t pid)
{
	struct pollfd process = { .fd = process_open((pid_t)pid), .events = POLLIN };

	if (process.fd < 0)
		return -1;
	while (poll(&process, 1, -1) < 0)
		if (errno != EINTR)
			die_errno("cannot wait for process %lld", (long long)pid);
	close(process.fd);
	return 0;
}
