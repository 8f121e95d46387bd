/* workspace: the folder of a user in which models may work */
#include "access/workspace.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/config.h"
#include "base/out.h"
#include "base/sha256.h"
#include "store/result.h"

enum {
	USER_NAME_MAX = 200,   /* bytes; a file name has at most 255 */
	TRIES = 1000,          /* of a lookup, while others rename folders on its way */
	APPEND_MAX = 64 << 20, /* bytes of a file that is appended to, since it is copied */
};

static int refuse_path(struct str *why, const char *path, const char *reason)
{
	str_escape(why, path, strlen(path));
	str_addf(why, ": %s", reason);
	return -1;
}

/* ---- the folder ---- */

/*
 * Append the one file name that stands for a user: letters, digits and "._-" as they are (but no "."
 * first), each other byte as %XX; a name that gets too long: "%sha256-" and its digest. No two
 * users have the same.
 */
static void add_user_folder(struct str *name, const char *user)
{
	unsigned char digest[SHA256_SIZE];
	struct str s = { 0 };

	str_add(&s, *user ? "" : "%");
	for (const char *p = user; *p; p++) {
		if (isalnum((unsigned char)*p) || strchr("_-", *p) || (*p == '.' && p > user))
			str_addc(&s, *p);
		else
			str_addf(&s, "%%%02X", (unsigned char)*p);
	}
	if (s.len > USER_NAME_MAX) {
		str_clear(&s);
		str_add(&s, "%sha256-");
		sha256(user, strlen(user), digest);
		for (size_t i = 0; i < sizeof(digest); i++)
			str_addf(&s, "%02x", digest[i]);
	}
	str_addn(name, s.data, s.len);
	str_free(&s);
}

/* the folder that holds those of all users */
static int add_parent(struct str *path, struct str *why)
{
	const char *set = config_get("BGJOB_WORKSPACE"), *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");

	if (set && *set != '/')
		return refuse_path(why, set, "BGJOB_WORKSPACE is not an absolute path");
	if (set)
		str_add(path, set);
	else if (data && *data == '/')
		str_addf(path, "%s/bgjob/work", data);
	else if (home && *home == '/')
		str_addf(path, "%s/.local/share/bgjob/work", home);
	else
		return refuse_path(why, "no workspace", "neither BGJOB_WORKSPACE nor HOME is set");
	return 0;
}

static int make_folder(const char *path, struct str *why)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST || errno == EISDIR)
		return 0;
	return refuse_path(why, path, strerror(errno));
}

/* and the missing ones above it */
static int make_folders(char *path, struct str *why)
{
	int status = 0;

	for (char *slash = strchr(path + 1, '/'); slash && status == 0;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		status = make_folder(path, why);
		*slash = '/';
	}
	return status < 0 ? -1 : make_folder(path, why);
}

/* whether path is the folder or below it */
static int holds(const char *folder, const char *path)
{
	size_t n = strlen(folder);

	return strncmp(folder, path, n) == 0 &&
		(path[n] == '/' || path[n] == '\0' || folder[n - 1] == '/');
}

/* what models must not see must neither contain the folder nor lie in it */
static int check_apart(const char *path, const char *secret, const char *what, struct str *why)
{
	char *resolved = secret ? realpath(secret, NULL) : NULL;
	const char *other = resolved ? resolved : secret;
	int apart = !other || (!holds(path, other) && !holds(other, path));

	if (!apart)
		refuse_path(why, path, what);
	free(resolved);
	return apart ? 0 : -1;
}

static int check_open(const struct workspace *w, struct str *why)
{
	struct stat st;

	if (fstat(w->fd, &st) < 0)
		return refuse_path(why, w->path, strerror(errno));
	if (st.st_uid != geteuid())
		return refuse_path(why, w->path, "belongs to another user");
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return refuse_path(why, w->path, "may be written by others: chmod go-w");
	if (check_apart(w->path, config_home(), "must be separate from the state folder", why) < 0)
		return -1;
	return check_apart(w->path, config_folder(), "must be separate from the configuration",
		why);
}

