/* running: the end of a shim is reported once */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "run/running.h"
#include "service/loop.h"
#include "tap.h"

static void on_signal(void *arg)
{
	(void)arg;
}

int main(void)
{
	struct loop_options options = { .on_signal = on_signal };
	struct running r = { .slots = 1 };
	struct attempt a = { .job = 1, .attempt = 1, .claim = "claim", .boot = "boot" };
	int64_t deadline = clock_boot() + 10 * CLOCK_SECOND, started;
	struct member *m;
	pid_t child;
	int copy;

	r.loop = loop_new(&options);
	child = fork();
	if (child == 0)
		_exit(0);
	m = running_add(&r, &a, child, 0);
	ok(running_watch(&r, m) == 0, "watched");
	/* as another shim between fork and exec holds it */
	copy = dup(m->pidfd);
	while (!running_ended(&r, 0) && clock_boot() < deadline) {
		loop_wake_by(r.loop, deadline);
		loop_wait(r.loop);
	}
	ok(running_ended(&r, 0) == 1, "it has ended");
	started = clock_boot();
	loop_wake_by(r.loop, started + 20);
	loop_wait(r.loop);
	ok(clock_boot() >= started + 20,
		"no second event, although a copy of the descriptor is open");
	running_remove(&r, m);
	ok(r.count == 0 && waitpid(child, NULL, WNOHANG) < 0, "removed and waited for");
	close(copy);
	loop_free(r.loop);
	return done();
}
