/* input: all that a descriptor or a file holds, up to a limit */
#include "base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(struct str *why, int result, const char *reason)
{
	if (why)
		str_add(why, reason);
	return result;
}

static int refuse_errno(struct str *why, int result)
{
	int error = errno;

	refuse(why, result, strerror(error));
	errno = error;
	return result;
}

static int too_long(struct str *why, size_t limit)
{
	if (!why)
		return INPUT_TOO_LONG;
	if (limit >= 1 << 20 && limit % (1 << 20) == 0)
		str_addf(why, "longer than %zu MiB", limit >> 20);
	else if (limit >= 1 << 10 && limit % (1 << 10) == 0)
		str_addf(why, "longer than %zu KiB", limit >> 10);
	else
		str_addf(why, "longer than %zu bytes", limit);
	return INPUT_TOO_LONG;
}

/* Returns 0, or -1 for a NUL byte that is refused. */
static int check_nul(char *data, size_t n, int options)
{
	char *nul, *end = data + n;

	if (!(options & (INPUT_NUL_REFUSED | INPUT_NUL_BLANK)))
		return 0;
	while ((nul = memchr(data, '\0', (size_t)(end - data)))) {
		if (options & INPUT_NUL_REFUSED)
			return -1;
		*nul = ' ';
		data = nul + 1;
	}
	return 0;
}

int input_read(int fd, size_t limit, int options, struct str *text, struct str *why)
{
	size_t start = text->len;
	char piece[65536];
	ssize_t n;

	str_addn(text, "", 0);
	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		size_t room = limit - (text->len - start), kept;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse_errno(why, INPUT_NOT_READ);
		kept = (size_t)n < room ? (size_t)n : room;
		if (check_nul(piece, kept, options) < 0)
			return refuse(why, INPUT_HAS_NUL, "contains a NUL byte");
		str_addn(text, piece, kept);
		if ((size_t)n > room)
			return too_long(why, limit);
	}
	return 0;
}

static int open_file(int folder, const char *path, int options)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY, fd, error;
	struct stat st;

	if (options & INPUT_NOFOLLOW)
		flags |= O_NOFOLLOW;
	if (options & INPUT_REGULAR)
		flags |= O_NONBLOCK;
	fd = openat(folder, path, flags);
	if (fd < 0 || !(options & INPUT_REGULAR))
		return fd;
	error = fstat(fd, &st) < 0    ? errno
		: S_ISREG(st.st_mode) ? 0
		: S_ISDIR(st.st_mode) ? EISDIR
				      : EINVAL;
	if (!error)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

int input_file(int folder, const char *path, size_t limit, int options, struct str *text,
	struct str *why)
{
	int fd, result, error;

	str_addn(text, "", 0);
	if (options & INPUT_STDIN && strcmp(path, "-") == 0)
		return input_read(STDIN_FILENO, limit, options, text, why);
	fd = open_file(folder, path, options);
	if (fd < 0 && errno == EINVAL && options & INPUT_REGULAR)
		return refuse(why, INPUT_NOT_OPENED, "not a regular file");
	if (fd < 0)
		return refuse_errno(why, INPUT_NOT_OPENED);
	result = input_read(fd, limit, options, text, why);
	error = errno;
	close(fd);
	errno = error;
	return result;
}
