/* settle: find out how a running attempt ended and record it */
#include "run/settle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/failpoint.h"
#include "base/process.h"
#include "base/str.h"
#include "run/leftovers.h"
#include "run/spool.h"
#include "shim/state.h"
#include "shim/trim.h"
#include "store/job.h"
#include "store/result.h"
#include "store/transition.h"

/* the shim has synced what the store keeps as a file */
_Static_assert((long)STATE_STREAM_INLINE == (long)RESULT_INLINE_MAX,
	"shim/state.h, store/result.h");

/*
 * A stream of the attempt, opened when first used; -1: it does not exist. If it cannot be opened
 * for another reason (no descriptors left, a failing disk), the whole settlement is postponed.
 */
static int stream(struct settlement *s, int i)
{
	if (s->streams[i] < 0) {
		s->streams[i] = spool_open_stream(s->job, s->attempt, i + 1);
		s->later |= s->streams[i] < 0 && errno != ENOENT;
	}
	return s->streams[i];
}

/* a record from before a reboot is valid only if its sizes match the files */
static int sizes_match(struct settlement *s)
{
	for (int i = 0; i < 2; i++) {
		int fd = stream(s, i);
		struct stat st;

		if (fd < 0 || fstat(fd, &st) < 0 || st.st_size != s->record->bytes[i])
			return 0;
	}
	return 1;
}

static enum settle_finding read_finding(struct settlement *s, const struct state_head *head)
{
	int this_boot = strcmp(head->boot, process_boot()) == 0;
	struct state_command command;

	if (state_read(s->state, STATE_AT_RECORD, s->record, sizeof(*s->record)) == 0 &&
		state_sealed(s->record, s->job, s->attempt, s->claim) &&
		(this_boot || (s->record->synced && sizes_match(s))))
		return SETTLE_RECORD;
	if (state_read(s->state, STATE_AT_COMMAND, &command, sizeof(command)) < 0 || !this_boot)
		return SETTLE_INTERRUPTED;
	if (!command.starting)
		return SETTLE_NEVER_STARTED;
	s->leftovers = leftovers_find(s->job, s->attempt, (pid_t)command.pid, NULL, NULL);
	return SETTLE_INTERRUPTED;
}

/* open and lock the file; if it was replaced in between, open it again */
static int take_record(struct settlement *s)
{
	struct stat st;

	for (;;) {
		s->state = spool_open_state(s->job, s->attempt);
		if (s->state < 0)
			return errno == ENOENT ? 0 : -2; /* it may exist */
		if (state_lock(s->state) < 0) {
			close(s->state);
			s->state = -1;
			return -1;
		}
		if (fstat(s->state, &st) == 0 && st.st_nlink > 0)
			return 0;
		close(s->state);
	}
}

/* the output of an interrupted command is kept as well: the files have its sizes */
static void measure(struct settlement *s, int64_t max_output)
{
	for (int i = 0; i < 2; i++) {
		int fd = stream(s, i);
		struct stat st;

		if (fd < 0 || fstat(fd, &st) < 0)
			continue;
		s->record->bytes[i] = st.st_size;
		s->record->omitted[i] = trim_cut(st.st_size, max_output, &s->record->cut_at[i]);
		if (st.st_size > RESULT_INLINE_MAX && fdatasync(fd) < 0)
			s->record->sync_errno = errno;
	}
}

/* opened now, so that nothing can be missing halfway through the transaction */
static void open_small(struct settlement *s)
{
	for (int i = 0; i < 2; i++)
		if (!s->kept[i] && s->record->bytes[i] - s->record->omitted[i] > 0)
			stream(s, i);
}

/* returns -1 if the disk is full or failing: nothing is lost, and it is tried again later */
static int keep_large(struct settlement *s)
{
	for (int i = 0; i < 2; i++) {
		if (s->record->bytes[i] - s->record->omitted[i] <= RESULT_INLINE_MAX)
			continue;
		s->kept[i] = mem_alloc(SPOOL_RESULT_NAME);
		if (spool_keep(s->job, s->attempt, i + 1, s->kept[i]) == 0)
			continue;
		if (errno == ENOSPC || errno == EIO || errno == EDQUOT)
			return -1;
		s->record->sync_errno = errno;
		free(s->kept[i]);
		s->kept[i] = NULL;
	}
	return 0;
}

