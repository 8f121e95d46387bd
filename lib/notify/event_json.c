/* event_json: what a webhook gets */
#include "notify/event_json.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/die.h"
#include "base/json.h"
#include "notify/message.h"
#include "store/job.h"

enum { MOST_RESULT = 1 << 20 };

static void add_job(cJSON *object, const struct job *job)
{
	cJSON *times;

	cJSON_AddNumberToObject(object, "id", (double)job->id);
	json_add_text(object, "type", job->type);
	json_add_text(object, "label", job->label);
	json_add_text(object, "user", job->user);
	json_add_text(object, "status", job_status_name(job->status));
	json_add_text(object, "reason", job->reason);
	times = cJSON_AddObjectToObject(object, "times");
	json_add_time(times, "created_at", job->created_at);
	json_add_time(times, "started_at", job->started_at);
	json_add_time(times, "completed_at", job->completed_at);
}

/* of a large result only the beginning, and how much is missing */
static void add_result(cJSON *object, const struct outbox_row *row)
{
	int64_t whole;
	char *result = message_result(row->job, MOST_RESULT, &whole);

	json_add_text(object, "result", result);
	cJSON_AddNumberToObject(object, "result_bytes", (double)whole);
	free(result);
}

const char *event_json_name(const struct outbox_row *row)
{
	int status = row->job ? job_status(row->job) : -1;

	if (row->kind == DELIVERY_FINAL && status >= 0)
		return job_status_name((enum job_status)status);
	if (row->kind == DELIVERY_MILESTONE)
		return "milestone";
	return row->kind == DELIVERY_ACK ? "accepted" : "message";
}

char *event_json(const struct outbox_row *row)
{
	cJSON *object = cJSON_CreateObject();
	struct job job;
	char *text;

	json_add_text(object, "event", event_json_name(row));
	cJSON_AddNumberToObject(object, "delivery", (double)row->id);
	if (row->job && job_get(row->job, &job) == 0) {
		add_job(object, &job);
		job_free(&job);
	}
	if (row->title)
		json_add_text(object, "title", row->title);
	if (row->text)
		json_add_text(object, "text", row->text);
	else
		add_result(object, row);
	text = cJSON_PrintUnformatted(object);
	cJSON_Delete(object);
	if (!text)
		die_system("out of memory");
	return text;
}
