/* workflow_start: record the job that runs a workflow */
#include "submit/workflow_start.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "submit/submission.h"

/* runs before jobs that were queued in bulk, since a person is waiting */
enum { PRIORITY = 10 };

#define PLACE "place in "

const char *workflow_start_directory(void)
{
	const char *home = getenv("HOME");
	const struct passwd *user;

	if (home && *home == '/')
		return home;
	user = getpwuid(geteuid());
	return user ? user->pw_dir : "/";
}

/* Unique keys limit the unfinished jobs of a conversation: there is one key for each place. */
static int64_t add_job(const struct workflow_start *start, struct job_new *job)
{
	int64_t id = JOB_DUPLICATE, other;
	struct str key = { 0 };

	if (!start->conversation)
		return job_add(job, &other);
	for (int i = 1; i <= start->most && id == JOB_DUPLICATE; i++) {
		str_clear(&key);
		str_addf(&key, PLACE "%s: %d", start->conversation, i);
		job->unique_key = key.data;
		id = job_add(job, &other);
	}
	str_free(&key);
	return id == JOB_DUPLICATE ? WORKFLOW_START_FULL : id;
}

static void describe_job(struct submission *s, const struct workflow_start *start,
	const struct str *input)
{
	const struct workflow *w = start->workflow;

	s->job.type = w->name;
	s->job.label = w->title;
	s->job.user = start->user;
	s->directory = workflow_start_directory();
	if (start->target) {
		if (submission_notify(s, start->target) < 0)
			warn("workflow %s: %s", w->name, s->why.data);
		s->job.notify_on = "always";
	}
	submission_argument(s, w->path);
	for (const char *const *a = start->arguments; a && *a; a++)
		submission_argument(s, *a);
	s->job.priority = PRIORITY;
	s->job.timeout_ms = w->timeout_ms;
	s->job.has_input = 1;
	s->job.input = input->data;
	s->job.input_size = input->len;
}

int64_t workflow_start_record(const struct workflow_start *start, struct str *why)
{
	struct str input = { 0 };
	struct submission s;
	int64_t id = 0;

	str_add(&input, start->text);
	/* read in a shell fails on a last line without a newline */
	if (input.len && input.data[input.len - 1] != '\n')
		str_addc(&input, '\n');
	submission_init(&s);
	describe_job(&s, start, &input);
	if (submission_finish(&s) < 0)
		str_add(why, s.why.data);
	else
		id = add_job(start, &s.job);
	submission_free(&s);
	str_free(&input);
	return id;
}

int workflow_start_is_place(const char *unique_key)
{
	return unique_key && strncmp(unique_key, PLACE, strlen(PLACE)) == 0;
}
