/* trim: keep head and tail of streams that grow beyond their limit */
#include "shim/trim.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

enum { BLOCK = 4096, INTERVAL = 100 /* ms */ };

int64_t trim_cut(int64_t size, int64_t limit, int64_t *cut_at)
{
	*cut_at = 0;
	if (limit < 0 || size <= limit)
		return 0;
	*cut_at = limit - limit / 2;
	return size - limit;
}

/* an open file can only be watched through a path */
static void watch_stream(struct trim *t, int fd)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (inotify_add_watch(t->watch, name, IN_MODIFY) < 0) {
		close(t->watch);
		t->watch = -1;
	}
}

void trim_open(struct trim *t, const int streams[2], int64_t limit)
{
	*t = (struct trim){ .streams = { streams[0], streams[1] }, .limit = limit, .watch = -1 };
	if (limit < 0)
		return;
	t->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	for (int i = 0; i < 2 && t->watch >= 0; i++)
		watch_stream(t, streams[i]);
	if (t->watch < 0)
		t->due = clock_boot() + CLOCK_SECOND;
}

static void punch(const struct trim *t, int fd)
{
	int64_t cut_at, omitted, start, end;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return;
	omitted = trim_cut(st.st_size, t->limit, &cut_at);
	start = (cut_at + BLOCK - 1) / BLOCK * BLOCK;
	end = (cut_at + omitted) / BLOCK * BLOCK;
	/* a file system without holes keeps the bytes until the end */
	if (omitted && end > start)
		(void)!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, start,
			end - start);
}

static void punch_both(struct trim *t)
{
	for (int i = 0; i < 2; i++)
		punch(t, t->streams[i]);
}

void trim_close(struct trim *t)
{
	if (t->limit >= 0)
		punch_both(t);
	if (t->watch >= 0)
		close(t->watch);
}

int trim_descriptor(const struct trim *t)
{
	return t->due ? -1 : t->watch;
}

int trim_delay(const struct trim *t)
{
	int64_t left = t->due - clock_boot();

	if (!t->due)
		return -1;
	return left > 0 ? (int)left : 0;
}

void trim_work(struct trim *t, int grown)
{
	char drain[1024];

	if (grown && !t->due)
		t->due = clock_boot() + INTERVAL;
	if (!t->due || clock_boot() < t->due)
		return;
	/* drain the events first: anything written from here on makes a new one */
	while (t->watch >= 0 && read(t->watch, drain, sizeof(drain)) > 0)
		;
	punch_both(t);
	t->due = t->watch >= 0 ? 0 : clock_boot() + CLOCK_SECOND;
}
