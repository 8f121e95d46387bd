/* spool: the files of running attempts */
#include "exec/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "exec/process.h"
#include "exec/state.h"
#include "store/attempt.h"
#include "store/db.h"
#include "store/home.h"

static const char *const stream_suffix[] = { NULL, "out", "err" };

static int open_file(int64_t job, int64_t attempt, const char *suffix, int flags)
{
	char name[STATE_NAME];

	state_name(name, job, attempt, suffix);
	return openat(home_folder(HOME_SPOOL), name, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
}

int spool_open_state(int64_t job, int64_t attempt)
{
	return open_file(job, attempt, "state", O_RDWR);
}

int spool_open_stream(int64_t job, int64_t attempt, int stream)
{
	return open_file(job, attempt, stream_suffix[stream], O_RDONLY);
}

void spool_remove(int64_t job, int64_t attempt)
{
	static const char *const suffixes[] = { "out", "err", "state" };
	int spool = home_folder(HOME_SPOOL);
	char name[STATE_NAME];

	/* the state file last: as long as it is there somebody comes to clear the others away */
	for (int i = 0; i < 3; i++) {
		state_name(name, job, attempt, suffixes[i]);
		unlinkat(spool, name, 0);
		failpoint("spool-removal");
	}
}

/* a file of that name is left from a rolled back claim, or from a time that a backup undid */
static int take_away(int64_t job, int64_t attempt)
{
	int fd = spool_open_state(job, attempt), locked;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	locked = state_lock(fd) < 0;
	if (!locked)
		spool_remove(job, attempt);
	close(fd);
	return locked ? -1 : 0;
}

int spool_reserve(int64_t job, int64_t *attempt, const char *claim)
{
	int fd, error;

	for (;;) {
		fd = open_file(job, *attempt, "state", O_RDWR | O_CREAT | O_EXCL);
		if (fd >= 0)
			break;
		if (errno != EEXIST)
			return -1;
		if (take_away(job, *attempt) < 0)
			(*attempt)++;
	}
	failpoint("state-created");
	error = posix_fallocate(fd, 0, STATE_SIZE);
	if (!error &&
		(state_lock(fd) < 0 ||
			state_write_head(fd, job, *attempt, claim, process_boot()) < 0))
		error = errno;
	failpoint("state-written");
	if (!error)
		return fd;
	spool_remove(job, *attempt);
	close(fd);
	errno = error;
	return -1;
}

static int is_running(int64_t job, int64_t attempt)
{
	struct db_statement *s = db_prepare("SELECT 1 FROM job WHERE id = :job"
					    " AND status = 'running' AND attempt = :attempt");
	int found;

	db_bind_int(s, ":job", job);
	db_bind_int(s, ":attempt", attempt);
	found = db_step(s);
	db_end(s);
	return found;
}

/* a stream whose state file is gone belongs to nobody */
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
			!is_running(job, attempt))
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
	/* a name that is taken is from this very step, interrupted, or from a time that a backup undid */
	if (linkat(spool, from, results, name, 0) < 0 &&
		(errno != EEXIST || unlinkat(results, name, 0) < 0 ||
			linkat(spool, from, results, name, 0) < 0))
		return -1;
	failpoint("result-linked");
	return fsync(results);
}
