/* ask_model_stream: the model's answer on a terminal, as it comes */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/out.h"
#include "base/spawn.h"
#include "base/str.h"
#include "base/text.h"
#include "base/utf8.h"
#include "chat/ask_model.h"
#include "chat/commands.h"
#include "service/paths.h"

/* Starts bgjob-output -f, whose output is read from *from. Returns its pid, or -1. */
static pid_t follow_job(int64_t job, int *from)
{
	char id[32], *argv[] = { NULL, "-f", id, NULL };
	/* the terminal's ^C is for us: it is blocked here and read from a descriptor */
	struct spawn output = { .argv = argv, .environment = environ, .count = 3, .group = 1 };
	int ends[2], error;
	pid_t pid = -1;

	argv[0] = (char *)(uintptr_t)paths_program("bgjob-output");
	snprintf(id, sizeof(id), "%lld", (long long)job);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	output.program = argv[0];
	output.fds = (const int[]){ SPAWN_OURS, ends[1], SPAWN_OURS };
	error = spawn(&output, &pid);
	close(ends[1]);
	if (error) {
		close(ends[0]);
		errno = error;
		return -1;
	}
	*from = ends[0];
	return pid;
}

struct shown {
	struct str waiting; /* bytes that are not yet shown */
	int any;
	char last;
};

static void show_pending(struct shown *s, int all)
{
	size_t keep = all ? 0 : s->waiting.len - utf8_whole(s->waiting.data, s->waiting.len);
	struct str clean = { 0 };

	str_add(&clean, "");
	text_clean(&clean, s->waiting.data, s->waiting.len - keep);
	if (clean.len) {
		out_raw(clean.data, clean.len);
		out_flush();
		s->any = 1;
		s->last = clean.data[clean.len - 1];
	}
	str_free(&clean);
	memmove(s->waiting.data, s->waiting.data + s->waiting.len - keep, keep + 1);
	s->waiting.len = keep;
}

/* 1: there may be more; 0: it has ended; -1: interrupted, or nothing was shown by the deadline */
static int take_piece(struct shown *s, int from, int interrupt, int64_t deadline)
{
	struct pollfd fds[] = { { .fd = from, .events = POLLIN },
		{ .fd = interrupt, .events = POLLIN } };
	int64_t left = s->any ? -1 : deadline - clock_boot();
	char piece[4096];
	ssize_t n;

	if (!s->any && left <= 0)
		return -1;
	if (poll(fds, 2, (int)left) < 0 && errno != EINTR)
		die_errno("cannot wait");
	if (fds[1].revents)
		return -1;
	if (!fds[0].revents)
		return 1;
	n = read(from, piece, sizeof(piece));
	if (n > 0)
		str_addn(&s->waiting, piece, (size_t)n);
	show_pending(s, n <= 0);
	return n > 0;
}

static void say_end(struct reply *reply, const struct shown *s)
{
	struct job job;

	str_clear(&reply->text);
	if (s->any && s->last != '\n')
		reply_say(reply, "\n");
	if (job_get(reply->job, &job) < 0)
		return;
	reply->ended = 1;
	if (job.status != JOB_DONE || !s->any)
		commands_ended(reply, &job);
	job_free(&job);
}

int ask_model_stream(struct reply *reply, int interrupt)
{
	int64_t deadline = clock_boot() + reply_deadline();
	struct shown s = { 0 };
	int from, more;
	pid_t pid = follow_job(reply->job, &from);

	if (pid < 0) {
		warn_errno("cannot start bgjob-output");
		return 0;
	}
	str_add(&s.waiting, "");
	do
		more = take_piece(&s, from, interrupt, deadline);
	while (more > 0);
	/* else it would follow the job to its end, with nobody reading */
	if (more < 0)
		kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	close(from);
	if (more == 0) {
		say_end(reply, &s);
	} else if (s.any || clock_boot() < deadline) {
		/* below the "^C" that the terminal shows */
		str_clear(&reply->text);
		reply_say(reply, "\n#%lld continues in the background.\n", (long long)reply->job);
	}
	str_free(&s.waiting);
	return more == 0;
}
