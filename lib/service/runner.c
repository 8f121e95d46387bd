/* runner: make sure that somebody runs the jobs and delivers the messages */
#include "service/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/die.h"
#include "base/failpoint.h"
#include "base/spawn.h"
#include "base/trace.h"
#include "db/home.h"
#include "service/paths.h"
#include "store/delivery.h"
#include "store/pool.h"

enum { LOG_MAX = 1 << 20 };

static int open_log(void)
{
	int fd = openat(home_dir(), "runner.log",
		O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > LOG_MAX && ftruncate(fd, 0) < 0)
		warn_errno("cannot shorten %s", home_file("runner.log"));
	return fd;
}

/* these variables describe the job that started us, which this process outlives */
static int forget_job(void)
{
	return unsetenv("BGJOB_ID") | unsetenv("BGJOB_ATTEMPT") | unsetenv("BGJOB_USER") |
		unsetenv("BGJOB_QUEUE") | unsetenv("BGJOB_SLOT") | unsetenv("BGJOB_RUN");
}

/* the process in between exits at once, so that nobody waits for what it starts */
static void start_detached(int log, const char *program)
{
	char *argv[] = { (char *)(uintptr_t)program, "--linger", "60s", "--autorun", NULL };
	int null = open("/dev/null", O_RDWR);

	setsid();
	if (null < 0 || chdir("/") < 0 || setenv("BGJOB_HOME", home_path(), 1) < 0 || forget_job())
		_exit(1);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(log >= 0 ? log : null, STDERR_FILENO);
	close_range(3, ~0U, 0);
	spawn_reset_signals();
	if (fork() == 0) {
		execv(program, argv);
		_exit(127);
	}
	_exit(0);
}

/* Returns 0, or -1 with a warning. */
static int start_service(const char *name)
{
	const char *program = paths_program(name);
	int log, status;
	pid_t pid;

	if (access(program, X_OK) < 0) {
		warn_errno("cannot start %s", program);
		return -1;
	}
	log = open_log();
	signal(SIGCHLD, SIG_DFL);
	pid = fork();
	if (pid == 0)
		start_detached(log, program);
	if (log >= 0)
		close(log);
	failpoint("after-runner");
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0) {
		warn("cannot start %s: its work waits until the next one starts", name);
		return -1;
	}
	trace(TRACE_SPAWN, "%s was started in the background", program);
	return 0;
}

int runner_ensure(void)
{
	failpoint("before-runner");
	if (pool_any_alive())
		return 1;
	return config_yes("BGJOB_AUTORUN", 1) && start_service("bgjob-run") == 0;
}

int runner_ensure_notifier(void)
{
	if (home_locked(RUNNER_NOTIFY_LOCK, RUNNER_NOTIFY_SENDER, 1))
		return 1;
	return config_yes("BGJOB_AUTORUN", 1) && start_service("bgjob-notify") == 0;
}

void runner_deliver(void)
{
	static int64_t last;

	/*
	 * a notifier that exits at once, for instance for lack of memory, is not started with
	 * every job
	 */
	if (!delivery_waiting() || (last && clock_boot() - last < CLOCK_MINUTE) ||
		home_locked(RUNNER_NOTIFY_LOCK, RUNNER_NOTIFY_SENDER, 1))
		return;
	last = clock_boot();
	runner_ensure_notifier();
}
