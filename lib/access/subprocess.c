/* subprocess: run a command and take its output, within limits */
#include "access/subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/spawn.h"

/* for the rest of its group, once killed, to close its output */
enum { REST = 5000 /* ms */ };

struct run {
	const struct subprocess *b;
	struct subprocess_result *result;
	pid_t pid;
	int pidfd, out;
};

static int spawn_command(struct run *r, int to)
{
	const int fds[] = { SPAWN_NULL, to, to };
	struct spawn command = { .program = r->b->argv[0],
		.argv = r->b->argv,
		.environment = r->b->environment,
		.directory = r->b->directory,
		.fds = fds,
		.count = 3,
		.session = 1 };

	return spawn(&command, &r->pid);
}

static int start_run(struct run *r, struct str *why)
{
	int ends[2], error;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		str_addf(why, "cannot make a pipe: %s", strerror(errno));
		return -1;
	}
	error = spawn_command(r, ends[1]);
	close(ends[1]);
	if (error) {
		str_addf(why, "cannot run %s: %s", r->b->argv[0], strerror(error));
		close(ends[0]);
		return -1;
	}
	r->out = ends[0];
	fcntl(r->out, F_SETFL, O_NONBLOCK);
	r->pidfd = process_open(r->pid);
	return 0;
}

static void keep_end(struct str *s, size_t keep)
{
	if (s->len <= keep)
		return;
	memmove(s->data, s->data + s->len - keep, keep);
	s->len = keep;
	s->data[keep] = '\0';
}

/* Read one piece of output. Returns 0 at its end. */
static int take_output(struct run *r)
{
	struct subprocess_result *result = r->result;
	char piece[65536];
	ssize_t n = read(r->out, piece, sizeof(piece));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	result->total += n;
	str_addn(&result->output, piece, (size_t)n);
	if (result->output.len > 2 * r->b->keep)
		keep_end(&result->output, r->b->keep);
	return n > 0;
}

/* until it ends or reaches a limit; returns whether its output is still open */
static int follow_run(struct run *r, int64_t deadline)
{
	struct pollfd fds[] = { { .fd = r->out, .events = POLLIN },
		{ .fd = r->pidfd, .events = POLLIN }, { .fd = r->b->stop, .events = POLLIN } };
	int open = 1;

	for (;;) {
		int64_t left = deadline - clock_boot();

		if (left <= 0)
			r->result->end = SUBPROCESS_TIMEOUT;
		else if (r->result->total > r->b->most)
			r->result->end = SUBPROCESS_FLOOD;
		else if (fds[2].revents)
			r->result->end = SUBPROCESS_STOPPED;
		else if (!fds[1].revents) {
			if (poll(fds, 3, left > INT32_MAX ? INT32_MAX : (int)left) <= 0)
				continue;
			if (fds[0].revents && !take_output(r)) {
				open = 0;
				fds[0].fd = -1;
			}
			continue;
		}
		return open;
	}
}

/* read what the group wrote before it was killed, for at most REST */
static void drain(struct run *r)
{
	struct pollfd fd = { .fd = r->out, .events = POLLIN };
	int64_t deadline = clock_boot() + REST, left;

	while ((left = deadline - clock_boot()) > 0 && r->result->total <= r->b->most)
		if (poll(&fd, 1, (int)left) > 0 && !take_output(r))
			break;
}

int subprocess_run(const struct subprocess *b, struct subprocess_result *result, struct str *why)
{
	struct run r = { .b = b, .result = result, .pidfd = -1, .out = -1 };
	int64_t started = clock_boot();
	int open;

	*result = (struct subprocess_result){ .end = SUBPROCESS_ITSELF };
	str_add(&result->output, "");
	if (start_run(&r, why) < 0)
		return -1;
	if (r.pidfd < 0)
		str_addf(why, "cannot watch a process: %s", strerror(errno));
	open = r.pidfd >= 0 && follow_run(&r, started + b->timeout_ms);
	/* not reaped yet, so the group id cannot have been reused */
	kill(-r.pid, SIGKILL);
	while (waitpid(r.pid, &result->status, 0) < 0 && errno == EINTR)
		;
	spawn_ended(r.pid, result->status);
	if (open)
		drain(&r);
	keep_end(&result->output, b->keep);
	result->took_ms = clock_boot() - started;
	close(r.out);
	if (r.pidfd < 0)
		return -1;
	close(r.pidfd);
	return 0;
}
