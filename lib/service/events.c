/* events: descriptors that become readable on a signal or at a time */
#include "service/events.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

int events_signals(void)
{
	sigset_t set;

	signal(SIGCHLD, SIG_DFL); /* ignored by our parent, ends of shims would get lost */
	signal(SIGIO, SIG_IGN);   /* somebody opens a file in the very moment of its lease */
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int events_due(void)
{
	return timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
}

int events_set_due(int fd, int64_t due)
{
	struct itimerspec at = { .it_value = { due / 1000, due % 1000 * 1000000 } };

	if (due < 0)
		at.it_value = (struct timespec){ 0, 0 };
	else if (due == 0)
		at.it_value.tv_nsec = 1; /* zero would disarm it */
	return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &at, NULL);
}

int events_every(int64_t ms)
{
	struct timespec period = { ms / 1000, ms % 1000 * 1000000 };
	struct itimerspec every = { period, period };
	int fd;

	if (ms <= 0)
		return -1;
	fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (fd >= 0)
		timerfd_settime(fd, 0, &every, NULL);
	return fd;
}

void events_drain(int fd)
{
	char buffer[256];

	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
}