void settle_examine(struct settlement *s, const struct attempt *a, int live)
{
	struct state_head head;
	struct job job;
	int got;

	*s = (struct settlement){ .job = a->job,
		.attempt = a->attempt,
		.claim = a->claim,
		.finding = SETTLE_ALIVE,
		.state = -1,
		.streams = { -1, -1 },
		.live = live };
	got = take_record(s);
	s->later = got == -2;
	if (got < 0)
		return;
	s->record = mem_zero(1, sizeof(*s->record));
	s->finding = SETTLE_INTERRUPTED;
	s->ours = s->state >= 0 && state_read(s->state, STATE_AT_HEAD, &head, sizeof(head)) == 0 &&
		state_is(&head, s->job, s->attempt, s->claim);
	if (s->ours)
		s->finding = read_finding(s, &head);
	else
		s->leftovers = leftovers_find(s->job, s->attempt, 0, NULL, NULL);
	if (s->finding == SETTLE_INTERRUPTED) {
		*s->record = (struct state_record){ .wait_status = -1,
			.utime_us = -1,
			.stime_us = -1,
			.maxrss_kb = -1 };
		if (s->ours && job_get(s->job, &job) == 0) {
			measure(s, job.max_output);
			job_free(&job);
		}
	}
	if (s->finding != SETTLE_NEVER_STARTED) {
		s->later |= keep_large(s) < 0;
		open_small(s);
	}
	if (s->later) {
		warn_errno("cannot store the output of job %lld yet", (long long)s->job);
		settle_leave(s);
		s->finding = SETTLE_ALIVE;
	}
	failpoint("settle-examined");
}

static void judge_start(struct settlement *s)
{
	static const char *const what[] = { [STATE_EXEC] = "cannot execute the command",
		[STATE_DIRECTORY] = "cannot enter the directory",
		[STATE_OUTPUT] = "cannot create the output files",
		[STATE_FORK] = "cannot start a process",
		[STATE_INPUT] = "cannot hand over the input",
		[STATE_CONTAIN] = "cannot contain it, is bubblewrap "
				  "installed?" };
	int step = s->record->failed_step;

	snprintf(s->reason, sizeof(s->reason), "exit %d: %s: %s",
		WEXITSTATUS(s->record->wait_status),
		what[step >= STATE_EXEC && step <= STATE_CONTAIN ? step : STATE_FORK],
		strerror(s->record->failed_errno));
}

static enum job_status judge_exit(struct settlement *s)
{
	int status = s->record->wait_status;
	char name[32];

	if (s->record->failed_step) {
		judge_start(s);
		return JOB_FAILED;
	}
	if (WIFSIGNALED(status))
		snprintf(s->reason, sizeof(s->reason), "killed by %s",
			process_signal_name(WTERMSIG(status), name));
	else if (WEXITSTATUS(status))
		snprintf(s->reason, sizeof(s->reason), "exit %d", WEXITSTATUS(status));
	return status == 0 ? JOB_DONE : JOB_FAILED;
}

static enum job_status judge_end(struct settlement *s, const struct job *job)
{
	char text[CLOCK_TEXT];

	if (s->finding == SETTLE_INTERRUPTED ||
		(s->record->ended == STATE_BY_SHUTDOWN && !job->cancel_by)) {
		snprintf(s->reason, sizeof(s->reason), "%s",
			s->live && s->finding == SETTLE_INTERRUPTED ? "runner killed"
								    : "interrupted by restart");
		return JOB_FAILED;
	}
	switch (s->record->ended) {
	case STATE_BY_SHUTDOWN: /* the mark for the shim could not be written, but the store has it */
	case STATE_BY_CANCEL:
	case STATE_NOT_STARTED:
		snprintf(s->reason, sizeof(s->reason), "cancelled by %s",
			job->cancel_by ? job->cancel_by : "somebody");
		return JOB_CANCELLED;
	case STATE_BY_TIMEOUT:
		clock_format_duration(job->timeout_ms, text);
		snprintf(s->reason, sizeof(s->reason), "timed out after %s", text);
		return JOB_FAILED;
	default: return judge_exit(s);
	}
}

static void add_reason(struct settlement *s, const char *text)
{
	size_t n = strlen(s->reason);

	snprintf(s->reason + n, sizeof(s->reason) - n, "%s%s", n ? "; " : "", text);
}

