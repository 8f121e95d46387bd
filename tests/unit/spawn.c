/* spawn: what a program inherits, and what it does not */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "tap.h"

#include "base/spawn.h"
#include "base/trace.h"

extern char **environ;

/* Run shell text with these descriptors; what it wrote to its stdout is in `out`. Returns its wait status. */
static int run(struct spawn s, const char *shell, char *out, size_t size)
{
	char *argv[] = { "sh", "-c", (char *)(uintptr_t)shell, NULL };
	int ends[2], fds[] = { SPAWN_NULL, SPAWN_NULL, SPAWN_OURS }, status;
	size_t n = 0;
	ssize_t piece;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		abort();
	fds[1] = ends[1];
	if (!s.count) {
		s.fds = fds;
		s.count = 3;
	}
	s.program = s.program ? s.program : "/bin/sh";
	s.argv = s.argv ? s.argv : argv;
	s.environment = environ;
	if (spawn(&s, &pid))
		abort();
	close(ends[1]);
	while ((piece = read(ends[0], out + n, size - 1 - n)) > 0)
		n += (size_t)piece;
	out[n] = '\0';
	close(ends[0]);
	if (waitpid(pid, &status, 0) != pid)
		abort();
	spawn_ended(pid, status);
	return status;
}

static void signals(void)
{
	/* Not through a shell: dash unblocks them. */
	char *argv[] = { "grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status", NULL };
	struct spawn s = { .program = "grep", .argv = argv };
	char out[256];
	sigset_t set;

	signal(SIGUSR1, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	run(s, NULL, out, sizeof(out));
	/* posix_spawn(3) leaves glibc's two internal signals ignored */
	is_str(out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000180000000\n",
		"no signal is blocked or ignored");
	s.block_signals = 1;
	run(s, NULL, out, sizeof(out));
	out[strcspn(out, "\n")] = '\0';
	is_str(out, "SigBlk:\tfffffffe7ffbfeff", "all of them are blocked");
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	signal(SIGUSR1, SIG_DFL);
}

static void place(void)
{
	char out[256], own[64];

	run((struct spawn){ .session = 1 }, "set -- $(cat /proc/$$/stat); [ $6 = $$ ] && echo yes",
		out, sizeof(out));
	is_str(out, "yes\n", "a session of its own");
	run((struct spawn){ .group = 1 }, "set -- $(cat /proc/$$/stat); [ $5 = $$ ] && echo $6",
		out, sizeof(out));
	snprintf(own, sizeof(own), "%ld\n", (long)getsid(0));
	is_str(out, own, "a process group of its own in our session");
	run((struct spawn){ .directory = "/usr" }, "pwd", out, sizeof(out));
	is_str(out, "/usr\n", "a folder");
	run((struct spawn){ .program = "sh" }, "echo found", out, sizeof(out));
	is_str(out, "found\n", "searched in PATH");
	is_int(run((struct spawn){ 0 }, "kill -9 $$", out, sizeof(out)), 9, "its wait status");
}

static void descriptors(void)
{
	int one[2], two[2], low[2], fds[5];
	char out[256];
	int leak = open("/dev/null", O_RDONLY);

	/* 3 and 4 are each other's source: neither may overwrite the other */
	close(3);
	close(4);
	if (pipe(one) < 0 || pipe(two) < 0 || write(one[1], "one\n", 4) != 4 ||
		write(two[1], "two\n", 4) != 4)
		abort();
	close(one[1]);
	close(two[1]);
	low[0] = dup2(one[0], 4);
	low[1] = dup2(two[0], 3);
	if (pipe(one) < 0)
		abort();
	fds[0] = SPAWN_NULL;
	fds[1] = one[1];
	fds[2] = SPAWN_OURS;
	fds[3] = low[0];
	fds[4] = low[1];
	run((struct spawn){ .fds = fds, .count = 5 },
		"cat <&3; cat <&4; cat; ls /proc/$$/fd | tr '\\n' ' '", out, sizeof(out));
	close(one[1]);
	out[read(one[0], out, sizeof(out) - 1)] = '\0';
	ok(strncmp(out, "one\ntwo\n0 1 2 3 4 ", 18) == 0,
		"descriptors change places, others are closed");
	close(leak);
}

static void failure(void)
{
	char *argv[] = { "x", NULL };
	struct spawn s = { .program = "/nowhere/x", .argv = argv, .environment = environ };
	int bad[] = { 999 };
	pid_t pid = 0;

	is_int(spawn(&s, &pid), ENOENT, "a program that is not there");
	s.program = "/bin/true";
	s.fds = bad;
	s.count = 1;
	is_int(spawn(&s, &pid), EBADF, "a descriptor that is not open");
}

static void traced(void *unused)
{
	char out[64];

	(void)unused;
	setenv("BGJOB_TRACE", "spawn", 1);
	setenv("SECRET_VALUE", "not-to-be-seen", 1);
	run((struct spawn){ 0 }, "exit 3", out, sizeof(out));
	run((struct spawn){ 0 }, "kill -9 $$", out, sizeof(out));
}

int main(void)
{
	struct tap_child child = tap_fork(traced, NULL, "");

	ok(strstr(child.err, " is /bin/sh\n") && strstr(child.err, ": exit 3\n") &&
			strstr(child.err, " was killed by SIGKILL\n"),
		"BGJOB_TRACE=spawn shows a program, its pid and its end");
	ok(!strstr(child.err, "not-to-be-seen"), "and nothing of its environment");
	signals();
	place();
	descriptors();
	failure();
	return done();
}
