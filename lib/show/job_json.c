/* job_json: jobs as JSON */
#include "show/job_json.h"

#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "base/json.h"
#include "show/job_text.h"
#include "store/attempt.h"
#include "store/delivery.h"
#include "store/result.h"
#include "store/usage.h"

/* of its input, bytes */
enum { INPUT_SHOWN = 4096 };

/* below 0: null */
static void add_number(cJSON *object, const char *name, int64_t n)
{
	if (n < 0)
		cJSON_AddNullToObject(object, name);
	else
		cJSON_AddNumberToObject(object, name, (double)n);
}

static void add_command(cJSON *object, const struct job *job)
{
	cJSON *list = cJSON_AddArrayToObject(object, "command");
	const char *end = job->command + job->command_size;

	for (const char *p = job->command; p < end; p += strlen(p) + 1)
		cJSON_AddItemToArray(list, json_text(p));
}

static void add_wait(const char *reason, void *arg)
{
	cJSON_AddItemToArray(arg, json_text(reason));
}

static void add_target(const char *target, void *arg)
{
	cJSON_AddItemToArray(arg, json_text(target));
}

/* of an attempt that asked no model: null */
static void add_usage(cJSON *object, const struct attempt *a)
{
	struct usage_sum sum;
	int any;

	usage_of_attempt(a->job, a->attempt, &sum);
	any = sum.requests > 0;
	add_number(object, "model_requests", any ? sum.requests : -1);
	add_number(object, "prompt_tokens", any ? sum.prompt : -1);
	add_number(object, "completion_tokens", any ? sum.completion : -1);
	if (sum.requests > sum.unpriced)
		cJSON_AddNumberToObject(object, "cost", (double)sum.cost_nano / 1e9);
	else
		cJSON_AddNullToObject(object, "cost");
}

static void add_attempt(const struct attempt *a, void *arg)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddItemToArray(arg, object);
	add_number(object, "attempt", a->attempt);
	json_add_time(object, "started_at", a->started_at);
	json_add_time(object, "ended_at", a->ended_at);
	json_add_text(object, "outcome", a->outcome);
	add_number(object, "wait_status", a->wait_status);
	add_number(object, "user_us", a->utime_us);
	add_number(object, "system_us", a->stime_us);
	add_number(object, "max_rss_kb", a->maxrss_kb);
	add_number(object, "stdout_bytes", a->stdout_bytes);
	add_number(object, "stderr_bytes", a->stderr_bytes);
	add_usage(object, a);
}

static void add_message(const struct delivery_state *d, void *arg)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddItemToArray(arg, object);
	add_number(object, "message", d->id);
	json_add_text(object, "target", d->target);
	json_add_text(object, "kind", delivery_kind_name(d->kind));
	add_number(object, "part", d->part);
	json_add_text(object, "status", d->status);
	add_number(object, "tries", d->tries);
	add_number(object, "doubtful", d->doubtful);
	json_add_time(object, "sent_at", d->sent_at ? d->sent_at : -1);
	json_add_text(object, "error", d->error);
}

/* its beginning */
static void add_input(cJSON *object, const struct job *job)
{
	char data[INPUT_SHOWN + 1];
	int fd = result_input(job->id);
	ssize_t n = fd < 0 ? -1 : read(fd, data, INPUT_SHOWN);

	if (fd >= 0)
		close(fd);
	data[n < 0 ? 0 : n] = '\0';
	json_add_text(object, "input", n < 0 ? NULL : data);
}

static void add_details(cJSON *object, const struct job *job)
{
	json_add_text(object, "directory", job->directory);
	add_input(object, job);
	json_add_text(object, "unique", job->unique_key);
	add_number(object, "timeout_ms", job->timeout_ms);
	add_number(object, "grace_ms", job->grace_ms);
	add_number(object, "retries", job->retries);
	add_number(object, "failures", job->failures);
	add_number(object, "backoff_ms", job->backoff_ms);
	add_number(object, "max_output", job->max_output);
	cJSON_AddBoolToObject(object, "contain", job->contain);
	add_number(object, "run_id", job->run ? job->run : -1);
	job_targets(job->id, add_target, cJSON_AddArrayToObject(object, "notify"));
	json_add_text(object, "notify_on", job->notify_on);
	add_number(object, "notify_after_ms", job->notify_after_ms);
	job_text_waits(job, add_wait, cJSON_AddArrayToObject(object, "waits"));
	attempt_list(job->id, add_attempt, cJSON_AddArrayToObject(object, "attempts"));
	delivery_list(job->id, add_message, cJSON_AddArrayToObject(object, "messages"));
}

cJSON *job_json(const struct job *job, int details)
{
	cJSON *object = cJSON_CreateObject();

	add_number(object, "id", job->id);
	json_add_text(object, "status", job_status_name(job->status));
	json_add_text(object, "reason", job->reason);
	json_add_text(object, "queue", job->queue);
	json_add_text(object, "type", job->type);
	json_add_text(object, "label", job->label);
	json_add_text(object, "user", job->user);
	cJSON_AddNumberToObject(object, "priority", (double)job->priority);
	add_command(object, job);
	json_add_time(object, "created_at", job->created_at);
	json_add_time(object, "not_before", job->not_before);
	json_add_time(object, "started_at", job->started_at);
	json_add_time(object, "completed_at", job->completed_at);
	json_add_time(object, "acknowledged_at", job->acknowledged_at);
	add_number(object, "attempt", job->attempt);
	if (details)
		add_details(object, job);
	return object;
}
