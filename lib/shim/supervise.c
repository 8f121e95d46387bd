/* supervise: wait for a command and all it started, end them when it is time */
#include "shim/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "shim/tree.h"
#include "shim/trim.h"

enum phase { RUNNING, ASKED, FORCED };

struct watch {
	const struct supervision *s;
	struct state_record *record;
	enum phase phase;
	int main_ended;
	int64_t pause; /* ms between rounds of KILL */
	struct trim trim;
};

static void waited_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
}

/*
 * posix_spawn(3) leaves glibc's two internal signals ignored, and sigaction(3)
 * refuses to reset them
 */
static void reset_internal_signals(void)
{
	static const unsigned long by_default[8]; /* at least as large as the kernel's structure */

	for (int number = 32; number < 34; number++)
		syscall(SYS_rt_sigaction, number, by_default, NULL, _NSIG / 8);
}

static int signals = -1, timer = -1;

int supervise_prepare(void)
{
	sigset_t all, set;

	reset_internal_signals();
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	waited_signals(&set);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	return signals < 0 || timer < 0 ? -1 : 0;
}

int supervise_cancelled(int state)
{
	char mark = 0;

	return state_read(state, STATE_AT_CANCEL, &mark, 1) == 0 && mark != 0;
}

static void arm(int64_t ms)
{
	struct itimerspec at = { .it_value = { ms / 1000, ms % 1000 * 1000000 } };

	if (ms == 0)
		at.it_value.tv_nsec = 1; /* zero would disarm it */
	timerfd_settime(timer, 0, &at, NULL);
}

static void kill_cgroup(const char *folder)
{
	char name[STATE_CGROUP + 16];
	int fd;

	if (!*folder)
		return;
	snprintf(name, sizeof(name), "%s/cgroup.kill", folder);
	fd = open(name, O_WRONLY | O_CLOEXEC);
	/* Linux before 5.14 has no cgroup.kill: the tree is ended process by process */
	if (fd >= 0 && write(fd, "1", 1) <= 0)
		tree_signal(SIGKILL);
	if (fd >= 0)
		close(fd);
}

static void force(struct watch *w)
{
	w->phase = FORCED;
	kill_cgroup(w->s->cgroup);
	tree_signal(SIGKILL);
	/* the next round catches what slipped through; a process inside the kernel takes time */
	arm(w->pause);
	w->pause = w->pause < 500 ? 2 * w->pause : 1000;
}

static void ask(struct watch *w)
{
	if (w->phase != RUNNING)
		return;
	w->phase = ASKED;
	tree_signal(SIGTERM);
	tree_signal(SIGCONT); /* a stopped process does not act on TERM */
	arm(w->s->grace_ms);
}

static void reap(struct watch *w)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != w->s->command)
			continue;
		w->main_ended = 1;
		w->record->wait_status = status;
		if (!w->record->ended)
			w->record->ended = STATE_BY_ITSELF;
		failpoint("shim-reaped");
	}
}

static void end_by(struct watch *w, enum state_ended by)
{
	/* if it ended by itself first, that is what is reported */
	if (!w->record->ended)
		w->record->ended = by;
	ask(w);
}

static void on_signal(struct watch *w)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof(info)) == sizeof(info)) {
		/* first: a command that is already dead ended by itself */
		reap(w);
		if (info.ssi_signo != SIGCHLD)
			end_by(w,
				supervise_cancelled(w->s->state) ? STATE_BY_CANCEL
								 : STATE_BY_SHUTDOWN);
	}
}

static void on_timer(struct watch *w)
{
	uint64_t expirations;

	if (read(timer, &expirations, sizeof(expirations)) < 0)
		return;
	reap(w);
	if (w->phase == RUNNING)
		end_by(w, STATE_BY_TIMEOUT);
	else
		force(w);
}

static void wait_once(struct watch *w)
{
	struct pollfd fds[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = timer, .events = POLLIN },
		{ .fd = trim_descriptor(&w->trim), .events = POLLIN },
	};

	if (poll(fds, 3, trim_delay(&w->trim)) < 0)
		return;
	trim_work(&w->trim, fds[2].revents != 0);
	if (fds[0].revents)
		on_signal(w);
	if (fds[1].revents)
		on_timer(w);
}

static void account(struct state_record *record)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	record->utime_us = usage.ru_utime.tv_sec * INT64_C(1000000) + usage.ru_utime.tv_usec;
	record->stime_us = usage.ru_stime.tv_sec * INT64_C(1000000) + usage.ru_stime.tv_usec;
	record->maxrss_kb = usage.ru_maxrss;
}

void supervise(const struct supervision *s, struct state_record *record)
{
	struct watch w = { .s = s, .record = record, .pause = 5 };

	trim_open(&w.trim, s->streams, s->max_output);
	if (s->timeout_ms >= 0)
		arm(s->timeout_ms);
	reap(&w);
	while (!w.main_ended || !tree_empty()) {
		/* what the command left behind ends with it */
		if (w.main_ended)
			ask(&w);
		wait_once(&w);
	}
	if (*s->cgroup)
		kill_cgroup(s->cgroup);
	account(record);
	trim_close(&w.trim);
}
