/* reply_await: wait for the job whose result is the answer, if it cannot be sent later */
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/out.h"
#include "chat/ask_model.h"
#include "chat/commands.h"
#include "chat/reply.h"
#include "db/home.h"
#include "run/wait.h"

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

/* Returns whether the job has ended. */
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

void reply_await(struct reply *reply, int interrupt)
{
	int64_t within = reply->detach == WORKFLOW_NEVER ? -1 : reply_deadline();
	struct job job;

	if (!reply->job || reply->target)
		return;
	if (!reply->runner) {
		str_clear(&reply->text);
		reply_say(reply, "#%lld waits: no runner is alive, start bgjob-run.\n",
			(long long)reply->job);
		return;
	}
	if (reply->detach == WORKFLOW_ALWAYS || reply->named)
		return;
	if (reply->streams && out_tty()) {
		ask_model_stream(reply, interrupt);
		return;
	}
	if (!wait_until(reply->job, within, interrupt)) {
		if (reply->detach == WORKFLOW_NEVER || is_readable(interrupt)) {
			str_clear(&reply->text);
			/* below the "^C" that the terminal shows */
			reply_say(reply, "%s#%lld continues in the background.\n",
				is_readable(interrupt) ? "\n" : "", (long long)reply->job);
		}
		return;
	}
	reply->ended = 1;
	str_clear(&reply->text);
	if (job_get(reply->job, &job) == 0) {
		commands_ended(reply, &job);
		job_free(&job);
	}
}
