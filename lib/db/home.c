/* home: the state folder, what is in it, its locks and its wake-up */
#include "db/home.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/die.h"
#include "base/str.h"
#include "base/trace.h"
#include "db/netfs.h"

static char *path;
static int dir = -1;
static int wake = -1; /* between home_wake_prepare() and home_wake() */
static int wake_missed;
static int folders[2] = { -1, -1 };
static const char *const folder_names[] = { "spool", "results" };

/*
 * nothing is wrong with the folder: the process or the system has run out of a resource, which is
 * temporary
 */
static int is_exhausted(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOLCK;
}

/* mkdir -p, new folders with mode 0700 */
static void make_folders(const char *folder)
{
	char *copy = mem_dup(folder);

	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			die_errno("cannot create %s", copy);
		*slash = '/';
	}
	if (mkdir(copy, 0700) < 0 && errno != EEXIST)
		die_errno("cannot create %s", copy);
	free(copy);
}

static void check_owner(int fd, const char *name)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		die_errno("cannot look at %s", name);
	if (st.st_uid != geteuid())
		die_system("%s belongs to user %u, not to you (%u): run as its owner, or set "
			   "BGJOB_HOME",
			name, (unsigned)st.st_uid, (unsigned)geteuid());
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		die_system("%s may be written by others: chmod go-w %s", name, name);
}

static int open_folder(enum home_folder which)
{
	const char *name = folder_names[which];
	int fd;

	if (mkdirat(dir, name, 0700) < 0 && errno != EEXIST)
		die_errno("cannot create %s/%s", path, name);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && is_exhausted(errno))
		return -1;
	if (fd < 0)
		die_errno("cannot open %s/%s", path, name);
	check_owner(fd, home_file(name));
	return fd;
}

int home_open(int create)
{
	const char *wanted = config_home(), *network;

	if (dir >= 0)
		return 0;
	path = realpath(wanted, NULL);
	if (!path && errno == ENOENT && create) {
		make_folders(wanted);
		path = realpath(wanted, NULL);
	}
	if (!path && errno == ENOENT && !create)
		return -1;
	if (!path)
		die_errno("cannot open %s", wanted);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		die_errno("cannot open %s", path);
	check_owner(dir, path);
	network = netfs_name(dir);
	if (network)
		die_system("%s is on a network file system (%s), where SQLite's locks and shared "
			   "memory do not hold: set BGJOB_HOME to a local folder",
			path, network);
	return 0;
}

const char *home_path(void)
{
	return path;
}

const char *home_file(const char *name)
{
	static char file[PATH_MAX];

	if (snprintf(file, sizeof(file), "%s/%s", path, name) >= (int)sizeof(file))
		die_system("path too long: %s/%s", path, name);
	return file;
}

int home_dir(void)
{
	return dir;
}

int home_folder(enum home_folder which)
{
	struct stat st;

	if (folders[which] >= 0 && fstat(folders[which], &st) == 0 && st.st_nlink > 0)
		return folders[which];
	if (folders[which] >= 0)
		close(folders[which]);
	folders[which] = open_folder(which);
	return folders[which];
}

static int open_lock(const char *name, int flags)
{
	return openat(dir, name, flags | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static void show_lock(const char *name, const struct flock *lock, const char *what, int64_t since)
{
	trace(TRACE_LOCK, "%s, byte %lld: %s after %lld ms", name, (long long)lock->l_start, what,
		(long long)(clock_boot() - since));
}

int home_lock(const char *name, off_t start, off_t length, int wait)
{
	struct flock lock = { .l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = length };
	int64_t since = clock_boot();
	int fd = open_lock(name, O_CREAT);

	if (fd < 0 && !wait && is_exhausted(errno)) {
		warn_errno("cannot open %s/%s", path, name);
		return -1;
	}
	if (fd < 0)
		die_errno("cannot open %s/%s", path, name);
	while (fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &lock) < 0) {
		if (errno == EINTR)
			continue;
		if (!wait && (errno == EAGAIN || errno == EACCES)) {
			show_lock(name, &lock, "held by another program", since);
			close(fd);
			errno = EAGAIN;
			return -1;
		}
		die_errno("cannot lock %s/%s", path, name);
	}
	show_lock(name, &lock, "locked", since);
	return fd;
}

void home_unlock(int fd)
{
	close(fd);
}

int home_locked(const char *name, off_t start, off_t length)
{
	struct flock lock = { .l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = length };
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int held;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 && is_exhausted(errno)) {
		warn_errno("cannot open %s/%s", path, name);
		return 1;
	}
	if (fd < 0)
		die_errno("cannot open %s/%s", path, name);
	if (fcntl(fd, F_OFD_GETLK, &lock) < 0)
		die_errno("cannot test the lock on %s/%s", path, name);
	held = lock.l_type != F_UNLCK;
	close(fd);
	return held;
}

void home_wake_prepare(void)
{
	if (wake >= 0)
		return;
	wake = openat(dir, "wake", O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	wake_missed = wake < 0;
}

void home_wake(void)
{
	/*
	 * descriptors or inodes had run out; if they still have, waiting programs notice only the
	 * next commit
	 */
	if (wake_missed)
		home_wake_prepare();
	if (wake_missed)
		warn_errno("cannot open %s/wake", path);
	wake_missed = 0;
	if (wake >= 0) {
		close(wake);
		trace(TRACE_WAKE, "wake up those who wait for a commit");
	}
	wake = -1;
}

int home_watch(void)
{
	int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (watch < 0)
		return -1;
	if (inotify_add_watch(watch, path,
		    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM |
			    IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR) < 0) {
		close(watch);
		return -1;
	}
	return watch;
}

int home_watched(int watch)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	int again = 0;
	ssize_t n;

	while ((n = read(watch, buffer, sizeof(buffer))) > 0) {
		for (char *p = buffer; p < buffer + n;) {
			const struct inotify_event *event = (const void *)p;

			/* other names are the database's own files; no name means the
			 * folder itself, or an overflow */
			if (!event->len || strcmp(event->name, "wake") == 0)
				again = 1;
			trace(TRACE_WAKE, "%s: event 0x%x", event->len ? event->name : "the folder",
				(unsigned)event->mask);
			p += sizeof(*event) + event->len;
		}
	}
	return again;
}

int home_wait(int watch, int64_t deadline, int extra)
{
	for (;;) {
		struct pollfd fds[] = { { .fd = watch, .events = POLLIN },
			{ .fd = extra, .events = POLLIN } };
		int64_t left = deadline < 0 ? -1 : deadline - clock_boot();
		int64_t turn = watch < 0 ? CLOCK_SECOND : CLOCK_HOUR;
		int ready;

		if (deadline >= 0 && left <= 0)
			return -1;
		if (deadline < 0 || left > turn)
			left = turn;
		ready = poll(fds, 2, watch < 0 || deadline >= 0 ? (int)left : -1);
		if (ready < 0 && errno != EINTR)
			die_errno("cannot wait");
		if (ready < 0 || (ready == 0 && watch < 0) || fds[1].revents)
			return 0;
		if (ready > 0 && fds[0].revents && home_watched(watch))
			return 0;
	}
}

int64_t home_free_space(void)
{
	struct statvfs fs;

	if (fstatvfs(dir, &fs) < 0) {
		warn_errno("cannot look at the file system of %s", path);
		return 0;
	}
	return (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
}