/* returns 0, or -1 if the output is not what the command wrote */
static int save_streams(struct settlement *s)
{
	int failed = s->record->sync_errno;

	for (int i = 0; i < 2; i++) {
		int64_t kept = s->record->bytes[i] - s->record->omitted[i];

		if (s->kept[i]) {
			result_save_file(s->job, s->attempt, i + 1, s->kept[i], kept,
				s->record->cut_at[i], s->record->omitted[i]);
			continue;
		}
		if (kept == 0)
			continue;
		errno = ENOENT;
		if (s->streams[i] < 0 ||
			result_save(s->job, s->attempt, i + 1, s->streams[i], kept,
				s->record->cut_at[i], s->record->omitted[i]) < 0)
			failed = errno;
	}
	errno = failed;
	return failed ? -1 : 0;
}

static void apply_end(struct settlement *s, const struct job *job, int64_t now)
{
	const struct state_record *r = s->record;
	enum job_status status = judge_end(s, job);
	char text[80];
	struct ending e = {
		.job = s->job,
		.attempt = s->attempt,
		.claim = s->claim,
		.now = now,
		.ended_at = s->finding == SETTLE_RECORD ? r->ended_at : now,
		.wait_status =
			r->failed_step || r->ended == STATE_NOT_STARTED ? -1 : r->wait_status,
		.utime_us = r->utime_us,
		.stime_us = r->stime_us,
		.maxrss_kb = r->maxrss_kb,
		.stdout_bytes = r->bytes[0],
		.stderr_bytes = r->bytes[1],
		.leftovers = s->leftovers,
	};

	if (r->failed_step)
		e.wait_status = r->wait_status;
	if (r->disk_full && (status == JOB_FAILED || r->bytes[0] || r->bytes[1]))
		add_reason(s, "the disk was full");
	if (save_streams(s) < 0) {
		snprintf(text, sizeof(text), "output lost: %s", strerror(errno));
		add_reason(s, text);
		status = status == JOB_DONE ? JOB_FAILED : status;
	}
	e.status = status;
	e.reason = s->reason[0] ? s->reason : NULL;
	s->changed = transition_end(&e, &status);
	snprintf(s->status, sizeof(s->status), "%s", job_status_name(status));
}

void settle_apply(struct settlement *s, int64_t now)
{
	struct job job;

	s->changed = 0;
	s->reason[0] = '\0';
	if (job_get(s->job, &job) < 0)
		return;
	if (job.status != JOB_RUNNING || job.attempt != s->attempt || !job.claim ||
		strcmp(job.claim, s->claim) != 0) {
		job_free(&job);
		return;
	}
	if (s->finding == SETTLE_NEVER_STARTED && !job.cancel_by) {
		s->changed = transition_unstart(s->job, s->attempt, s->claim, now);
		snprintf(s->status, sizeof(s->status), "%s",
			job_status_name((enum job_status)job_status(s->job)));
		snprintf(s->reason, sizeof(s->reason), "never started");
	} else {
		if (s->finding == SETTLE_NEVER_STARTED)
			s->record->ended = STATE_NOT_STARTED;
		apply_end(s, &job, now);
	}
	job_free(&job);
}

void settle_leave(struct settlement *s)
{
	for (int i = 0; i < 2; i++) {
		if (s->streams[i] >= 0)
			close(s->streams[i]);
		s->streams[i] = -1;
	}
	if (s->state >= 0)
		close(s->state);
	free(s->record);
	free(s->kept[0]);
	free(s->kept[1]);
	s->state = -1;
	s->record = NULL;
	s->kept[0] = s->kept[1] = NULL;
}

void settle_clear(struct settlement *s)
{
	int empty = 0;

	for (int i = 0; i < 2 && s->finding == SETTLE_RECORD && !s->record->failed_step; i++)
		empty |= s->record->bytes[i] == 0 ? 1 << i : 0;
	/* close drops the lock, after the last unlink */
	if (s->ours && s->finding == SETTLE_RECORD &&
		spool_recycle(s->job, s->attempt, s->state, empty))
		s->state = -1;
	else if (s->ours)
		spool_remove(s->job, s->attempt);
	settle_leave(s);
}
