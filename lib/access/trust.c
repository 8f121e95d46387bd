/* trust: files that only the operator or root can have written */
#include "access/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 16 };

/* How far a walk from the root has got: a folder, open and checked, and the rest of the path. */
struct walk {
	int dir;
	struct stat folder;
	struct str path; /* of the folder, without a trailing slash: "" for the root */
	char *rest;
	int links;
	struct str *why;
};

static int refuse_path(const struct walk *w, const char *name, const char *reason)
{
	str_addf(w->why, "%s/%s %s", w->path.data, name, reason);
	errno = EACCES;
	return -1;
}

static int fail_errno(const struct walk *w, const char *name)
{
	int error = errno;

	str_addf(w->why, "%s/%s: %s", w->path.data, name, strerror(error));
	errno = error;
	return -1;
}

static int foreign(const struct walk *w, const char *name, const struct stat *st)
{
	if (st->st_uid == 0 || st->st_uid == geteuid())
		return 0;
	str_addf(w->why, "%s/%s belongs to user %u", w->path.data, name, (unsigned)st->st_uid);
	errno = EACCES;
	return -1;
}

/* Enter a folder; its name is known not to be a link. */
static int enter(struct walk *w, const char *name)
{
	int fd = openat(w->dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return fail_errno(w, name);
	close(w->dir);
	w->dir = fd;
	if (fstat(fd, &w->folder) < 0)
		return fail_errno(w, name);
	if (foreign(w, name, &w->folder) < 0)
		return -1;
	if ((w->folder.st_mode & S_IWOTH) && !(w->folder.st_mode & S_ISVTX))
		return refuse_path(w, name, "may be written by everybody: chmod o-w");
	if (strcmp(name, "/") != 0)
		str_addf(&w->path, "/%s", name);
	return 0;
}

static int enter_root(struct walk *w)
{
	str_clear(&w->path);
	str_add(&w->path, "");
	return enter(w, "/");
}

/*
 * In a folder that a group may write, its members could rename another link of ours to this name.
 */
static int follow_link(struct walk *w, const char *name, const struct stat *st)
{
	struct str path = { 0 };
	char target[PATH_MAX];
	ssize_t n;

	if (foreign(w, name, st) < 0)
		return -1;
	if ((w->folder.st_mode & (S_IWGRP | S_IWOTH)) && !(w->folder.st_mode & S_ISVTX))
		return refuse_path(w, name, "is a link in a folder that others may write");
	n = readlinkat(w->dir, name, target, sizeof(target) - 1);
	if (n < 0)
		return fail_errno(w, name);
	target[n] = '\0';
	if (++w->links > LINKS_MAX) {
		errno = ELOOP;
		return fail_errno(w, name);
	}
	str_addf(&path, "%s/%s", target, w->rest);
	free(w->rest);
	w->rest = str_take(&path);
	return target[0] == '/' ? enter_root(w) : 0;
}

/* Take the next name off the path; NULL at its end. The caller frees it. */
static char *next_name(struct walk *w)
{
	const char *start = w->rest + strspn(w->rest, "/");
	size_t n = strcspn(start, "/");
	char *name = n ? mem_dupn(start, n) : NULL, *left = mem_dup(start + n);

	free(w->rest);
	w->rest = left;
	return name;
}

static int check_file(const struct walk *w, const char *name, const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return refuse_path(w, name, "is not a regular file");
	if (foreign(w, name, st) < 0)
		return -1;
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return refuse_path(w, name, "may be written by others: chmod go-w");
	return 0;
}

static int open_file(struct walk *w, const char *name, enum trust_kind kind)
{
	struct stat st;
	int fd;

	if (w->folder.st_mode & (S_IWGRP | S_IWOTH)) {
		str_addf(w->why, "%s may be written by others: chmod go-w", w->path.data);
		errno = EACCES;
		return -1;
	}
	/* Checked before opening as well: opening a device can have effects. */
	if (fstatat(w->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail_errno(w, name);
	if (check_file(w, name, &st) < 0)
		return -1;
	if (kind == TRUST_PROGRAM && faccessat(w->dir, name, X_OK, AT_EACCESS) < 0)
		return refuse_path(w, name, "is not executable: chmod +x");
	fd = openat(w->dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(w, name);
	if ((fstat(fd, &st) < 0 ? fail_errno(w, name) : check_file(w, name, &st)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* One step, from the folder to a name in it. Returns a file's descriptor, -1, or -2: go on. */
static int step(struct walk *w, const char *name, enum trust_kind kind)
{
	struct stat st;

	if (fstatat(w->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail_errno(w, name);
	if (S_ISLNK(st.st_mode))
		return follow_link(w, name, &st) < 0 ? -1 : -2;
	if (w->rest[strspn(w->rest, "/")] == '\0')
		return open_file(w, name, kind);
	return enter(w, name) < 0 ? -1 : -2;
}

int trust_open(const char *path, enum trust_kind kind, struct str *why)
{
	struct walk w = { .dir = -1, .why = why };
	int fd = -2, error;

	w.rest = mem_dup(path);
	w.dir = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w.dir < 0 || enter_root(&w) < 0)
		fd = -1;
	while (fd == -2) {
		char *name = next_name(&w);

		fd = name ? step(&w, name, kind) : refuse_path(&w, "", "is not a regular file");
		free(name);
	}
	error = errno;
	if (w.dir >= 0)
		close(w.dir);
	free(w.rest);
	str_free(&w.path);
	errno = error;
	return fd;
}
