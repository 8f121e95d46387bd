/* commands_act: /cancel and /retry */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat/commands.h"
#include "db/db.h"
#include "run/cancel.h"
#include "store/result.h"
#include "submit/workflow_start.h"

static void cancel_one(struct reply *reply, const char *id)
{
	struct job job;

	if (commands_find(reply, id, &job) < 0)
		return;
	switch (cancel_mark(job.id, reply->by)) {
	case CANCEL_DONE:
		reply->messages = 1; /* its own targets are notified, too */
		reply_say(reply, "Cancelled #%lld.\n", (long long)job.id);
		break;
	case CANCEL_ASKED:
		reply_signal(reply, job.id);
		reply_say(reply, "Cancelling #%lld.\n", (long long)job.id);
		break;
	default:
		reply_say_no(reply, "#%lld has already ended: %s.\n", (long long)job.id,
			job_status_name(job.status));
	}
	job_free(&job);
}

void commands_cancel(struct reply *reply, const char *argument)
{
	const char *at = argument;

	if (!*at) {
		reply_say_no(reply, "Which job? Send /cancel ID. /tasks shows what is running.\n");
		return;
	}
	while (*at) {
		cancel_one(reply, at);
		at += strcspn(at, " \t\n,");
		at += strspn(at, " \t\n,");
	}
}

/* Copies the input of the old job. Returns 0, or -1 if it is lost. */
static int copy_input(int64_t id, struct job_new *job, char file[RESULT_NAME], void **data)
{
	int fd = result_input(id);
	int64_t size;

	file[0] = '\0';
	*data = NULL;
	if (fd == RESULT_NO_INPUT)
		return 0;
	if (fd < 0)
		return -1;
	size = result_stage(fd, data, file);
	if (size < 0)
		db_fail("cannot copy the input of job %lld", (long long)id);
	close(fd);
	if (size < 0)
		return -1;
	job->has_input = 1;
	job->input = *data;
	job->input_size = (size_t)size;
	job->input_file = file[0] ? file : NULL;
	return 0;
}

/* the same work, reported to the user who asked */
static int64_t record_again(struct reply *reply, const struct job *old, int64_t *other)
{
	char *targets[] = { (char *)(uintptr_t)reply->target, NULL }, file[RESULT_NAME];
	struct job_new job;
	int64_t id = 0;
	void *data;

	job_new_init(&job);
	job.queue = old->queue;
	job.type = old->type;
	job.label = old->label;
	job.user = old->user;
	job.unique_key = workflow_start_is_place(old->unique_key) ? NULL : old->unique_key;
	job.priority = old->priority;
	job.command = old->command;
	job.command_size = old->command_size;
	job.directory = old->directory;
	job.umask = old->umask;
	job.environment = old->environment;
	job.timeout_ms = old->timeout_ms;
	job.grace_ms = old->grace_ms;
	job.backoff_ms = old->backoff_ms;
	job.max_output = old->max_output;
	job.retries = old->retries;
	job.notify = reply->target ? targets : NULL;
	job.contain = old->contain;
	if (copy_input(old->id, &job, file, &data) == 0) {
		id = job_add(&job, other);
		if (id <= 0)
			result_discard(file);
	}
	free(data);
	return id;
}

void commands_retry(struct reply *reply, const char *argument)
{
	struct job old;
	int64_t id, other = 0;

	if (commands_find(reply, argument, &old) < 0)
		return;
	if (!job_finished(old.status)) {
		reply_say_no(reply, "#%lld has not ended yet.\n", (long long)old.id);
	} else {
		id = record_again(reply, &old, &other);
		if (id > 0)
			commands_started(reply, id, WORKFLOW_ALWAYS);
		else if (id == 0)
			reply_say_no(reply, "The input of #%lld is lost.\n", (long long)old.id);
		else
			reply_say_no(reply, "#%lld is already doing that.\n", (long long)other);
		reply_has_seen(reply, &old);
	}
	job_free(&old);
}
