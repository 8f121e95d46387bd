/* mcp_task: a job as an MCP task */
#include "mcp/mcp_task.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "access/access.h"
#include "base/json.h"
#include "base/value.h"
#include "store/job_event.h"
#include "tools/tool_text.h"

enum { POLL = 1000 /* ms */ };

struct latest {
	struct str text;
	int64_t at;
};

static void keep_latest(const struct job_event *event, void *arg)
{
	struct latest *l = arg;

	str_clear(&l->text);
	str_add(&l->text, event->detail ? event->detail : "");
	l->at = event->at;
}

static const char *status_of(const struct mcp_call *w, const struct job *job)
{
	if (!job_finished(job->status))
		return "working";
	if (job->status == JOB_CANCELLED)
		return "cancelled";
	/* in the extension "failed" is for protocol errors: a task whose tool failed has completed */
	return job->status == JOB_DONE || w->request->modern ? "completed" : "failed";
}

static void add_message(cJSON *task, const struct job *job, const struct latest *latest)
{
	const char *text = job_status_name(job->status);

	if (!job_finished(job->status) && latest->at)
		text = latest->text.data;
	else if (job->reason)
		text = job->reason;
	tool_text_member(task, "statusMessage", text, strlen(text));
}

cJSON *mcp_task_object(const struct mcp_call *w, const struct job *job)
{
	struct latest latest = { 0 };
	cJSON *task = cJSON_CreateObject();
	struct str id = { 0 };
	int64_t updated = job->started_at > job->created_at ? job->started_at : job->created_at;

	str_addf(&id, "%lld", (long long)job->id);
	job_event_milestones(job->id, 0, keep_latest, &latest);
	if (latest.at > updated)
		updated = latest.at;
	if (job->completed_at > updated)
		updated = job->completed_at;
	cJSON_AddStringToObject(task, "taskId", id.data);
	cJSON_AddStringToObject(task, "status", status_of(w, job));
	add_message(task, job, &latest);
	json_add_time(task, "createdAt", job->created_at);
	json_add_time(task, "lastUpdatedAt", updated);
	cJSON_AddNullToObject(task, w->request->modern ? "ttlMs" : "ttl");
	cJSON_AddNumberToObject(task, w->request->modern ? "pollIntervalMs" : "pollInterval", POLL);
	str_free(&latest.text);
	str_free(&id);
	return task;
}

cJSON *mcp_task_result(struct mcp_call *w, const struct job *job)
{
	cJSON *arguments = cJSON_CreateObject(), *structured, *result;
	struct str text = { 0 };
	int status;

	cJSON_AddNumberToObject(arguments, "job_id", (double)job->id);
	status = tool_call(tool_find("show_background_job"), &w->context, arguments, &text,
		&structured);
	result = mcp_call_result(w, job->status == JOB_DONE ? status : -1, &text, structured);
	cJSON_Delete(arguments);
	str_free(&text);
	return result;
}

cJSON *mcp_task_detailed(struct mcp_call *w, const struct job *job)
{
	cJSON *task = mcp_task_object(w, job);

	if (strcmp(status_of(w, job), "completed") == 0)
		cJSON_AddItemToObject(task, "result", mcp_task_result(w, job));
	return task;
}

/* ---- who may see it ---- */

int mcp_task_declared(struct mcp_call *w)
{
	cJSON *data;

	if (!w->request->modern || w->request->tasks)
		return 0;
	data = cJSON_CreateObject();
	cJSON_AddObjectToObject(
		cJSON_AddObjectToObject(cJSON_AddObjectToObject(data, "requiredCapabilities"),
			"extensions"),
		MCP_TASKS);
	mcp_call_refuse_with(w, MCP_NO_CAPABILITY, "Missing required client capability", data);
	return -1;
}

int mcp_task_find(const struct mcp_call *w, const char *id, struct job *job)
{
	const struct viewer viewer = tool_context_viewer(&w->context);
	int64_t number;

	if (!id || value_id(id, strlen(id), &number) < 0 || job_get(number, job) < 0)
		return -1;
	if (access_may_see(&viewer, job))
		return 0;
	job_free(job);
	return -1;
}
