/* turn_await: the answer of a job that somebody waits for, without a way to tell them later */
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/out.h"
#include "chat/commands.h"
#include "chat/ask_model.h"
#include "chat/reply.h"
#include "run/wait.h"
#include "db/home.h"

static int has_ended(int64_t job)
{
	return job_finished(job_status(job));
}

/* fd -1: never */
static int is_readable(int fd)
{
	struct pollfd in = { .fd = fd, .events = POLLIN };

	return poll(&in, 1, 0) > 0;
}

/* returns whether it has ended */
static int wait_until(int64_t job, int64_t within, int interrupt)
{
	int64_t deadline = within < 0 ? -1 : clock_boot() + within;
	int watch, ended;

	if (interrupt < 0)
		return wait_for(&job, 1, 0, within) >= 0;
	watch = home_watch();
	while (!(ended = has_ended(job)) && !is_readable(interrupt))
		if (home_wait(watch, deadline, interrupt) < 0)
			break;
	if (watch >= 0)
		close(watch);
	return ended || has_ended(job);
}

void turn_await(struct turn *t, int interrupt)
{
	int64_t within = t->detach == WORKFLOW_NEVER ? -1 : turn_deadline();
	struct job job;

	if (!t->job || t->target)
		return;
	if (!t->runner) {
		str_clear(&t->text);
		turn_say(t, "#%lld waits: no runner is alive, start bgjob-run.\n",
			(long long)t->job);
		return;
	}
	if (t->detach == WORKFLOW_ALWAYS || t->named)
		return;
	if (t->streams && out_tty()) {
		converse_show(t, interrupt);
		return;
	}
	if (!wait_until(t->job, within, interrupt)) {
		if (t->detach == WORKFLOW_NEVER || is_readable(interrupt)) {
			str_clear(&t->text);
			/* behind the "^C" that the terminal shows */
			turn_say(t, "%s#%lld goes on in the background.\n",
				is_readable(interrupt) ? "\n" : "", (long long)t->job);
		}
		return;
	}
	t->ended = 1;
	str_clear(&t->text);
	if (job_get(t->job, &job) == 0) {
		commands_ended(t, &job);
		job_free(&job);
	}
}
