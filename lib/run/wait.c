/* wait: wait for jobs, woken by commits, and exit as they did */
#include "run/wait.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/die.h"
#include "base/process.h"
#include "base/str.h"
#include "db/db.h"
#include "db/home.h"
#include "run/recover.h"
#include "run/spool.h"
#include "service/runner.h"
#include "shim/state.h"
#include "store/attempt.h"
#include "store/job.h"
#include "store/pool.h"

struct waiting {
	const int64_t *ids;
	size_t count, left;
	char *ended;
	int any;
	long last;
	int other; /* pidfd of a pool or of a shim that we wait for; -1: none */
	int said;
	int64_t started, pause; /* of a runner: clock_boot(), ms until the next one */
	void (*told)(void *arg);
	void *arg;
};

/* returns whether the wait is over */
static int look_at_jobs(struct waiting *w)
{
	for (size_t i = 0; i < w->count; i++) {
		if (w->ended[i] || !job_finished(job_status(w->ids[i])))
			continue;
		w->ended[i] = 1;
		w->left--;
		w->last = (long)i;
		if (w->any)
			return 1;
	}
	return w->left == 0;
}

static int is_waited_for(const struct waiting *w, int64_t job)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->ids[i] == job)
			return 1;
	return 0;
}

static void watch_shim(const struct attempt *a, void *arg)
{
	struct waiting *w = arg;
	struct state_shim shim = { 0 };
	int state;

	if (w->other >= 0 || !is_waited_for(w, a->job))
		return;
	state = spool_open_state(a->job, a->attempt);
	if (state >= 0 && state_read(state, STATE_AT_SHIM, &shim, sizeof(shim)) == 0 &&
		shim.pid > 0)
		w->other = process_open((pid_t)shim.pid);
	if (state >= 0)
		close(state);
}

static void watch_pool(int64_t id, pid_t pid, int slots, int64_t started_at, void *arg)
{
	struct waiting *w = arg;
	int fd;

	(void)slots;
	(void)started_at;
	if (w->other >= 0)
		return;
	fd = process_open(pid);
	if (fd >= 0 && pool_alive(id))
		w->other = fd;
	else if (fd >= 0)
		close(fd);
}

/*
 * Some process has to record ends: a living pool, whose death we watch for; or one that is started
 * now; or, with BGJOB_AUTORUN=no, this process. Returns when to look again at the latest, or -1 for
 * no limit.
 */
static int64_t see_to_a_pool(struct waiting *w)
{
	if (w->other >= 0)
		close(w->other);
	w->other = -1;
	if (pool_any_alive()) {
		pool_list(watch_pool, w);
		return w->other >= 0 ? -1 : clock_boot() + CLOCK_SECOND;
	}
	/*
	 * a runner that was just started may need a moment, and one that keeps dying is restarted
	 * at growing intervals
	 */
	if (w->started && clock_boot() < w->started + w->pause)
		return w->started + w->pause;
	if (runner_ensure()) {
		if (w->pause > CLOCK_SECOND && !w->said++)
			warn("the runner keeps exiting: see %s", home_file("runner.log"));
		w->started = clock_boot();
		w->pause = w->pause ? 2 * w->pause : CLOCK_SECOND;
		return w->started + w->pause;
	}
	if (recover_all(0, NULL, watch_shim, w) < 0)
		return clock_boot() + CLOCK_SECOND; /* the disk is full: the exit record waits */
	if (w->other < 0 && !w->said && !look_at_jobs(w)) {
		warn("no runner is alive and BGJOB_AUTORUN=no: start bgjob-run");
		w->said = 1;
	}
	return -1;
}

static int wait_once(struct waiting *w, int watch, int64_t deadline)
{
	int64_t again = see_to_a_pool(w);

	/* it may have ended while we looked for a pool: arm first, look second */
	if (look_at_jobs(w))
		return 0;
	if (again >= 0 && (deadline < 0 || again < deadline)) {
		home_wait(watch, again, w->other);
		return 0;
	}
	return home_wait(watch, deadline, w->other);
}

static int look_and_tell(struct waiting *w)
{
	/* look first, so that the last told() after the end reports everything before it */
	int over = look_at_jobs(w);

	if (w->told)
		w->told(w->arg);
	return over;
}

static int wait_until(struct waiting *w, int64_t within_ms)
{
	int64_t deadline = within_ms < 0 ? -1 : clock_boot() + within_ms;
	int watch = within_ms == 0 ? -1 : home_watch(), over;

	w->left = w->count;
	w->other = w->last = -1;
	w->ended = mem_zero(w->count, 1);
	while (!(over = look_and_tell(w)) && within_ms != 0)
		if (wait_once(w, watch, deadline) < 0)
			break;
	over = over || look_at_jobs(w);
	if (watch >= 0)
		close(watch);
	if (w->other >= 0)
		close(w->other);
	free(w->ended);
	return over;
}

long wait_for(const int64_t *ids, size_t count, int any, int64_t within_ms)
{
	struct waiting w = { .ids = ids, .count = count, .any = any };

	return wait_until(&w, within_ms) ? w.last : -1;
}

void wait_told(const int64_t *ids, size_t count, void (*told)(void *arg), void *arg)
{
	struct waiting w = { .ids = ids, .count = count, .told = told, .arg = arg };

	wait_until(&w, -1);
}

static void remember(const struct attempt *a, void *arg)
{
	int64_t *status = arg;

	*status = a->wait_status;
}

int wait_status(int64_t id)
{
	int64_t status = -1;

	if (job_status(id) == JOB_DONE)
		return 0;
	attempt_list(id, remember, &status);
	if (status < 0)
		return EXIT_NO;
	if (WIFSIGNALED((int)status))
		return 128 + WTERMSIG((int)status);
	return WEXITSTATUS((int)status) ? WEXITSTATUS((int)status) : EXIT_NO;
}
