/* cancel: end queued and running jobs */
#include "run/cancel.h"

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/failpoint.h"
#include "base/process.h"
#include "base/str.h"
#include "db/db.h"
#include "run/spool.h"
#include "service/runner.h"
#include "shim/state.h"
#include "store/attempt.h"
#include "store/job.h"
#include "store/transition.h"

/*
 * Write the mark first, then read the pid. The shim writes its pid first, then looks for the mark,
 * so one of the two always sees the other. The lock and the start time are checked only after a
 * pidfd has pinned the pid: they prove that it is still the shim's.
 */
static void signal_shim(int state)
{
	struct state_shim shim;
	int fd;

	if (state_write(state, STATE_AT_CANCEL, "c", 1) < 0)
		warn_errno("cannot mark a running job");
	failpoint("cancel-marked");
	if (state_read(state, STATE_AT_SHIM, &shim, sizeof(shim)) < 0 || shim.pid <= 0)
		return;
	fd = process_open((pid_t)shim.pid);
	if (fd < 0)
		return;
	if (process_start((pid_t)shim.pid) == shim.start && state_locked(state) == 1)
		process_signal(fd, SIGTERM);
	close(fd);
}

void cancel_signal(int64_t job)
{
	struct state_head head;
	struct attempt *list;
	size_t count = attempt_of(job, &list);
	int state;

	if (count) {
		state = spool_open_state(job, list[0].attempt);
		if (state >= 0 && state_read(state, STATE_AT_HEAD, &head, sizeof(head)) == 0 &&
			state_is(&head, job, list[0].attempt, list[0].claim))
			signal_shim(state);
		if (state >= 0)
			close(state);
	}
	attempt_free_list(list, count);
}

char *cancel_asker(const char *user)
{
	const struct passwd *login = user ? NULL : getpwuid(getuid());
	struct str text = { 0 };

	if (user)
		str_addf(&text, "user %s", user);
	else if (login)
		str_add(&text, login->pw_name);
	else
		str_addf(&text, "uid %u", (unsigned)getuid());
	return str_take(&text);
}

enum cancel_result cancel_mark(int64_t job, const char *by)
{
	int64_t now = clock_now();

	if (job_status(job) < 0)
		return CANCEL_UNKNOWN;
	if (transition_cancel(job, by, now))
		return CANCEL_DONE;
	return transition_ask_cancel(job, by, now) ? CANCEL_ASKED : CANCEL_FINISHED;
}

enum cancel_result cancel_job(int64_t job, const char *by)
{
	enum cancel_result result;

	db_begin();
	result = cancel_mark(job, by);
	db_commit();
	failpoint("cancel-committed");
	if (result == CANCEL_ASKED)
		cancel_signal(job);
	else if (result == CANCEL_DONE)
		runner_deliver();
	return result;
}
