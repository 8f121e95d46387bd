/* fake: a disk that fails, preloaded into a program of ours
 *
 * Of the calls that write to a file below FAULT_UNDER, number FAULT_AT fails with EIO, and with
 * FAULT_ONWARDS all after it. When that happens the file FAULT_LOG is created. A failing write is
 * partly done, as on a real disk: half of the bytes are written. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long calls;

static int below(int fd)
{
	const char *folder = getenv("FAULT_UNDER");
	char name[64], path[4096];
	ssize_t n;

	if (!folder)
		return 0;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, path, sizeof(path) - 1);
	if (n < 0)
		return 0;
	path[n] = '\0';
	return strncmp(path, folder, strlen(folder)) == 0;
}

static void note(void)
{
	const char *log = getenv("FAULT_LOG");
	int fd = log ? open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;

	if (fd >= 0)
		close(fd);
}

static int fails(int fd)
{
	const char *at = getenv("FAULT_AT");
	int error = errno;

	if (!at || !below(fd)) {
		errno = error;
		return 0;
	}
	calls++;
	if (calls < atol(at) || (calls > atol(at) && !getenv("FAULT_ONWARDS"))) {
		errno = error;
		return 0;
	}
	note();
	errno = EIO;
	return 1;
}

/* the real one; an object pointer is what dlsym(3) gives, ISO C wants it copied */
#define NEXT(type, name) \
	static type next; \
	if (!next) { \
		void *symbol = dlsym(RTLD_NEXT, name); \
		memcpy(&next, &symbol, sizeof(next)); \
	}

typedef int (*sync_function)(int);
typedef ssize_t (*write_function)(int, const void *, size_t);
typedef ssize_t (*pwrite_function)(int, const void *, size_t, off_t);
typedef int (*truncate_function)(int, off_t);

int fsync(int fd)
{
	NEXT(sync_function, "fsync")

	return fails(fd) ? -1 : next(fd);
}

int fdatasync(int fd)
{
	NEXT(sync_function, "fdatasync")

	return fails(fd) ? -1 : next(fd);
}

int ftruncate(int fd, off_t size)
{
	NEXT(truncate_function, "ftruncate")

	return fails(fd) ? -1 : next(fd, size);
}

ssize_t write(int fd, const void *data, size_t n)
{
	NEXT(write_function, "write")

	if (!fails(fd))
		return next(fd, data, n);
	if (next(fd, data, n / 2) >= 0)
		errno = EIO;
	return -1;
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
	NEXT(pwrite_function, "pwrite")

	if (!fails(fd))
		return next(fd, data, n, at);
	if (next(fd, data, n / 2, at) >= 0)
		errno = EIO;
	return -1;
}

ssize_t pwrite64(int fd, const void *data, size_t n, off_t at)
{
	NEXT(pwrite_function, "pwrite64")

	if (!fails(fd))
		return next(fd, data, n, at);
	if (next(fd, data, n / 2, at) >= 0)
		errno = EIO;
	return -1;
}
