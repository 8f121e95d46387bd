/* fake: preloaded into a program of ours, it reports the moment of each commit, for the bench
 *
 * The first thing that follows a COMMIT is that "wake" is opened. The time is taken just before
 * that and written to the FIFO that BENCH_FIFO names, as latency.c reads it. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* (void *) to a function pointer is what dlsym(3) means, but not ISO C */
static int (*real_openat(void))(int, const char *, int, ...)
{
	int (*function)(int, const char *, int, ...);
	void *symbol = dlsym(RTLD_NEXT, "openat");

	memcpy(&function, &symbol, sizeof(function));
	return function;
}

static void report(void)
{
	static int fd = -1;
	const char *fifo = getenv("BENCH_FIFO");
	struct timespec now;
	int64_t message[2] = { 'c', 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	message[1] = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	if (fd < 0 && fifo)
		fd = open(fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0 && write(fd, message, sizeof(message)) < 0)
		abort();
}

int openat(int dir, const char *name, int flags, ...)
{
	static int (*next)(int, const char *, int, ...);
	mode_t mode = 0;
	va_list args;

	if (!next)
		next = real_openat();
	if (flags & (O_CREAT | O_TMPFILE)) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	if (strcmp(name, "wake") == 0)
		report();
	return next(dir, name, flags, mode);
}
