/* up: keep services running together in the foreground */
#include "cli/up.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/process.h"
#include "base/spawn.h"
#include "base/str.h"
#include "run/settle.h"
#include "service/loop.h"

enum {
	FIRST_PAUSE = 200,
	PAUSE = 30000,
	HEALTHY = 60000,
	GRACE = 10000,
	LEAST_GRACE = 500
}; /* ms */

struct up;

struct child {
	struct up *up;
	struct loop_source *source; /* of pidfd */
	const struct up_service *service;
	pid_t pid;          /* 0: not running */
	int pidfd;          /* -1: not running */
	int64_t started_at; /* these three: clock_boot() */
	int64_t start_at;   /* when to start it, if it is not running */
	int64_t pause;      /* before the next start (ms) */
};

struct up {
	struct child *children;
	size_t count;
	struct loop *loop;
	int64_t stopped_at, kill_at; /* clock_boot(); 0: not stopping */
	int killed;
};

_Noreturn static void become(const struct up_service *service, pid_t parent)
{
	char *argv[] = { (char *)(uintptr_t)service->path, (char *)(uintptr_t)service->argument,
		NULL };
	int null = open("/dev/null", O_RDONLY);

	/* ^C is for us: we stop them in an orderly way */
	setpgid(0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
		_exit(EXIT_SYSTEM);
	/* these variables are about this process */
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	dup2(null, STDIN_FILENO);
	close_range(3, ~0U, 0);
	spawn_reset_signals();
	execv(service->path, argv);
	warn_errno("cannot run %s", service->path);
	_exit(127);
}

static void try_later(struct child *c)
{
	c->start_at = clock_boot() + c->pause;
	c->pause = c->pause * 2 > PAUSE ? PAUSE : c->pause * 2;
}

/* "exit 1" or "killed by SIGKILL" */
static void how(int status, struct str *text)
{
	char name[32];

	if (WIFSIGNALED(status))
		str_addf(text, "killed by %s", process_signal_name(WTERMSIG(status), name));
	else
		str_addf(text, "exit %d", WEXITSTATUS(status));
}

static void on_end(void *arg, int events)
{
	struct child *c = arg;
	char pause[CLOCK_TEXT];
	struct str text = { 0 };
	int status;

	(void)events;
	loop_remove(c->up->loop, c->source);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	spawn_ended(c->pid, status);
	close(c->pidfd);
	c->pid = 0;
	c->pidfd = -1;
	c->source = NULL;
	how(status, &text);
	if (c->up->kill_at) {
		if (WIFSIGNALED(status) ? WTERMSIG(status) != SIGTERM : WEXITSTATUS(status))
			warn("%s ended: %s", c->service->name, text.data);
	} else {
		if (clock_boot() - c->started_at >= HEALTHY)
			c->pause = FIRST_PAUSE;
		clock_format_duration(c->pause, pause);
		warn("%s ended: %s; started again in %s", c->service->name, text.data, pause);
		try_later(c);
	}
	str_free(&text);
}

static void start_child(struct child *c)
{
	pid_t self = getpid();

	c->pid = fork();
	if (c->pid == 0)
		become(c->service, self);
	c->pidfd = c->pid > 0 ? process_open(c->pid) : -1;
	c->started_at = clock_boot();
	if (c->pidfd >= 0)
		c->source = loop_add(c->up->loop, c->pidfd, POLLIN, on_end, c);
	if (c->source)
		return;
	warn_errno("cannot start %s, trying again", c->service->name);
	if (c->pidfd >= 0)
		close(c->pidfd);
	c->pidfd = -1;
	if (c->pid > 0) {
		/* without a pidfd we cannot watch it */
		kill(c->pid, SIGKILL);
		waitpid(c->pid, NULL, 0);
	}
	c->pid = 0;
	try_later(c);
}

static void signal_all(const struct up *u, int number)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->children[i].pidfd >= 0)
			process_signal(u->children[i].pidfd, number);
}

static void on_signal(void *arg)
{
	struct up *u = arg;

	if (u->kill_at) {
		/* not at once: timeout(1) sends its signal both to us and to our group */
		u->kill_at = u->stopped_at + LEAST_GRACE;
		return;
	}
	loop_stopping(u->loop);
	warn("stopping; running jobs continue");
	u->stopped_at = clock_boot();
	u->kill_at = u->stopped_at + GRACE;
	signal_all(u, SIGTERM);
}

static int running(const struct up *u)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->children[i].pid)
			return 1;
	return 0;
}

/* Do what is due now. */
static void act_on_due(struct up *u)
{
	int64_t now = clock_boot();

	if (u->kill_at && !u->killed && now >= u->kill_at) {
		u->killed = 1;
		signal_all(u, SIGKILL);
	}
	for (size_t i = 0; i < u->count && !u->kill_at; i++)
		if (!u->children[i].pid && now >= u->children[i].start_at)
			start_child(&u->children[i]);
}

static void up_sleep(struct up *u)
{
	if (u->kill_at && !u->killed)
		loop_wake_by(u->loop, u->kill_at);
	for (size_t i = 0; i < u->count && !u->kill_at; i++)
		if (!u->children[i].pid)
			loop_wake_by(u->loop, u->children[i].start_at);
	loop_wait(u->loop);
}

void up_run(const struct up_service *services, size_t count)
{
	struct up u = { .count = count, .children = mem_zero(count, sizeof(*u.children)) };
	struct loop_options options = { .on_signal = on_signal, .arg = &u };

	u.loop = loop_new(&options);
	for (size_t i = 0; i < count; i++)
		u.children[i] = (struct child){ .up = &u,
			.service = &services[i],
			.pidfd = -1,
			.pause = FIRST_PAUSE };
	act_on_due(&u);
	loop_ready(u.loop);
	while (!u.kill_at || running(&u)) {
		up_sleep(&u);
		act_on_due(&u);
	}
	loop_free(u.loop);
	free(u.children);
}
