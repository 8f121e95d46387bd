/* events: a descriptor that becomes readable on a signal */
#include "service/events.h"

#include <signal.h>
#include <sys/signalfd.h>
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

void events_drain(int fd)
{
	char buffer[256];

	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
}
