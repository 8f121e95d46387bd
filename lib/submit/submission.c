/* submission: from options, or a line of a batch, to a job that can be recorded */
#include "submit/submission.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/value.h"
#include "service/paths.h"
#include "store/environment.h"
#include "store/target.h"
#include "submit/env_capture.h"
#include "submit/job_option.h"

void submission_init(struct submission *s)
{
	*s = (struct submission){ 0 };
	submission_reset(s);
}

void submission_reset(struct submission *s)
{
	struct submission keep = *s;

	free(s->after);
	for (size_t i = 0; i < s->target_count; i++)
		free(s->targets[i]);
	free(s->targets);
	free(s->absolute);
	free(s->input_data);
	str_clear(&keep.command);
	str_clear(&keep.why);
	*s = (struct submission){
		.command = keep.command,
		.why = keep.why,
		.captured = keep.captured,
		.environment = "ALL",
	};
	job_new_init(&s->job);
	s->job.umask = job_option_umask();
	s->job.environment = keep.job.environment;
}

void submission_free(struct submission *s)
{
	result_discard(s->input_file);
	submission_reset(s);
	str_free(&s->command);
	str_free(&s->why);
	free(s->captured);
}

static int fail_submission(struct submission *s, const char *text, const char *what)
{
	str_clear(&s->why);
	str_addf(&s->why, "%s%s%s", text, what ? ": " : "", what ? what : "");
	return -1;
}

static int add_dependencies(struct submission *s, const char *list, int any)
{
	const char *at = list;

	do {
		int64_t id;
		size_t n = strcspn(at, ",");

		if (value_id(at, n, &id) < 0)
			return value_bad(&s->why, "not a list of job ids", list);
		s->after = mem_resize(s->after, s->job.after_count + 1, sizeof(*s->after));
		s->after[s->job.after_count++] = (struct job_dependency){ id, any };
		at += n;
	} while (*at++ == ',');
	s->job.after = s->after;
	return 0;
}

int submission_notify(struct submission *s, const char *target)
{
	if (target_check(target, &s->why) < 0)
		return -1;
	s->targets = mem_resize(s->targets, s->target_count + 2, sizeof(*s->targets));
	s->targets[s->target_count++] = target_here(target);
	s->targets[s->target_count] = NULL;
	s->job.notify = s->targets;
	return 0;
}

static int set_delay(struct submission *s, const char *value)
{
	int64_t delay;

	if (value_duration(&s->why, value, 0, &delay) < 0)
		return -1;
	s->job.not_before = clock_now() + delay;
	return 0;
}

static int set_contain(struct submission *s, const char *value)
{
	if (value_flag(&s->why, value, &s->job.contain) < 0)
		return -1;
	if (s->job.contain && !paths_bubblewrap())
		return value_bad(&s->why, "needs bubblewrap (bwrap), which is not installed",
			value);
	return 0;
}

#define IS(text) (strcmp(name, text) == 0)

static int set_number(struct submission *s, const char *name, const char *value)
{
	struct job_new *job = &s->job;

	if (IS("priority"))
		return value_number(&s->why, value, INT32_MIN, INT32_MAX, &job->priority);
	if (IS("timeout"))
		return value_duration(&s->why, value, 1, &job->timeout_ms);
	if (IS("grace"))
		return value_duration(&s->why, value, 0, &job->grace_ms);
	if (IS("retries"))
		return value_number(&s->why, value, 0, 1000, &job->retries);
	if (IS("backoff"))
		return value_duration(&s->why, value, 0, &job->backoff_ms);
	if (IS("notify-after"))
		return value_duration(&s->why, value, 1, &job->notify_after_ms);
	if (IS("max-output"))
		return value_size(&s->why, value, 1, &job->max_output);
	if (IS("at"))
		return value_time(&s->why, value, &job->not_before);
	if (IS("in"))
		return set_delay(s, value);
	str_add(&s->why, "unknown");
	return -1;
}