static int open_at(struct workspace *w, const char *path, struct str *why)
{
	w->path = realpath(path, NULL);
	if (w->path)
		w->fd = open(w->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (w->fd < 0)
		return refuse_path(why, path, strerror(errno));
	return check_open(w, why);
}

int workspace_open(struct workspace *w, const char *user, const char *folder, struct str *why)
{
	struct str path = { 0 };
	int status = 0;

	*w = (struct workspace){ .fd = -1 };
	if (folder) {
		str_add(&path, folder);
	} else if ((status = add_parent(&path, why)) == 0) {
		str_addc(&path, '/');
		add_user_folder(&path, user);
		status = make_folders(path.data, why);
	}
	if (status == 0)
		status = open_at(w, path.data, why);
	if (status < 0)
		workspace_close(w);
	str_free(&path);
	return status;
}

void workspace_close(struct workspace *w)
{
	if (w->path && w->fd >= 0)
		close(w->fd);
	free(w->path);
	*w = (struct workspace){ .fd = -1 };
}

/* ---- paths in it ---- */

static const char *explain(int error)
{
	switch (error) {
	case EXDEV: return "leads out of the workspace";
	case ELOOP: return "leads through a link that is not followed";
	case ENOSYS: return "this kernel has no openat2(2), which came with Linux 5.6";
	default: return strerror(error);
	}
}

/* the path relative to the folder; NULL if it is outside */
static const char *inside(const struct workspace *w, const char *path)
{
	if (*path == '/') {
		if (!holds(w->path, path))
			return NULL;
		path += strlen(w->path);
		path += strspn(path, "/");
	}
	return *path ? path : ".";
}

/* path: from inside(). Returns a descriptor, or -1 with errno */
static int resolve(const struct workspace *w, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV };
	int fd = -1, tries = 0;

	do
		fd = (int)syscall(SYS_openat2, w->fd, path, &how, sizeof(how));
	while (fd < 0 && (errno == EAGAIN || errno == EINTR) && ++tries < TRIES);
	return fd;
}

/* kind: S_IFREG or S_IFDIR */
static int open_kind(const struct workspace *w, const char *path, mode_t kind, int flags,
	struct str *why)
{
	const char *relative = inside(w, path);
	struct stat st;
	int fd;

	if (!relative)
		return refuse_path(why, path, explain(EXDEV));
	fd = resolve(w, relative, flags);
	if (fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == kind)
		return fd;
	if (fd < 0)
		return refuse_path(why, path, explain(errno));
	close(fd);
	if (kind == S_IFDIR)
		return refuse_path(why, path, "is not a folder");
	return refuse_path(why, path,
		S_ISDIR(st.st_mode) ? "is a folder" : "is not a regular file");
}

/* check it before opening it: opening a device can have effects */
static int look_and_open(const struct workspace *w, const char *path, mode_t kind, struct str *why)
{
	int fd = open_kind(w, path, kind, O_PATH, why);

	if (fd < 0)
		return -1;
	close(fd);
	return open_kind(w, path, kind, O_RDONLY | O_NONBLOCK | O_NOCTTY, why);
}

int workspace_file(const struct workspace *w, const char *path, struct str *why)
{
	return look_and_open(w, path, S_IFREG, why);
}

int workspace_folder(const struct workspace *w, const char *path, struct str *why)
{
	return look_and_open(w, path, S_IFDIR, why);
}

/* ---- writing ---- */

struct writing {
	const char *path; /* as given */
	int dir;          /* its folder */
	const char *name; /* its name in the folder */
	int exists;
	struct stat old;
	char temporary[40];
	struct str *why;
};

/*
 * open the folder of a path from inside(), making what is missing; cut: a copy of the path, changed
 * meanwhile
 */
static int open_folder(const struct workspace *w, char *cut)
{
	int dir = resolve(w, ".", O_PATH | O_DIRECTORY);

	for (char *at = cut, *slash; dir >= 0 && (slash = strchr(at, '/')); at = slash + 1) {
		int next;

		*slash = '\0';
		next = resolve(w, cut, O_PATH | O_DIRECTORY);
		if (next < 0 && errno == ENOENT && (mkdirat(dir, at, 0700) == 0 || errno == EEXIST))
			next = resolve(w, cut, O_PATH | O_DIRECTORY);
		*slash = '/';
		close(dir);
		dir = next;
	}
	return dir;
}

