/* launch_local: the local launcher: start a shim for a claimed job */
#include "run/launch_local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/failpoint.h"
#include "base/process.h"
#include "base/spawn.h"
#include "base/str.h"
#include "db/db.h"
#include "db/home.h"
#include "service/paths.h"
#include "shim/cgroup.h"
#include "shim/spec.h"
#include "shim/state.h"
#include "store/environment.h"
#include "store/job.h"
#include "store/result.h"

enum { DEFAULT_GRACE = 10000 /* ms */ };

static void add_variable(struct str *environment, const char *name, const char *value)
{
	str_addf(environment, "%s=%s", name, value);
	str_addc(environment, '\0');
}

static void add_variable_number(struct str *environment, const char *name, int64_t value)
{
	str_addf(environment, "%s=%lld", name, (long long)value);
	str_addc(environment, '\0');
}

/* Returns 0, or -1 with errno. */
static int build_environment(struct str *environment, const struct job *job, int slot)
{
	size_t n;
	char *captured = environment_load(job->environment, &n);

	if (!captured) {
		if (!db_failing())
			warn("environment %lld is missing: bgjob-recover --check",
				(long long)job->environment);
		errno = ENODATA;
		return -1;
	}
	str_addn(environment, captured, n);
	free(captured);
	add_variable(environment, "PWD", job->directory);
	add_variable(environment, "BGJOB_HOME", home_path());
	add_variable(environment, "BGJOB_QUEUE", job->queue);
	add_variable(environment, "BGJOB_USER", job->user ? job->user : "");
	add_variable_number(environment, "BGJOB_ID", job->id);
	add_variable_number(environment, "BGJOB_ATTEMPT", job->attempt);
	add_variable_number(environment, "BGJOB_SLOT", slot);
	if (job->run)
		add_variable_number(environment, "BGJOB_RUN", job->run);
	return 0;
}

static void add_argument(struct str *command, const char *argument)
{
	str_addn(command, argument, strlen(argument) + 1);
}

/*
 * A PID namespace whose first process dies with its parent and takes everything in it along. It
 * sees the same files, but has its own /proc.
 */
static int build_command(struct str *command, const struct job *job)
{
	static const char *const options[] = { "--die-with-parent", "--unshare-pid", "--dev-bind",
		"/", "/", "--proc", "/proc", "--" };
	const char *bubblewrap = job->contain ? paths_bubblewrap() : NULL;

	if (job->contain && !bubblewrap) {
		errno = ENOENT;
		return -1;
	}
	if (job->contain) {
		add_argument(command, bubblewrap);
		for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
			add_argument(command, options[i]);
		add_argument(command, paths_shim());
		add_argument(command, "exec");
	}
	str_addn(command, job->command, job->command_size);
	return 0;
}

/* jobs do not inherit our protection from the OOM killer */
static uint32_t oom_flag(void)
{
	static int known = -1;
	char text[16] = "";
	int fd;

	if (known >= 0)
		return (uint32_t)known;
	fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	if (fd >= 0)
		close(fd);
	known = text[0] == '-' ? SPEC_RESET_OOM : 0;
	return (uint32_t)known;
}

static int nice_by;

void launch_local_nice(int by)
{
	nice_by = by;
}

static int write_spec(const struct job *job, int slot, int streams)
{
	struct str environment = { 0 }, command = { 0 }, cgroup = { 0 };
	const char *parent = cgroup_delegated();
	struct spec head = { .flags = oom_flag() | (uint32_t)(streams & 1 ? SPEC_HAS_STDOUT : 0) |
			(uint32_t)(streams & 2 ? SPEC_HAS_STDERR : 0),
		.job = job->id,
		.attempt = job->attempt,
		.timeout_ms = job->timeout_ms,
		.grace_ms = job->grace_ms < 0 ? DEFAULT_GRACE : job->grace_ms,
		.max_output = job->max_output,
		.umask = (uint32_t)job->umask,
		.nice = (uint32_t)nice_by };
	int fd = -1;

	str_add(&cgroup, "");
	if (parent)
		str_addf(&cgroup, "%s/bgjob-%lld-%lld", parent, (long long)job->id,
			(long long)job->attempt);
	if (cgroup.len >= STATE_CGROUP)
		str_clear(&cgroup);
	if (build_environment(&environment, job, slot) == 0 && build_command(&command, job) == 0)
		fd = spec_write(head,
			&(struct spec_strings){ .claim = job->claim,
				.boot = process_boot(),
				.directory = job->directory,
				.cgroup = cgroup.data,
				.command = command.data,
				.command_size = command.len,
				.environment = environment.data,
				.environment_size = environment.len });
	str_free(&environment);
	str_free(&command);
	str_free(&cgroup);
	return fd;
}

