/* command: start a job's command from its shim */
#include "shim/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failpoint.h"

static int open_stream(int spool, const struct spec *spec, const char *suffix, int there)
{
	int flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
	char name[STATE_NAME];
	int fd;

	state_name(name, spec->job, spec->attempt, suffix);
	if (there)
		return openat(spool, name, flags);
	flags |= O_CREAT | O_EXCL;
	fd = openat(spool, name, flags, 0600);
	if (fd < 0 && errno == EEXIST && unlinkat(spool, name, 0) == 0)
		fd = openat(spool, name, flags, 0600);
	return fd;
}

int command_open(int spool, const struct spec *spec, struct command_files *files)
{
	files->stream[0] = open_stream(spool, spec, "out", spec->flags & SPEC_HAS_STDOUT);
	files->stream[1] = open_stream(spool, spec, "err", spec->flags & SPEC_HAS_STDERR);
	return files->stream[0] < 0 || files->stream[1] < 0 ? -1 : 0;
}

static void reset_oom(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	/*
	 * if this fails, the command stays as protected as the pool, which is no reason not
	 * to run it
	 */
	if (fd >= 0 && write(fd, "0", 1) == 1)
		close(fd);
}

/*
 * Lower the priority, so that interactive programs come first. Where the kernel groups tasks by
 * session (sched(7), "autogroup") the group's nice value counts too.
 */
static void lower_priority(int by)
{
	const char text[] = { (char)('0' + by / 10), (char)('0' + by % 10) };
	int fd;

	errno = 0;
	if (by == 0 || (nice(by) < 0 && errno))
		return;
	fd = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, text, sizeof(text)) > 0)
		close(fd);
}

static void join_cgroup(int fd)
{
	/* if it cannot be joined, cgroup.kill ends nothing, and the tree is signalled instead */
	if (fd >= 0 && write(fd, "0", 1) != 1)
		return;
}

/* in the child that shares our memory until exec: system calls only */
static void become(const struct spec_view *spec, const struct command_files *files, pid_t shim,
	volatile enum state_step *step)
{
	sigset_t none;

	sigemptyset(&none);
	setsid();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != shim)
		_exit(127);
	join_cgroup(files->cgroup);
	if (spec->head->flags & SPEC_RESET_OOM)
		reset_oom();
	lower_priority((int)spec->head->nice);
	*step = STATE_OUTPUT;
	if (dup2(files->stream[0], STDOUT_FILENO) < 0 || dup2(files->stream[1], STDERR_FILENO) < 0)
		return;
	*step = STATE_DIRECTORY;
	if (chdir(spec->directory) < 0)
		return;
	*step = STATE_EXEC;
	umask((mode_t)spec->head->umask);
	sigprocmask(SIG_SETMASK, &none, NULL);
	failpoint("command-before-exec");
	execvp(spec->argv[0], spec->argv);
}

pid_t command_start(const struct spec_view *spec, const struct command_files *files,
	enum state_step *step, int *error)
{
	volatile enum state_step at = STATE_FORK;
	struct state_command mark = { .starting = 1 };
	volatile int failed = 0;
	pid_t shim = getpid(), pid;
	char **ours = environ;

	failpoint("shim-before-mark");
	if (state_write(files->state, STATE_AT_COMMAND, &mark, sizeof(mark)) < 0) {
		*step = STATE_FORK;
		*error = errno;
		return -1;
	}
	failpoint("shim-after-mark");
	environ = spec->envp; /* execvp() searches the PATH of the job, not ours */
	pid = vfork();
	if (pid == 0) {
		become(spec, files, shim, &at);
		failed = errno ? errno : EIO;
		_exit(127);
	}
	environ = ours; /* the spec is unmapped before we end */
	if (pid > 0 && !failed) {
		mark.pid = pid;
		/* only the search for leftovers reads it */
		if (state_write(files->state, STATE_AT_COMMAND, &mark, sizeof(mark)) == 0)
			failpoint("shim-after-exec");
		return pid;
	}
	*step = at;
	*error = pid < 0 ? errno : failed;
	return -1;
}
