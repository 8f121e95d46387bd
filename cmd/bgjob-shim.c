/* bgjob-shim: start one job's command, wait for it and leave an exit record */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/process.h"
#include "shim/command.h"
#include "shim/spec.h"
#include "shim/state.h"
#include "shim/supervise.h"
#include "shim/trim.h"

enum { FULL_BELOW = 65536 }; /* bytes free: with less, a write has failed or is about to */

/*
 * The pool started us with the state file, the spool folder and the spec. We
 * are its child, but not in its session, and live as long as the command's
 * whole tree. The exit status is not read: the record is what counts.
 */
static int enter(struct spec_view *spec)
{
	struct stat st;

	syscall(SYS_close_range, SPEC_FD_SPEC + 1, ~0U, 0);
	for (int fd = SPEC_FD_STATE; fd <= SPEC_FD_SPEC; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (spec_map(SPEC_FD_SPEC, spec) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return -1;
	close(SPEC_FD_SPEC);
	/* do not start if the file was removed: its record would never be read */
	return fstat(SPEC_FD_STATE, &st) < 0 || st.st_nlink == 0 ? -1 : 0;
}

static int announce(void)
{
	struct state_shim shim = { .pid = getpid(), .start = process_start(getpid()) };

	failpoint("shim-before-pid");
	if (state_write(SPEC_FD_STATE, STATE_AT_SHIM, &shim, sizeof(shim)) < 0)
		return -1;
	failpoint("shim-after-pid");
	return 0;
}

static void identify(struct state_record *record, const struct spec_view *spec)
{
	record->job = spec->head->job;
	record->attempt = spec->head->attempt;
	strncpy(record->claim, spec->claim, sizeof(record->claim) - 1);
	strncpy(record->boot, spec->boot, sizeof(record->boot) - 1);
}

/* one folder below the pool's own cgroup; without it the tree is ended by subreaping alone */
static int make_cgroup(const char *folder)
{
	int dir, fd;

	if (!*folder || (mkdir(folder, 0755) < 0 && errno != EEXIST))
		return -1;
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -1;
	fd = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	close(dir);
	if (fd >= 0 &&
		state_write(SPEC_FD_STATE, STATE_AT_CGROUP, folder, strlen(folder) + 1) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void measure(struct state_record *record, const int streams[2], int64_t max_output)
{
	int large = 0;
	struct statvfs fs;
	struct stat st;

	for (int i = 0; i < 2; i++) {
		if (fstat(streams[i], &st) < 0)
			continue;
		record->bytes[i] = st.st_size;
		record->omitted[i] = trim_cut(st.st_size, max_output, &record->cut_at[i]);
		large |= record->bytes[i] - record->omitted[i] > STATE_STREAM_INLINE;
	}
	if (fstatvfs(streams[0], &fs) == 0)
		record->disk_full = fs.f_bavail * fs.f_frsize < FULL_BELOW;
	/* small streams are made durable by the transaction that takes them in */
	if (!large && record->ended != STATE_BY_SHUTDOWN)
		return;
	if (fdatasync(streams[0]) < 0 || fdatasync(streams[1]) < 0)
		record->sync_errno = errno;
	else
		record->synced = 1;
}

static void leave_record(struct state_record *record)
{
	record->ended_at = clock_now();
	state_seal(record);
	failpoint("shim-before-record");
	if (state_write(SPEC_FD_STATE, STATE_AT_RECORD, record, sizeof(*record)) < 0)
		_exit(1);
	if (record->ended == STATE_BY_SHUTDOWN)
		fdatasync(SPEC_FD_STATE);
	failpoint("shim-after-record");
}

static void run(struct spec_view *spec, struct state_record *record)
{
	struct command_files files = { .state = SPEC_FD_STATE, .stream = { -1, -1 } };
	struct spec head = *spec->head;
	char cgroup[STATE_CGROUP];
	enum state_step step = STATE_OUTPUT;
	pid_t pid = -1;
	int error = 0;

	strncpy(cgroup, spec->cgroup, sizeof(cgroup) - 1);
	cgroup[sizeof(cgroup) - 1] = '\0';
	files.cgroup = make_cgroup(cgroup);
	if (command_open(SPEC_FD_SPOOL, &head, &files) < 0)
		error = errno;
	else
		pid = command_start(spec, &files, &step, &error);
	spec_unmap(spec);
	close(SPEC_FD_SPOOL);
	close(STDIN_FILENO);
	if (files.cgroup >= 0)
		close(files.cgroup);
	if (pid < 0) {
		record->ended = STATE_BY_ITSELF;
		record->failed_step = step;
		record->failed_errno = error;
		record->wait_status = STATE_EXIT(error == ENOENT && step == STATE_EXEC ? 127 : 126);
	} else {
		struct supervision s = { .command = pid,
			.state = SPEC_FD_STATE,
			.timeout_ms = head.timeout_ms,
			.grace_ms = head.grace_ms,
			.max_output = head.max_output,
			.streams = { files.stream[0], files.stream[1] },
			.cgroup = files.cgroup >= 0 ? cgroup : "" };

		supervise(&s, record);
	}
	if (files.cgroup >= 0)
		rmdir(cgroup);
	measure(record, files.stream, head.max_output);
}

/* inside a container: a failed exec is reported on the job's stderr, with a shell's exit code */
static int exec_only(char *argv[])
{
	const char *pieces[] = { "bgjob: cannot execute ", argv[0], ": ", NULL, "\n" };
	int error;

	execvp(argv[0], argv);
	error = errno;
	pieces[3] = strerror(error);
	for (int i = 0; i < 5; i++)
		if (write(STDERR_FILENO, pieces[i], strlen(pieces[i])) < 0)
			break;
	return error == ENOENT ? 127 : 126;
}

int main(int argc, char *argv[])
{
	struct state_record record = { 0 };
	struct spec_view spec;

	if (argc > 2 && strcmp(argv[1], "exec") == 0)
		return exec_only(argv + 2);
	if (enter(&spec) < 0 || supervise_prepare() < 0 || announce() < 0)
		return 1;
	identify(&record, &spec);
	if (supervise_cancelled(SPEC_FD_STATE))
		record.ended = STATE_NOT_STARTED;
	else
		run(&spec, &record);
	leave_record(&record);
	return 0;
}
