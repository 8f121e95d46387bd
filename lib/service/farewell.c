/* farewell: the last message of a tool that is killed */
#include "service/farewell.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"

static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };

enum { COUNT = sizeof(numbers) / sizeof(*numbers) };

/* made in advance: a signal handler may only write it */
static char message[256];
static pid_t owner;

static void on_signal(int number)
{
	ssize_t written = 0;

	/* a forked child that has not executed its program yet stays silent */
	if (getpid() == owner)
		written = write(STDERR_FILENO, message, strlen(message));
	(void)written;
	_exit(128 + number);
}

static void set_blocked(int how)
{
	sigset_t set;

	sigemptyset(&set);
	for (int i = 0; i < COUNT; i++)
		sigaddset(&set, numbers[i]);
	sigprocmask(how, &set, NULL);
}

void farewell_hold(void)
{
	set_blocked(SIG_BLOCK);
}

void farewell_to(int64_t job)
{
	struct sigaction action = { .sa_handler = on_signal };

	snprintf(message, sizeof(message), "%s: job %lld continues in the background\n",
		die_program(), (long long)job);
	owner = getpid();
	for (int i = 0; i < COUNT; i++) {
		struct sigaction old;

		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
	set_blocked(SIG_UNBLOCK);
}

void farewell_release(void)
{
	set_blocked(SIG_UNBLOCK);
}