int submission_set(struct submission *s, const char *name, const char *value)
{
	str_clear(&s->why);
	if (IS("shell"))
		return job_option_text(&s->why, value, &s->shell);
	if (IS("queue"))
		return job_option_name(&s->why, value, &s->job.queue);
	if (IS("type"))
		return job_option_name(&s->why, value, &s->job.type);
	if (IS("label"))
		return job_option_text(&s->why, value, &s->job.label);
	if (IS("user"))
		return job_option_text(&s->why, value, &s->job.user);
	if (IS("unique"))
		return job_option_text(&s->why, value, &s->job.unique_key);
	if (IS("input"))
		return job_option_text(&s->why, value, &s->input);
	if (IS("input-text")) {
		s->input_text = value;
		return 0;
	}
	if (IS("after") || IS("after-any"))
		return add_dependencies(s, value, IS("after-any"));
	if (IS("notify"))
		return submission_notify(s, value);
	if (IS("notify-on"))
		return job_option_notify_on(&s->why, value, &s->job.notify_on);
	if (IS("contain"))
		return set_contain(s, value);
	if (IS("directory"))
		return job_option_text(&s->why, value, &s->directory);
	if (IS("env"))
		return job_option_text(&s->why, value, &s->environment);
	return set_number(s, name, value);
}

void submission_argument(struct submission *s, const char *argument)
{
	job_option_argument(&s->command, argument);
}

static int finish_command(struct submission *s)
{
	if (job_option_command(&s->why, s->shell, &s->command) < 0)
		return -1;
	s->job.command = s->command.data;
	s->job.command_size = s->command.len;
	return 0;
}

static int finish_directory(struct submission *s)
{
	s->absolute = job_option_directory(&s->why, s->directory);
	s->job.directory = s->absolute;
	return s->absolute ? 0 : -1;
}

static int finish_environment(struct submission *s)
{
	static size_t size;
	struct str environment = { 0 };

	if (!s->captured || strcmp(s->captured, s->environment) != 0) {
		if (env_capture(s->environment, NULL, &environment, &s->why) < 0) {
			str_free(&environment);
			return -1;
		}
		size = job_option_room(&environment);
		s->job.environment = environment_save(environment.data, environment.len);
		free(s->captured);
		s->captured = mem_dup(s->environment);
		str_free(&environment);
	}
	return job_option_fits(&s->why, &s->command, size, s->job.user);
}

int submission_read_input(struct submission *s)
{
	int fd = STDIN_FILENO;
	int64_t size;

	s->job.has_input = s->input || s->input_text;
	if (s->input && s->input_text)
		return fail_submission(s, "either --input or --input-text, not both", NULL);
	if (s->input_text) {
		s->job.input = s->input_text;
		s->job.input_size = strlen(s->input_text);
	}
	if (!s->input)
		return 0;
	if (strcmp(s->input, "-") != 0)
		fd = open(s->input, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail_submission(s, s->input, strerror(errno));
	size = result_stage(fd, &s->input_data, s->input_file);
	/* a folder is the user's mistake; a full or failing disk is not */
	if (size < 0 && errno != EISDIR) {
		s->disk_failed = 1;
		str_clear(&s->why);
		str_addf(&s->why, "cannot keep a copy of the input %s: %s", s->input,
			strerror(errno));
	} else if (size < 0) {
		fail_submission(s, s->input, strerror(errno));
	}
	if (fd != STDIN_FILENO)
		close(fd);
	s->job.input = s->input_data;
	s->job.input_file = s->input_file[0] ? s->input_file : NULL;
	s->job.input_size = size < 0 ? 0 : (size_t)size;
	return size < 0 ? -1 : 0;
}

int submission_finish(struct submission *s)
{
	str_clear(&s->why);
	if (finish_command(s) < 0 || finish_directory(s) < 0)
		return -1;
	return finish_environment(s);
}
