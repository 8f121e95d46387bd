/* events: a descriptor that becomes readable on a signal */
#include "service/events.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

int events_signals(void)
{
	sigset_t set;

	signal(SIGCHLD, SIG_DFL); /* if ignored, as our parent may, ends of children get lost */
	signal(SIGIO, SIG_IGN); /* sent when another process opens a file that we hold a lease on */
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
