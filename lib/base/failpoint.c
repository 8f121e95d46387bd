/* failpoint: named places where a test build dies */
#include "base/failpoint.h"

#ifdef BGJOB_TEST

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* read once, early: a shim's environ later becomes the job's */
static const char *list, *log_file;

static void read_environment(void)
{
	static int known;

	if (known)
		return;
	known = 1;
	list = getenv("BGJOB_FAILPOINTS");
	log_file = getenv("BGJOB_FAILPOINT_LOG");
}

/* one write, so that lines of several processes do not mix */
static void note_hit(const char *name)
{
	char line[80];
	int n = snprintf(line, sizeof(line), "%s\n", name);
	int fd = log_file ? open(log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;

	if (fd < 0)
		return;
	if (write(fd, line, (size_t)n) != n)
		_exit(1);
	close(fd);
}

static void act_on(const char *name, long one_in, long ms)
{
	unsigned draw = 0;

	if (getrandom(&draw, sizeof(draw), 0) != sizeof(draw) || one_in < 1 ||
		draw % (unsigned long)one_in != 0)
		return;
	if (ms > 0) {
		nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
	} else {
		note_hit(name);
		kill(getpid(), SIGKILL);
	}
}

void failpoint(const char *name)
{
	size_t n = strlen(name);

	read_environment();
	for (const char *entry = list; entry && *entry;) {
		if (strncmp(entry, name, n) == 0 && entry[n] == ':') {
			long ms = 0, one_in = 0;

			if (sscanf(entry + n, ":%ld:%ld", &one_in, &ms) >= 1)
				act_on(name, one_in, ms);
		}
		entry = strchr(entry, ',');
		if (entry)
			entry++;
	}
}

char **failpoint_environment(char **none)
{
	static char *found[4];
	int count = 0;

	for (char **variable = environ; *variable; variable++)
		if ((strncmp(*variable, "BGJOB_FAILPOINT", 15) == 0 ||
			    strncmp(*variable, "BGJOB_CLOCK=", 12) == 0) &&
			count < 3)
			found[count++] = *variable;
	found[count] = NULL;
	return count ? found : none;
}

#else
typedef int failpoint_unused;
#endif
