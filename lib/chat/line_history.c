/* line_history: what was typed before, in the state folder */
#include "chat/line_history.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/str.h"
#include "db/home.h"

enum { LINES = 1000, FILE_MAX = 1 << 20 };

static int open_file(int flags)
{
	return openat(home_dir(), "chat_history", flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
		0600);
}

/* past a size, its second half stays */
static void shorten(void)
{
	int fd = open_file(O_RDWR);
	char *half, *from;
	struct stat st;
	ssize_t n;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > FILE_MAX) {
		half = mem_alloc(FILE_MAX / 2);
		n = pread(fd, half, FILE_MAX / 2, st.st_size - FILE_MAX / 2);
		from = n > 0 ? memchr(half, '\n', (size_t)n) : NULL;
		if (from &&
			(ftruncate(fd, 0) < 0 ||
				pwrite(fd, from + 1, (size_t)(half + n - from - 1), 0) < 0))
			warn_errno("cannot shorten %s", home_file("chat_history"));
		free(half);
	}
	if (fd >= 0)
		close(fd);
}

void line_history_load(History *list)
{
	HistEvent event;
	size_t size = 0;
	char *text = NULL;
	ssize_t n;
	int fd;
	FILE *file;

	history(list, &event, H_SETSIZE, LINES);
	history(list, &event, H_SETUNIQUE, 1);
	shorten();
	fd = open_file(O_RDONLY);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	while (file && (n = getline(&text, &size, file)) > 0)
		if (n > 1) {
			text[n - 1] = '\0';
			history(list, &event, H_ENTER, text);
		}
	free(text);
	if (file)
		fclose(file);
}

void line_history_add(History *list, const char *text)
{
	int fd = open_file(O_WRONLY | O_CREAT | O_APPEND);
	HistEvent event;

	history(list, &event, H_ENTER, text);
	if (fd < 0)
		return;
	if (dprintf(fd, "%s\n", text) > 0)
		fchmod(fd, 0600);
	close(fd);
}
