/* runner: see to it that somebody runs the jobs */
#include "exec/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/config.h"
#include "base/die.h"
#include "base/failpoint.h"
#include "exec/paths.h"
#include "store/home.h"
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

/* the process in between ends at once, so that nobody waits for the runner */
static void start_detached(int log, const char *program)
{
	char *argv[] = { (char *)(uintptr_t)program, "--linger", "60s", "--autorun", NULL };
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	setsid();
	if (null < 0 || chdir("/") < 0 || setenv("BGJOB_HOME", home_path(), 1) < 0)
		_exit(1);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(log >= 0 ? log : null, STDERR_FILENO);
	close_range(3, ~0U, 0);
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (fork() == 0) {
		execv(program, argv);
		_exit(127);
	}
	_exit(0);
}

int runner_ensure(void)
{
	const char *program;
	int log, status;
	pid_t pid;

	failpoint("before-runner");
	if (pool_any_alive())
		return 1;
	if (!config_yes("BGJOB_AUTORUN", 1))
		return 0;
	program = paths_program("bgjob-run");
	if (access(program, X_OK) < 0) {
		warn_errno("cannot start a runner: %s", program);
		return 0;
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
		warn("cannot start a runner: the job waits for the next bgjob-run");
		return 0;
	}
	return 1;
}
