/* failpoint: named places where a test build dies */
#include "base/failpoint.h"

#ifdef BGJOB_TEST

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static void act(long one_in, long ms)
{
	unsigned draw = 0;

	if (getrandom(&draw, sizeof(draw), 0) != sizeof(draw) || one_in < 1 ||
		draw % (unsigned long)one_in != 0)
		return;
	if (ms > 0)
		nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
	else
		kill(getpid(), SIGKILL);
}

void failpoint(const char *name)
{
	const char *list = getenv("BGJOB_FAILPOINTS");
	size_t n = strlen(name);

	while (list && *list) {
		if (strncmp(list, name, n) == 0 && list[n] == ':') {
			long ms = 0, one_in = 0;

			if (sscanf(list + n, ":%ld:%ld", &one_in, &ms) >= 1)
				act(one_in, ms);
		}
		list = strchr(list, ',');
		if (list)
			list++;
	}
}

#else
typedef int failpoint_unused;
#endif