/* whether what is there may be replaced */
static int look_at_old(struct writing *g)
{
	if (fstatat(g->dir, g->name, &g->old, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : refuse_path(g->why, g->path, strerror(errno));
	g->exists = 1;
	if (S_ISLNK(g->old.st_mode))
		return refuse_path(g->why, g->path, "is a symbolic link");
	if (!S_ISREG(g->old.st_mode))
		return refuse_path(g->why, g->path,
			S_ISDIR(g->old.st_mode) ? "is a folder" : "is not a regular file");
	if (g->old.st_nlink > 1)
		return refuse_path(g->why, g->path, "has more than one name (hard links)");
	return 0;
}

static int copy_old(struct writing *g, int to)
{
	int from = openat(g->dir, g->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char piece[65536];
	struct stat st;
	ssize_t n = -1;

	/* it may have been replaced since look_at_old() */
	if (from >= 0 && fstat(from, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1) {
		errno = st.st_size > APPEND_MAX ? EFBIG : 0;
		while (!errno && (n = read(from, piece, sizeof(piece))) > 0 &&
			out_write_all(to, piece, (size_t)n) == 0)
			errno = 0;
		if (errno)
			n = -1;
	}
	if (from >= 0)
		close(from);
	return n == 0 ? 0 : refuse_path(g->why, g->path, strerror(errno ? errno : ESTALE));
}

static int fill(struct writing *g, int to, const char *data, size_t n, int append)
{
	if (append && g->exists && copy_old(g, to) < 0)
		return -1;
	if (out_write_all(to, data, n) < 0 ||
		fchmod(to, g->exists ? g->old.st_mode & 0777 : 0600) < 0 || fsync(to) < 0)
		return refuse_path(g->why, g->path, strerror(errno));
	return 0;
}

/* a folder opened with O_PATH cannot be synced */
static int sync_folder(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int status = fd < 0 ? -1 : fsync(fd);

	if (fd >= 0)
		close(fd);
	return status;
}

static int replace_file(struct writing *g, const char *data, size_t n, int append)
{
	uint64_t noise;
	int to, status;

	if (getrandom(&noise, sizeof(noise), 0) != sizeof(noise))
		return refuse_path(g->why, g->path, strerror(errno));
	snprintf(g->temporary, sizeof(g->temporary), ".bgjob-%016llx", (unsigned long long)noise);
	to = openat(g->dir, g->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		0600);
	if (to < 0)
		return refuse_path(g->why, g->path, strerror(errno));
	status = fill(g, to, data, n, append);
	if (close(to) < 0 && status == 0)
		status = refuse_path(g->why, g->path, strerror(errno));
	if (status == 0 &&
		(renameat(g->dir, g->temporary, g->dir, g->name) < 0 || sync_folder(g->dir) < 0))
		status = refuse_path(g->why, g->path, strerror(errno));
	if (status < 0)
		unlinkat(g->dir, g->temporary, 0);
	return status;
}

int workspace_write(const struct workspace *w, const char *path, const char *data, size_t n,
	int append, struct str *why)
{
	const char *relative = inside(w, path), *name;
	struct writing g = { .path = path, .why = why };
	char *cut;
	int status;

	if (!relative)
		return refuse_path(why, path, explain(EXDEV));
	name = strrchr(relative, '/');
	g.name = name ? name + 1 : relative;
	if (!*g.name || strcmp(g.name, ".") == 0 || strcmp(g.name, "..") == 0)
		return refuse_path(why, path, "is a folder");
	cut = mem_dup(relative);
	g.dir = open_folder(w, cut);
	free(cut);
	if (g.dir < 0)
		return refuse_path(why, path, explain(errno));
	status = look_at_old(&g);
	if (status == 0)
		status = replace_file(&g, data, n, append);
	close(g.dir);
	return status;
}
