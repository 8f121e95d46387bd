/* running: a shim that has ended is told of once */
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/running.h"
#include "tap.h"

int main(void)
{
	struct running r = { .slots = 1 };
	struct attempt a = { .job = 1, .attempt = 1, .claim = "claim", .boot = "boot" };
	struct epoll_event event;
	struct member *m;
	pid_t child;
	int copy;

	r.epoll = epoll_create1(EPOLL_CLOEXEC);
	child = fork();
	if (child == 0)
		_exit(0);
	m = running_add(&r, &a, child, 0);
	ok(running_watch(&r, m) == 0, "watched");
	/* what another shim, between fork and exec, holds */
	copy = dup(m->pidfd);
	ok(epoll_wait(r.epoll, &event, 1, 10000) == 1 && event.data.ptr == m,
		"its end is an event");
	running_end(&r, m);
	ok(running_ended(&r, 0) == 1, "it has ended");
	ok(epoll_wait(r.epoll, &event, 1, 0) == 0,
		"no second event, although a copy of the descriptor is open");
	running_remove(&r, m);
	ok(r.count == 0 && waitpid(child, NULL, WNOHANG) < 0, "removed and waited for");
	close(copy);
	close(r.epoll);
	return done();
}
