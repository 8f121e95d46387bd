/* output: what a job wrote, wherever it is stored at the moment */
#include "run/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/failpoint.h"
#include "base/out.h"
#include "base/str.h"
#include "db/home.h"
#include "run/spool.h"
#include "shim/trim.h"
#include "store/attempt.h"
#include "store/job.h"
#include "store/result.h"

enum { PIECE = 65536 };

struct tail {
	int to;
	int fd; /* the spool's file, -1: not opened; it stays readable when the file is gone */
	int64_t offset;
};

struct copy {
	const struct output_options *options;
	int64_t attempt; /* the one being copied, 0: none */
	int64_t copied;  /* the last one that was copied to its end */
	int64_t limit;   /* --max-output, -1 */
	struct tail tails[2];
	int changes; /* inotify on open spool files, -1 */
	int blind;   /* something could not be watched: look once a second */
};

static void put(int to, const void *data, size_t n)
{
	if (out_write_all(to, data, n) < 0) {
		if (errno == EPIPE)
			_exit(128 + 13);
		die_errno("cannot write");
	}
}

static void state_cut(struct tail *t, int64_t omitted)
{
	char line[80];
	int n = snprintf(line, sizeof(line), "\n[bgjob: %lld bytes cut]\n", (long long)omitted);

	put(t->to, line, (size_t)n);
	t->offset += omitted;
}

/* everything that is in the spool file so far */
static void pump(struct copy *c, struct tail *t)
{
	static char piece[PIECE];
	ssize_t n;

	for (;;) {
		int64_t cut_at = 0, omitted = 0;
		size_t want = PIECE;
		struct stat st;

		if (c->limit >= 0 && fstat(t->fd, &st) == 0)
			omitted = trim_cut(st.st_size, c->limit, &cut_at);
		if (omitted && t->offset >= cut_at && t->offset < cut_at + omitted)
			state_cut(t, cut_at + omitted - t->offset);
		else if (omitted && t->offset < cut_at && t->offset + PIECE > cut_at)
			want = (size_t)(cut_at - t->offset);
		n = pread(t->fd, piece, want, t->offset);
		if (n < 0)
			die_errno("cannot read the output of job %lld", (long long)c->options->job);
		if (n == 0)
			return;
		put(t->to, piece, (size_t)n);
		t->offset += n;
	}
}

static void copy_file(struct result *r, struct tail *t)
{
	static char piece[PIECE];
	int64_t done = 0;

	while (done < r->size) {
		ssize_t n;

		if (r->omitted && done == r->cut_at)
			state_cut(t, r->omitted);
		n = result_read(r, done, piece, sizeof(piece));
		if (n < 0)
			die_system("%s", result_error());
		put(t->to, piece, (size_t)n);
		done += n;
	}
}

/*
 * read all of it before writing: a slow reader must not keep the store's log from being truncated
 */
static void copy_blob(struct result *r, struct tail *t)
{
	char *data = mem_alloc((size_t)r->size);
	int64_t head = r->omitted ? r->cut_at : r->size;

	result_read(r, 0, data, (size_t)r->size);
	result_close(r);
	put(t->to, data, (size_t)head);
	if (r->omitted) {
		state_cut(t, r->omitted);
		put(t->to, data + head, (size_t)(r->size - head));
	}
	free(data);
}

static void copy_stored(struct copy *c, int stream)
{
	struct result r;
	int opened = result_open(c->options->job, c->attempt, stream, &r);

	if (opened == RESULT_LOST)
		die_system("%s", result_error());
	if (opened < 0)
		return;
	if (r.blob) {
		copy_blob(&r, &c->tails[stream - 1]);
		return;
	}
	copy_file(&r, &c->tails[stream - 1]);
	result_close(&r);
}

static int spool_is_open(const struct copy *c)
{
	for (int i = 0; i < 2; i++)
		if (c->tails[i].to >= 0 && c->tails[i].fd < 0)
			return 0;
	return 1;
}

static int watch(struct copy *c, const char *name, uint32_t events)
{
	int id = c->changes < 0 ? -1 : inotify_add_watch(c->changes, name, events);

	if (id < 0)
		c->blind = 1;
	return id;
}

/* the shim creates the files shortly after the commit that says "running" */
struct moment {
	enum job_status status;
	int64_t attempt, limit;
};

static struct moment look_at_output(int64_t id)
{
	struct moment now;
	struct job job;

