/*
 * mcp_tasks: jobs as tasks: in 2025-11-25 (specification/2025-11-25/basic/utilities/tasks) and in the
 * extension of 2026-07-28. A task's id is its job's: the client is a program of whoever may see the
 * job, so that it need not be hard to guess; what is not theirs does not exist for them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "access/access.h"
#include "base/json.h"
#include "base/value.h"
#include "mcp/mcp_call.h"
#include "run/wait.h"
#include "store/job.h"
#include "store/job_event.h"
#include "tools/tool_table.h"

#define META "io.modelcontextprotocol/"

enum { POLL = 1000 /* ms */ };

/* ---- a job as a task ---- */

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
	/* in the extension a tool that failed has completed: failed is the protocol */
	return job->status == JOB_DONE || w->request->modern ? "completed" : "failed";
}

static void add_message(cJSON *task, const struct job *job, const struct latest *latest)
{
	const char *text = job_status_name(job->status);

	if (!job_finished(job->status) && latest->at)
		text = latest->text.data;
	else if (job->reason)
		text = job->reason;
	tools_add_clean(task, "statusMessage", text, strlen(text));
}

static cJSON *task_object(const struct mcp_call *w, const struct job *job)
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

/* what the call would have returned if it had waited: as show_background_job shows it */
static cJSON *result_object(struct mcp_call *w, const struct job *job)
{
	cJSON *arguments = cJSON_CreateObject(), *structured, *result;
	struct str text = { 0 };
	int status;

	cJSON_AddNumberToObject(arguments, "job_id", (double)job->id);
	status = tool_call(tool_find("show_background_job"), &w->context, arguments, &text,
		&structured);
	result = mcp_tools_result(w, job->status == JOB_DONE ? status : -1, &text, structured);
	cJSON_Delete(arguments);
	str_free(&text);
	return result;
}

cJSON *mcp_tasks_detailed(struct mcp_call *w, const struct job *job)
{
	cJSON *task = task_object(w, job);

	if (strcmp(status_of(w, job), "completed") == 0)
		cJSON_AddItemToObject(task, "result", result_object(w, job));
	return task;
}

/* ---- whose ---- */

int mcp_tasks_declared(struct mcp_call *w)
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

int mcp_tasks_find(const struct mcp_call *w, const char *id, struct job *job)
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

/* of a request for a task. Returns 0, to be freed with job_free(), or -1: that was answered. */
static int take_job(struct mcp_call *w, struct job *job)
{
	const char *id = mcp_request_text(w->request, "taskId");

	if (mcp_tasks_declared(w) < 0)
		return -1;
	mcp_call_open(w);
	if (mcp_tasks_find(w, id, job) == 0)
		return 0;
	if (id)
		mcp_call_refuse(w, JSONRPC_PARAMS, "no task %.40s", id);
	else
		mcp_call_refuse(w, JSONRPC_PARAMS, "taskId is missing");
	return -1;
}

/* ---- methods ---- */

void mcp_tasks_get(struct mcp_call *w)
{
	struct job job;

	if (take_job(w, &job) < 0)
		return;
	mcp_call_answer(w, w->request->modern ? mcp_tasks_detailed(w, &job) : task_object(w, &job),
		"complete");
	job_free(&job);
}

/* no job asks its client for anything: there is nothing that an answer could be to */
void mcp_tasks_update(struct mcp_call *w)
{
	struct job job;

	if (take_job(w, &job) < 0)
		return;
	mcp_call_answer(w, cJSON_CreateObject(), "complete");
	job_free(&job);
}

static int cancel_task(struct mcp_call *w, const struct job *job, struct str *text)
{
	cJSON *arguments = cJSON_CreateObject(), *structured;
	int status;

	cJSON_AddNumberToObject(arguments, "job_id", (double)job->id);
	status = tool_call(tool_find("cancel_background_job"), &w->context, arguments, text,
		&structured);
	cJSON_Delete(structured);
	cJSON_Delete(arguments);
	return status;
}

/* 2025-11-25 wants the end of it, and one that has ended refused; the extension only a word */
void mcp_tasks_cancel(struct mcp_call *w)
{
	struct str text = { 0 };
	struct job job;
	int status;

	if (take_job(w, &job) < 0)
		return;
	status = cancel_task(w, &job, &text);
	if (w->request->modern) {
		mcp_call_answer(w, cJSON_CreateObject(), "complete");
	} else if (status < 0) {
		mcp_call_refuse(w, JSONRPC_PARAMS, "%s", text.data);
	} else {
		int64_t id = job.id;

		wait_for(&id, 1, 0, -1);
		job_free(&job);
		if (job_get(id, &job) == 0)
			mcp_call_answer(w, task_object(w, &job), "complete");
		else
			mcp_call_refuse(w, JSONRPC_PARAMS, "no task %lld", (long long)id);
	}
	str_free(&text);
	job_free(&job);
}

static void add_related(cJSON *result, const struct job *job)
{
	cJSON *related = cJSON_AddObjectToObject(cJSON_AddObjectToObject(result, "_meta"),
		META "related-task");
	struct str id = { 0 };

	str_addf(&id, "%lld", (long long)job->id);
	cJSON_AddStringToObject(related, "taskId", id.data);
	str_free(&id);
}

void mcp_tasks_result(struct mcp_call *w)
{
	struct job job;
	cJSON *result;
	int64_t id;

	if (take_job(w, &job) < 0)
		return;
	id = job.id;
	job_free(&job);
	mcp_follow_job(w, id);
	if (job_get(id, &job) < 0) {
		mcp_call_refuse(w, JSONRPC_PARAMS, "no task %lld", (long long)id);
		return;
	}
	result = result_object(w, &job);
	add_related(result, &job);
	mcp_call_answer(w, result, "complete");
	job_free(&job);
}

void mcp_tasks_started(struct mcp_call *w, int64_t id)
{
	cJSON *task, *result;
	struct job job;

	if (job_get(id, &job) < 0)
		die_system("job %lld is not there", (long long)id);
	task = task_object(w, &job);
	job_free(&job);
	if (w->request->modern) {
		mcp_call_answer(w, task, "task");
		return;
	}
	result = cJSON_CreateObject();
	cJSON_AddItemToObject(result, "task", task);
	mcp_call_answer(w, result, "complete");
	/* basic/utilities/progress: the token of the call is good until the task has ended */
	if (w->request->token)
		mcp_follow_job(w, id);
}