/* what a shim writes if it cannot execute the command */
static void record_failure(const struct launch_local *l, const char *claim, enum state_step step,
	int error)
{
	struct state_record record = { .job = l->job,
		.attempt = l->attempt,
		.ended_at = clock_now(),
		.ended = STATE_BY_ITSELF,
		.wait_status = STATE_EXIT(126),
		.failed_step = step,
		.failed_errno = error };

	snprintf(record.claim, sizeof(record.claim), "%s", claim);
	snprintf(record.boot, sizeof(record.boot), "%s", process_boot());
	state_seal(&record);
	if (state_write(l->state, STATE_AT_RECORD, &record, sizeof(record)) < 0)
		warn_errno("cannot write the exit record of job %lld", (long long)l->job);
}

int launch_local_prepare(struct launch_local *l, int64_t id, int64_t attempt, const char *claim,
	int state, int slot, int streams)
{
	enum state_step step = STATE_INPUT;
	struct job job;

	*l = (struct launch_local){ .job = id,
		.attempt = attempt,
		.state = state,
		.input = -1,
		.spec = -1 };
	if (job_get(id, &job) < 0)
		return -1; /* the store has failed: the job existed a moment ago */
	l->input = result_input(id);
	if (l->input != RESULT_INPUT_LOST) {
		step = job.contain ? STATE_CONTAIN : STATE_FORK;
		l->spec = write_spec(&job, slot, streams);
	}
	if (db_failing())
		l->later = 1; /* the attempt will be rolled back: it must not have an exit record */
	else if (l->spec < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
		l->later = 1;
	else if (l->spec < 0)
		record_failure(l, claim, step, errno);
	job_free(&job);
	return l->spec < 0 ? -1 : 0;
}

static void close_if_open(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void launch_local_free(struct launch_local *l)
{
	close_if_open(&l->state);
	close_if_open(&l->input);
	close_if_open(&l->spec);
}

static int spawn_shim(const struct launch_local *l, pid_t *pid)
{
	char name[STATE_NAME];
	char *argv[] = { "bgjob-shim", name, NULL };
	char *none[] = { NULL };
	int fds[] = { l->input, SPAWN_NULL, SPAWN_NULL, l->state, home_folder(HOME_SPOOL),
		l->spec };
	/* the shim closes all other descriptors itself and unblocks the signals that it handles */
	struct spawn shim = { .program = paths_shim(),
		.argv = argv,
		.environment = failpoint_environment(none),
		.fds = fds,
		.count = sizeof(fds) / sizeof(*fds),
		.session = 1,
		.keep_others = 1,
		.block_signals = 1 };

	_Static_assert(SPEC_FD_STATE == 3 && SPEC_FD_SPOOL == 4 && SPEC_FD_SPEC == 5,
		"their places in fds");
	snprintf(name, sizeof(name), "%lld-%lld", (long long)l->job, (long long)l->attempt);
	if (l->input < 0)
		fds[0] = SPAWN_NULL;
	return spawn(&shim, pid);
}

pid_t launch_local_start(struct launch_local *l)
{
	pid_t pid;
	int error;

	failpoint("before-shim");
	error = spawn_shim(l, &pid);
	failpoint("after-shim");
	launch_local_free(l);
	errno = error;
	return error ? -1 : pid;
}
