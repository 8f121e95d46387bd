/* spawn: start another program, which inherits only what it is given */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"
#include "base/str.h"
#include "base/trace.h"

enum { OUT_OF_THE_WAY = 64 };

static int set_attributes(posix_spawnattr_t *attributes, const struct spawn *s)
{
	int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
	sigset_t none, all;

	flags |= s->session ? POSIX_SPAWN_SETSID : 0;
	flags |= s->group ? POSIX_SPAWN_SETPGROUP : 0;
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setsigmask(attributes, s->block_signals ? &all : &none);
	posix_spawnattr_setsigdefault(attributes, &all);
	return posix_spawnattr_setflags(attributes, (short)flags);
}

/* from[N] becomes N; those given are copied first, to numbers that none of them will get */
static void set_descriptors(posix_spawn_file_actions_t *files, const struct spawn *s,
	const int *from)
{
	for (int to = 0; to < s->count; to++) {
		int mode = to == STDIN_FILENO ? O_RDONLY : O_WRONLY;

		if (from[to] >= 0)
			posix_spawn_file_actions_adddup2(files, from[to], to);
		else if (from[to] == SPAWN_NULL)
			posix_spawn_file_actions_addopen(files, to, "/dev/null", mode, 0);
	}
	if (!s->keep_others)
		posix_spawn_file_actions_addclosefrom_np(files, s->count);
	if (s->directory)
		posix_spawn_file_actions_addchdir_np(files, s->directory);
}

static int start(const struct spawn *s, const int *from, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int error;

	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	set_descriptors(&files, s, from);
	error = set_attributes(&attributes, s);
	if (!error)
		error = posix_spawnp(pid, s->program, &files, &attributes, s->argv, s->environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

int spawn(const struct spawn *s, pid_t *pid)
{
	int *from = mem_zero((size_t)s->count, sizeof(*from)), error = 0;

	for (int i = 0; i < s->count; i++) {
		from[i] = s->fds[i];
		if (from[i] >= 0 && !error)
			from[i] = fcntl(s->fds[i], F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
		if (s->fds[i] >= 0 && from[i] < 0)
			error = errno;
	}
	if (!error)
		error = start(s, from, pid);
	for (int i = 0; i < s->count; i++)
		if (from[i] >= 0 && from[i] != s->fds[i])
			close(from[i]);
	free(from);
	if (error)
		trace(TRACE_SPAWN, "cannot start %s: %s", s->program, strerror(error));
	else
		trace(TRACE_SPAWN, "process %ld is %s", (long)*pid, s->program);
	return error;
}

void spawn_reset_signals(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void spawn_ended(pid_t pid, int status)
{
	char name[PROCESS_SIGNAL_NAME];

	if (WIFSIGNALED(status))
		trace(TRACE_SPAWN, "process %ld was killed by %s", (long)pid,
			process_signal_name(WTERMSIG(status), name));
	else
		trace(TRACE_SPAWN, "process %ld: exit %d", (long)pid, WEXITSTATUS(status));
}
