/* spool: the files of running attempts */
#include "run/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/process.h"
#include "db/db.h"
#include "db/home.h"
#include "shim/state.h"
#include "store/attempt.h"

enum { SPARES = 64 };

static const char *const stream_suffix[] = { NULL, "out", "err" };

static int open_file(int64_t job, int64_t attempt, const char *suffix, int flags)
{
	char name[STATE_NAME];

	state_name(name, job, attempt, suffix);
	return openat(home_folder(HOME_SPOOL), name, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/*
 * A spare's file may be renamed between look-up and open. It counts only if it still has that name
 * afterwards: a later rename is followed by the lease, which sees that we have it open.
 */
static int open_verified(int64_t job, int64_t attempt, const char *suffix, int flags)
{
	int fd = open_file(job, attempt, suffix, flags);
	struct stat by_fd, by_name;
	char name[STATE_NAME];

	if (fd < 0)
		return -1;
	state_name(name, job, attempt, suffix);
	if (fstat(fd, &by_fd) == 0 &&
		fstatat(home_folder(HOME_SPOOL), name, &by_name, AT_SYMLINK_NOFOLLOW) == 0 &&
		by_fd.st_ino == by_name.st_ino && by_fd.st_dev == by_name.st_dev)
		return fd;
	close(fd);
	errno = ENOENT;
	return -1;
}

int spool_open_state(int64_t job, int64_t attempt)
{
	return open_verified(job, attempt, "state", O_RDWR);
}

int spool_open_stream(int64_t job, int64_t attempt, int stream)
{
	return open_verified(job, attempt, stream_suffix[stream], O_RDONLY);
}

void spool_remove(int64_t job, int64_t attempt)
{
	static const char *const suffixes[] = { "out", "err", "state" };
	int spool = home_folder(HOME_SPOOL);
	char name[STATE_NAME];

	/* remove the state file last: as long as it exists, a later round removes the others */
	for (int i = 0; i < 3; i++) {
		state_name(name, job, attempt, suffixes[i]);
		unlinkat(spool, name, 0);
		failpoint("spool-removal");
	}
}

static struct spare {
	int64_t job, attempt; /* the job whose names the files have */
	int state;            /* locked */
	int streams;
} spares[SPARES];
static int spare_count, spare_max;

void spool_keep_spares(int max)
{
	spare_max = max < SPARES ? max : SPARES;
}

int spool_recycle(int64_t job, int64_t attempt, int state, int streams)
{
	int spool = home_folder(HOME_SPOOL);
	char name[STATE_NAME];

	if (spare_count >= spare_max)
		return 0;
	for (int stream = 1; stream <= 2; stream++) {
		state_name(name, job, attempt, stream_suffix[stream]);
		if (!(streams & stream))
			unlinkat(spool, name, 0);
	}
	spares[spare_count++] = (struct spare){ job, attempt, state, streams };
	return 1;
}

void spool_drop_spares(void)
{
	while (spare_count) {
		struct spare *spare = &spares[--spare_count];

		spool_remove(spare->job, spare->attempt);
		close(spare->state);
	}
}

/*
 * whether nobody else has the file open, under whatever name, and the job did not change its mode
 */
static int is_ours_alone(int fd)
{
	struct stat st;
	int alone;

	if (fcntl(fd, F_SETLEASE, F_WRLCK) < 0)
		return 0;
	/* a process that opens it right now breaks the lease */
	alone = fcntl(fd, F_GETLEASE) == F_WRLCK;
	return fcntl(fd, F_SETLEASE, F_UNLCK) == 0 && alone && fstat(fd, &st) == 0 &&
		st.st_nlink == 1 && (st.st_mode & 07777) == 0600;
}

static int rename_file(const struct spare *spare, int64_t job, int64_t attempt, const char *suffix)
{
	int spool = home_folder(HOME_SPOOL);
	char from[STATE_NAME], to[STATE_NAME];

	state_name(from, spare->job, spare->attempt, suffix);
	state_name(to, job, attempt, suffix);
	return renameat2(spool, from, spool, to, RENAME_NOREPLACE);
}

static int take_stream(const struct spare *spare, int64_t job, int64_t attempt, int stream)
{
	struct stat st;
	int fd, good;

	if (rename_file(spare, job, attempt, stream_suffix[stream]) < 0)
		return 0;
	fd = open_file(job, attempt, stream_suffix[stream], O_RDWR);
	good = fd >= 0 && is_ours_alone(fd) && fstat(fd, &st) == 0 && st.st_size == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

/* rename a spare's files and empty them; -1: no spare is usable */
static int spare_take(int64_t job, int64_t attempt, int *streams)
{
	static const char zero[STATE_SIZE];
	struct spare spare;
	int good;

	*streams = 0;
	if (!spare_count)
		return -1;
	spare = spares[--spare_count];
	good = rename_file(&spare, job, attempt, "state") == 0;
	failpoint("spare-renamed");
	if (good) {
		good = is_ours_alone(spare.state) &&
			state_write(spare.state, 0, zero, sizeof(zero)) == 0;
		for (int stream = 1; stream <= 2 && good; stream++) {
			if (!(spare.streams & stream))
				continue;
			good = take_stream(&spare, job, attempt, stream);
			*streams |= good ? stream : 0;
		}
		if (!good)
			spool_remove(job, attempt);
	}
	failpoint("spare-taken");
	if (good)
		return spare.state;
	*streams = 0;
	spool_remove(spare.job, spare.attempt);
	close(spare.state);
	return -1;
}

static int create(int64_t job, int64_t *attempt)
{
	int fd, error;

	/*
	 * A file of that name is from before a backup was restored, or from a claim whose commit
	 * failed. After a later crash that commit may turn out to have been written, and then the
	 * file says that the attempt was never started. So its number is skipped.
	 */
	while ((fd = open_file(job, *attempt, "state", O_RDWR | O_CREAT | O_EXCL)) < 0) {
		if (errno != EEXIST)
			return -1;
		(*attempt)++;
	}
	failpoint("state-created");
	error = posix_fallocate(fd, 0, STATE_SIZE);
	if (!error && state_lock(fd) < 0)
		error = errno;
	if (!error)
		return fd;
	spool_remove(job, *attempt);
	close(fd);
	errno = error;
	return -1;
}

int spool_reserve(int64_t job, int64_t *attempt, const char *claim, int *streams)
{
	int fd = spare_take(job, *attempt, streams), error;

	if (fd < 0)
		fd = create(job, attempt);
	if (fd < 0)
		return -1;
	if (state_write_head(fd, job, *attempt, claim, process_boot()) == 0) {
		failpoint("state-written");
		return fd;
	}
	error = errno;
	spool_remove(job, *attempt);
	close(fd);
	errno = error;
	return -1;
}

/* a stream without a state file belongs to no attempt */
static int clean_one(int64_t job, int64_t attempt)
{
	int fd = spool_open_state(job, attempt), dead;

	if (fd < 0) {
		if (errno == ENOENT)
			spool_remove(job, attempt);
		return 0;
	}
	dead = state_lock(fd) == 0;
	if (dead)
		spool_remove(job, attempt);
	close(fd);
	return dead;
}

int spool_clean(void)
{
	int fd = openat(home_folder(HOME_SPOOL), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *spool = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int count = 0;

	while (spool && (entry = readdir(spool))) {
		long long job, attempt;

		if (sscanf(entry->d_name, "%lld-%lld.", &job, &attempt) == 2 &&
			!attempt_runs(job, attempt) && !db_failing())
			count += clean_one(job, attempt);
	}
	if (spool)
		closedir(spool);
	return count;
}

int spool_keep(int64_t job, int64_t attempt, int stream, char name[SPOOL_RESULT_NAME])
{
	int spool = home_folder(HOME_SPOOL), results = home_folder(HOME_RESULTS);
	char from[STATE_NAME];

	state_name(from, job, attempt, stream_suffix[stream]);
	snprintf(name, SPOOL_RESULT_NAME, "%s", from);
	/*
	 * a file of that name is from this step when it was interrupted, or from before a backup
	 * was restored
	 */
	if (linkat(spool, from, results, name, 0) < 0 &&
		(errno != EEXIST || unlinkat(results, name, 0) < 0 ||
			linkat(spool, from, results, name, 0) < 0))
		return -1;
	failpoint("result-linked");
	return fsync(results);
}
