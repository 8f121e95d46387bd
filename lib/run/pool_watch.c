/* pool_watch: processes whose end matters to a pool */
#include "run/pool_watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/process.h"
#include "base/str.h"
#include "service/loop.h"
#include "store/pool.h"

struct pool_watch_process {
	struct pool_watch *watch;
	struct loop_source *source;
	int pidfd;
	pid_t pid;
	int64_t pool; /* id of the pool; 0: a leftover process */
	struct pool_watch_process *next;
};

static void free_process(struct pool_watch_process *who)
{
	loop_remove(who->watch->loop, who->source);
	if (who->pidfd >= 0)
		close(who->pidfd);
	free(who);
}

static void on_end(void *arg, int events)
{
	struct pool_watch_process *who = arg, **link = &who->watch->first;

	(void)events;
	if (who->pool)
		who->watch->pool_ended = 1;
	else
		who->watch->leftover_ended = 1;
	while (*link != who)
		link = &(*link)->next;
	*link = who->next;
	free_process(who);
}

/* Returns 1 if the process is gone already. */
static int add_process(struct pool_watch *w, pid_t pid, int64_t pool)
{
	struct pool_watch_process *who = mem_zero(1, sizeof(*who));

	*who = (struct pool_watch_process){ .watch = w,
		.pidfd = process_open(pid),
		.pid = pid,
		.pool = pool,
		.next = w->first };
	/* the pidfd pins it first: if the pool holds its lock after that, it is that process */
	if (who->pidfd >= 0 && (!pool || pool_alive(pool)))
		who->source = loop_add(w->loop, who->pidfd, POLLIN, on_end, who);
	if (!who->source) {
		free_process(who);
		return 1;
	}
	w->first = who;
	return 0;
}

struct look {
	struct pool_watch *watch;
	int64_t newest;
	int dead;
};

static void look_at(int64_t id, pid_t pid, int slots, int64_t started_at, void *arg)
{
	struct look *look = arg;

	(void)slots;
	(void)started_at;
	if (id > look->newest)
		look->newest = id;
	if (id > look->watch->newest && id != look->watch->self)
		look->dead |= add_process(look->watch, pid, id);
}

int pool_watch_look(struct pool_watch *w)
{
	int64_t newest = pool_newest();
	struct look look = { w, w->newest, 0 };

	if (newest <= w->newest)
		return 0;
	pool_list(look_at, &look);
	w->newest = look.newest;
	return look.dead;
}

static void look_for_dying(int64_t id, pid_t pid, int slots, int64_t started_at, void *arg)
{
	int *dying = arg;
	struct pollfd process = { .events = POLLIN };

	(void)slots;
	(void)started_at;
	if (*dying || !pool_alive(id))
		return;
	process.fd = process_open(pid);
	*dying = process.fd < 0 ? errno == ESRCH : poll(&process, 1, 0) > 0;
	if (process.fd >= 0)
		close(process.fd);
}

int pool_watch_dying(void)
{
	int dying = 0;

	pool_list(look_for_dying, &dying);
	return dying;
}

int pool_watch_has_leftover(const struct pool_watch *w)
{
	const struct pool_watch_process *who = w->first;

	while (who && who->pool)
		who = who->next;
	return who != NULL;
}

int pool_watch_leftover(struct pool_watch *w, pid_t pid)
{
	for (const struct pool_watch_process *who = w->first; who; who = who->next)
		if (who->pid == pid && !who->pool)
			return 0;
	return add_process(w, pid, 0);
}

void pool_watch_free(struct pool_watch *w)
{
	while (w->first) {
		struct pool_watch_process *who = w->first;

		w->first = who->next;
		free_process(who);
	}
}