	if (job_get(id, &job) < 0)
		die_system("job %lld has been removed", (long long)id);
	now = (struct moment){ job.status, job.attempt, job.max_output };
	job_free(&job);
	return now;
}

/*
 * When an attempt is over, a pool may reuse its files under other names (spool.h), though not
 * while we have them open. So what was opened counts only if the attempt is still running
 * afterwards. Returns -1 if it is not.
 */
static int open_spool(struct copy *c)
{
	int opened[2] = { 0, 0 }, folder;
	struct moment now;
	char name[64];

	if (spool_is_open(c))
		return 0;
	folder = watch(c, home_file("spool"), IN_CREATE | IN_MOVED_TO);
	for (int i = 0; i < 2; i++) {
		struct tail *t = &c->tails[i];

		if (t->to < 0 || t->fd >= 0)
			continue;
		t->fd = spool_open_stream(c->options->job, c->attempt, i + 1);
		opened[i] = t->fd >= 0;
		snprintf(name, sizeof(name), "/proc/self/fd/%d", t->fd);
		if (opened[i])
			watch(c, name, IN_MODIFY);
	}
	if (folder >= 0 && spool_is_open(c))
		inotify_rm_watch(c->changes, folder);
	failpoint("output-opened");
	now = look_at_output(c->options->job);
	if (now.status == JOB_RUNNING && now.attempt == c->attempt)
		return 0;
	for (int i = 0; i < 2; i++) {
		if (!opened[i])
			continue;
		close(c->tails[i].fd);
		c->tails[i].fd = -1;
	}
	return -1;
}

static void pump_all(struct copy *c)
{
	for (int i = 0; i < 2; i++)
		if (c->tails[i].to >= 0 && c->tails[i].fd >= 0)
			pump(c, &c->tails[i]);
}

/* the attempt is over: read to its end what was followed, and copy the rest from the store */
static void copy_rest(struct copy *c)
{
	for (int i = 0; i < 2; i++) {
		struct tail *t = &c->tails[i];

		if (t->to < 0)
			continue;
		if (t->fd >= 0) {
			pump(c, t);
			close(t->fd);
		} else {
			copy_stored(c, i + 1);
		}
		t->fd = -1;
		t->offset = 0;
	}
}

static void wait_for_more(struct copy *c, int commits)
{
	char events[4096];

	home_wait(commits, c->blind ? clock_boot() + CLOCK_SECOND : -1, c->changes);
	while (c->changes >= 0 && read(c->changes, events, sizeof(events)) > 0)
		;
}

/* copy what there is of one attempt; returns whether the attempt is over */
static int copy_attempt(struct copy *c, const struct moment *now)
{
	int over = now->status != JOB_RUNNING || now->attempt != c->attempt;

	c->limit = now->limit;
	if (over || open_spool(c) < 0) {
		copy_rest(c);
		return 1;
	}
	pump_all(c);
	return 0;
}

static void follow_output(struct copy *c)
{
	int commits = home_watch();

	c->changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	for (;;) {
		struct moment now = look_at_output(c->options->job);

		if (!c->attempt && now.attempt > c->copied)
			c->attempt = now.attempt;
		if (c->attempt && copy_attempt(c, &now)) {
			c->copied = c->attempt;
			c->attempt = 0;
			if (c->options->attempt)
				break;
			continue;
		}
		if (!c->attempt && job_finished(now.status))
			break;
		wait_for_more(c, commits);
	}
	close(commits);
	close(c->changes);
}

static void attempt_exists(const struct attempt *a, void *arg)
{
	int64_t *wanted = arg;

	if (a->attempt == *wanted)
		*wanted = 0;
}

int output_copy(const struct output_options *options)
{
	struct copy c = { .options = options,
		.attempt = options->attempt,
		.changes = -1,
		.tails = { { options->to[0], -1, 0 }, { options->to[1], -1, 0 } } };
	int64_t wanted = options->attempt;
	struct moment now = look_at_output(options->job);

	if (wanted)
		attempt_list(options->job, attempt_exists, &wanted);
	if (wanted)
		return -1;
	if (options->follow) {
		follow_output(&c);
		return 0;
	}
	if (!c.attempt)
		c.attempt = now.attempt;
	while (c.attempt && !copy_attempt(&c, &now) && !spool_is_open(&c)) {
		/* it ended and its files went away between the two looks, or it is just starting */
		struct moment then = look_at_output(options->job);

		if (then.status == now.status && then.attempt == now.attempt)
			break;
		now = then;
	}
	return 0;
}
