/* backup: a consistent copy of the store while it is in use */
#include "store/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/failpoint.h"
#include "base/out.h"
#include "base/str.h"
#include "db/db.h"
#include "db/home.h"
#include "store/result.h"

struct backup {
	const char *file;
	struct str part, folder; /* the unfinished file, the folder of results */
	int to;                  /* the folder, open */
};

static void sync_path(const char *path, int flags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags);

	if (fd < 0 || fsync(fd) < 0)
		die_errno("cannot sync %s", path);
	close(fd);
}

static void sync_parent(const char *path)
{
	char *copy = mem_dup(path);

	sync_path(dirname(copy), O_DIRECTORY);
	free(copy);
}

static void copy_database(struct backup *b)
{
	struct db_statement *s;
	int fd;

	str_addf(&b->part, "%s.part-%ld", b->file, (long)getpid());
	unlink(b->part.data);
	/*
	 * created here, so that it is ours even in a folder that others may write; VACUUM INTO
	 * accepts an empty file
	 */
	fd = open(b->part.data, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		die_errno("cannot create %s", b->part.data);
	close(fd);
	s = db_compile("VACUUM INTO :file");
	db_bind_text(s, ":file", b->part.data);
	db_run(s);
	db_free(s);
	sync_path(b->part.data, 0);
}

static void copy_bytes(struct backup *b, int from, const char *name, const struct stat *st)
{
	struct timespec times[2] = { st->st_atim, st->st_mtim };
	static char piece[65536];
	struct str part = { 0 };
	ssize_t n;
	int to;

	str_addf(&part, "%s.part", name);
	unlinkat(b->to, part.data, 0);
	to = openat(b->to, part.data, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		die_errno("cannot create %s/%s", b->folder.data, name);
	while ((n = read(from, piece, sizeof(piece))) > 0)
		if (out_write_all(to, piece, (size_t)n) < 0)
			die_errno("cannot write %s/%s", b->folder.data, name);
	if (n < 0 || futimens(to, times) < 0 || fsync(to) < 0 || close(to) < 0 ||
		renameat(b->to, part.data, b->to, name) < 0)
		die_errno("cannot copy to %s/%s", b->folder.data, name);
	str_free(&part);
}

/* stored results never change; copies keep their modification time */
static int is_there(struct backup *b, const char *name, const struct stat *wanted)
{
	struct stat st;

	return fstatat(b->to, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		((st.st_dev == wanted->st_dev && st.st_ino == wanted->st_ino) ||
			(st.st_size == wanted->st_size &&
				st.st_mtim.tv_sec == wanted->st_mtim.tv_sec &&
				st.st_mtim.tv_nsec == wanted->st_mtim.tv_nsec));
}

static void copy_result(struct backup *b, const char *name)
{
	int results = home_folder(HOME_RESULTS);
	int from = openat(results, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (from < 0 || fstat(from, &st) < 0)
		die_errno("cannot open %s/%s", home_file("results"), name);
	if (!is_there(b, name, &st)) {
		unlinkat(b->to, name, 0);
		if (linkat(results, name, b->to, name, 0) < 0)
			copy_bytes(b, from, name, &st);
	}
	close(from);
	failpoint("backup-copied");
}

static const char files_sql[] = "SELECT file FROM result WHERE file IS NOT NULL"
				" UNION ALL SELECT file FROM input WHERE file IS NOT NULL";

static void open_folder(struct backup *b)
{
	struct stat st;

	str_addf(&b->folder, "%s.results", b->file);
	if (mkdir(b->folder.data, 0700) < 0 && errno != EEXIST)
		die_errno("cannot create %s", b->folder.data);
	b->to = open(b->folder.data, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (b->to < 0)
		die_errno("cannot open %s", b->folder.data);
	if (fstat(b->to, &st) < 0 || st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
		die_system("%s belongs to another user, or others may write to it", b->folder.data);
}

/* the files that the copy refers to, not those that the store has now */
static int64_t copy_results(struct backup *b)
{
	struct db_statement *s;
	int64_t count = 0;

	db_close();
	db_open_file(b->part.data);
	s = db_compile(files_sql);
	while (db_step(s)) {
		if (!count++)
			open_folder(b);
		copy_result(b, db_text(s, 0));
	}
	db_free(s);
	if (count && fsync(b->to) < 0)
		die_errno("cannot sync %s", b->folder.data);
	return count;
}

/* files from an earlier backup whose jobs have been pruned since */
static void remove_others(struct backup *b)
{
	struct dirent *entry;
	DIR *folder = fdopendir(b->to);

	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] != '.' && !result_file_used(entry->d_name))
			unlinkat(b->to, entry->d_name, 0);
	if (folder)
		closedir(folder);
}

void backup_run(const char *file, int64_t *files)
{
	struct backup b = { .file = file, .to = -1 };
	int lock = home_lock("prune.lock", 0, 1, 1);

	copy_database(&b);
	failpoint("backup-database");
	*files = copy_results(&b);
	if (rename(b.part.data, file) < 0)
		die_errno("cannot create %s", file);
	sync_parent(file);
	if (b.to >= 0)
		remove_others(&b);
	db_close();
	home_unlock(lock);
	str_free(&b.part);
	str_free(&b.folder);
}
