/* pool_watch: processes whose end concerns a pool */
#include "run/pool_watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/process.h"
#include "base/str.h"
#include "store/pool.h"

static int add_process(struct pool_watch *n, pid_t pid, int64_t pool)
{
	struct pool_watch_process *who = mem_zero(1, sizeof(*who));
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = who };

	*who = (struct pool_watch_process){ .tag = POOL_WATCH_TAG,
		.pid = pid,
		.pool = pool,
		.next = n->first };
	who->pidfd = process_open(pid);
	/* pinned by the pidfd first: a pool that still holds its lock is that process */
	if (who->pidfd < 0 || (pool && !pool_alive(pool)) ||
		epoll_ctl(n->epoll, EPOLL_CTL_ADD, who->pidfd, &event) < 0) {
		if (who->pidfd >= 0)
			close(who->pidfd);
		free(who);
		return 1;
	}
	n->first = who;
	return 0;
}

struct look {
	struct pool_watch *n;
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
	if (id > look->n->newest && id != look->n->self)
		look->dead |= add_process(look->n, pid, id);
}

int pool_watch_look(struct pool_watch *n)
{
	int64_t newest = pool_newest();
	struct look look = { n, n->newest, 0 };

	if (newest <= n->newest)
		return 0;
	pool_list(look_at, &look);
	n->newest = look.newest;
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

int pool_watch_has_leftover(const struct pool_watch *n)
{
	const struct pool_watch_process *who = n->first;

	while (who && who->pool)
		who = who->next;
	return who != NULL;
}

int pool_watch_leftover(struct pool_watch *n, pid_t pid)
{
	for (const struct pool_watch_process *who = n->first; who; who = who->next)
		if (who->pid == pid && !who->pool)
			return 0;
	return add_process(n, pid, 0);
}

int64_t pool_watch_ended(struct pool_watch *n, struct pool_watch_process *who)
{
	struct pool_watch_process **link = &n->first;
	int64_t pool = who->pool;

	while (*link != who)
		link = &(*link)->next;
	*link = who->next;
	/* by hand: see unwatch() in running.c */
	epoll_ctl(n->epoll, EPOLL_CTL_DEL, who->pidfd, NULL);
	close(who->pidfd);
	free(who);
	return pool;
}

void pool_watch_free(struct pool_watch *n)
{
	while (n->first)
		pool_watch_ended(n, n->first);
}
