/* bgjob-submit: record a job and print its id */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/input.h"
#include "base/out.h"
#include "db/db.h"
#include "run/output.h"
#include "run/wait.h"
#include "service/farewell.h"
#include "service/runner.h"
#include "store/delivery.h"
#include "submit/batch.h"
#include "submit/submission.h"

enum { BATCH = 256, WAIT, BY_NAME };

static const struct arg_option options[] = {
	{ 'c', "shell", "TEXT", "run TEXT with sh -c" },
	{ 'q', "queue", "NAME", "queue (default: default)" },
	{ 't', "type", "NAME", "type, for filters (default: shell)" },
	{ 'l', "label", "TEXT", "a human-readable name" },
	{ 'u', "user", "ID", "the user it belongs to" },
	{ 'p', "priority", "N", "higher starts first (default: 0)" },
	{ 'i', "input", "FILE", "store FILE and give it to the job as stdin; - reads stdin" },
	{ BY_NAME, "input-text", "TEXT", "store TEXT and give it to the job as stdin" },
	{ 'C', "directory", "DIR", "where the job runs (default: here)" },
	{ BY_NAME + 1, "env", "LIST", "variables to pass: ALL, NONE or names (default: ALL)" },
	{ BY_NAME + 2, "after", "IDS", "start when these are done; fail if one fails" },
	{ BY_NAME + 3, "after-any", "IDS", "start when these have ended, done or not" },
	{ BY_NAME + 4, "at", "TIME", "start no earlier than this" },
	{ BY_NAME + 5, "in", "DURATION", "start no earlier than this long from now" },
	{ BY_NAME + 6, "timeout", "DURATION", "end it if it runs longer than this" },
	{ BY_NAME + 7, "grace", "DURATION", "time between SIGTERM and SIGKILL (default: 10s)" },
	{ BY_NAME + 8, "retries", "N", "retry it up to N times if it fails (default: 0)" },
	{ BY_NAME + 9, "backoff", "DURATION",
		"wait before the first retry; doubles each time (default: 1m)" },
	{ BY_NAME + 10, "unique", "KEY", "at most one unfinished job with this key" },
	{ BY_NAME + 11, "notify", "TARGET", "who to tell when it ends (repeatable)" },
	{ BY_NAME + 12, "notify-on", "WHEN",
		"when to tell: done, failed, change, always or never" },
	{ BY_NAME + 15, "notify-after", "DURATION", "tell only if it ran at least this long" },
	{ BY_NAME + 13, "max-output", "SIZE", "keep only the head and tail of each stream" },
	{ BY_NAME + 14, "contain", NULL, "guarantee that all its processes end with it" },
	{ BATCH, "batch", NULL, "read jobs from stdin, one JSON object a line" },
	{ WAIT, "wait", "[DURATION]", "wait, print its output, exit with its status" },
	{ 0 },
};

struct request {
	int batch, wait;
	int64_t wait_ms; /* -1: any time */
};

static void set(struct submission *s, int id, const char *value)
{
	for (const struct arg_option *o = options; o->name; o++)
		if (o->id == id && submission_set(s, o->name, value) < 0)
			die_usage("--%s: %s", o->name, s->why.data);
}

struct given {
	int id;
	char *value;
};

static void apply(const struct given *g, struct request *r, struct submission *s)
{
	if (g->id == BATCH)
		r->batch = 1;
	else if (g->id == WAIT)
		r->wait_ms = g->value ? arg_duration("--wait", g->value) : -1;
	else
		set(s, g->id, g->value);
}

/* read all options before checking them: with --wait a bad value before it exits with 125, too */
static void parse(int argc, char *argv[], struct request *r, struct submission *s)
{
	static struct given *list; /* static: not a leak when die_usage() exits */
	int id, count = 0;

	list = mem_alloc((size_t)argc * sizeof(*list));
	while ((id = arg_next(argc, argv, 1)) >= 0) {
		list[count++] = (struct given){ id, optarg };
		if (id == WAIT) {
			die_stand_in();
			r->wait = 1;
		}
	}
	for (int i = 0; i < count; i++)
		apply(&list[i], r, s);
	free(list);
	for (int i = optind; i < argc; i++)
		submission_argument(s, argv[i]);
	if (r->batch && (count > 1 || optind < argc))
		die_usage("--batch cannot be combined with other options: put them on each line");
}

static void print_id(int64_t id)
{
	out_fieldf("%lld", (long long)id);
	out_end();
}

static int submit_batch(void)
{
	struct str text = { 0 };
	int64_t duplicates = 0;
	int tells;

	if (input_read(STDIN_FILENO, SIZE_MAX, 0, &text, NULL) < 0)
		die_errno("cannot read stdin");
	db_open(DB_WRITE);
	batch_submit(text.data, text.len, &duplicates, print_id);
	tells = delivery_expected();
	db_close();
	str_free(&text);
	runner_ensure();
	if (tells)
		runner_ensure_notifier();
	out_done();
	return duplicates ? EXIT_NO : EXIT_DONE;
}

/* the id of the new job; or, *existing, of the one that has its unique key */
static int64_t submit_one(struct submission *s, int *existing)
{
	int64_t id, other;

	if (submission_read_input(s) < 0) {
		if (s->disk_failed)
			die_system("%s", s->why.data);
		die_usage("%s", s->why.data);
	}
	db_begin();
	if (submission_finish(s) < 0) {
		db_rollback();
		result_discard(s->input_file);
		die_usage("%s", s->why.data);
	}
	/* if we are killed, a message names the job that was recorded */
	farewell_hold();
	id = job_add(&s->job, &other);
	*existing = id == JOB_DUPLICATE;
	if (id < 0) {
		db_rollback();
		result_discard(s->input_file);
	} else {
		db_commit();
		s->input_file[0] = '\0';
	}
	if (id == JOB_NO_DEPENDENCY)
		die_usage("--after: no job %lld", (long long)other);
	id = *existing ? other : id;
	farewell_to(id);
	return id;
}

static int stand_in(int64_t id, int64_t wait_ms)
{
	struct output_options all = { .job = id, .to = { STDOUT_FILENO, STDERR_FILENO } };
	int status;

	if (wait_for(&id, 1, 0, wait_ms) < 0) {
		warn("job %lld continues in the background", (long long)id);
		return EXIT_TIMEOUT;
	}
	output_copy(&all);
	status = wait_status(id);
	db_close();
	out_done();
	return status;
}

int main(int argc, char *argv[])
{
	static struct submission s;
	struct request r = { .wait_ms = -1 };
	int existing;
	int64_t id;

	arg_init("bgjob-submit", "Record a job and print its id.",
		"[options] -- COMMAND [ARG...]\n[options] -c TEXT\n--batch < LINES", options);
	submission_init(&s);
	parse(argc, argv, &r, &s);
	if (r.batch)
		return submit_batch();
	db_open(DB_WRITE);
	id = submit_one(&s, &existing);
	if (s.target_count)
		runner_ensure_notifier();
	submission_free(&s);
	if (r.wait)
		return stand_in(id, r.wait_ms);
	db_close();
	runner_ensure();
	print_id(id);
	out_done();
	return existing ? EXIT_NO : EXIT_DONE;
}
