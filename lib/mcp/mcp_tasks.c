/* mcp_tasks: the methods for tasks */
#include "mcp/mcp_tasks.h"

#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "base/die.h"
#include "mcp/mcp_task.h"
#include "run/wait.h"
#include "store/job_event.h"
#include "tools/tool_text.h"

#define META "io.modelcontextprotocol/"
#define SUBSCRIPTION META "subscriptionId"

enum { TASKS = 64 /* of one subscription */ };

/* ---- milestones as progress ---- */

struct progress {
	struct mcp_call *work;
	int64_t job, seen;
	int64_t told; /* how many; basic/patterns/progress: the value must increase, the total is unknown */
};

static void tell_milestone(const struct job_event *event, void *arg)
{
	struct progress *p = arg;
	const char *text = event->detail ? event->detail : "";
	cJSON *params = cJSON_CreateObject();

	p->seen = event->id;
	cJSON_AddItemToObject(params, "progressToken", cJSON_Duplicate(p->work->request->token, 1));
	cJSON_AddNumberToObject(params, "progress", (double)++p->told);
	tool_text_member(params, "message", text, strlen(text));
	mcp_call_notify(p->work, "notifications/progress", params);
}

static void tell_milestones(void *arg)
{
	struct progress *p = arg;

	if (p->work->request->token)
		job_event_milestones(p->job, p->seen, tell_milestone, p);
}

static void follow_job(struct mcp_call *w, int64_t job)
{
	struct progress p = { .work = w, .job = job };

	wait_told(&job, 1, tell_milestones, &p);
}

/* ---- methods ---- */

/*
 * find the job of a request for a task. Returns 0, to be freed with job_free(); or -1 if an error
 * was sent
 */
static int take_job(struct mcp_call *w, struct job *job)
{
	const char *id = mcp_request_text(w->request, "taskId");

	if (mcp_task_declared(w) < 0)
		return -1;
	mcp_call_open(w);
	if (mcp_task_find(w, id, job) == 0)
		return 0;
	if (id)
		mcp_call_refuse(w, JSONRPC_PARAMS, "no task %.40s", id);
	else
		mcp_call_refuse(w, JSONRPC_PARAMS, "taskId is missing");
	return -1;
}

void mcp_tasks_get(struct mcp_call *w)
{
	struct job job;

	if (take_job(w, &job) < 0)
		return;
	mcp_call_answer(w,
		w->request->modern ? mcp_task_detailed(w, &job) : mcp_task_object(w, &job),
		"complete");
	job_free(&job);
}

/* jobs never ask their client for input, so there is nothing to update */
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

/*
 * 2025-11-25 waits for the end and refuses a task that has ended; the extension only acknowledges
 */
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
			mcp_call_answer(w, mcp_task_object(w, &job), "complete");
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
	follow_job(w, id);
	if (job_get(id, &job) < 0) {
		mcp_call_refuse(w, JSONRPC_PARAMS, "no task %lld", (long long)id);
		return;
	}
	result = mcp_task_result(w, &job);
	add_related(result, &job);
	mcp_call_answer(w, result, "complete");
	job_free(&job);
}

void mcp_tasks_started(struct mcp_call *w, int64_t id)
{
	cJSON *task, *result;
	struct job job;

	if (job_get(id, &job) < 0)
		die_system("job %lld does not exist", (long long)id);
	task = mcp_task_object(w, &job);
	job_free(&job);
	if (w->request->modern) {
		mcp_call_answer(w, task, "task");
		return;
	}
	result = cJSON_CreateObject();
	cJSON_AddItemToObject(result, "task", task);
	mcp_call_answer(w, result, "complete");
	/* basic/utilities/progress: the token of the call stays valid until the task has ended */
	if (w->request->token)
		follow_job(w, id);
}

/* ---- subscriptions ---- */

struct subscription {
	struct mcp_call *work;
	int64_t ids[TASKS];
	int told[TASKS];     /* the last status sent, -1: none */
	int64_t seen[TASKS]; /* the last milestone sent */
	size_t count;
};

/* specification/2026-07-28/basic/patterns/subscriptions: everything sent for one carries its id */
static void add_id(const struct mcp_call *w, cJSON *object)
{
	cJSON *meta = cJSON_AddObjectToObject(object, "_meta");

	cJSON_AddRawToObject(meta, SUBSCRIPTION, w->request->message.id);
}

static void note_milestone(const struct job_event *event, void *arg)
{
	int64_t *seen = arg;

	*seen = event->id;
}

static void tell_task(struct subscription *s, size_t i)
{
	int64_t seen = s->seen[i];
	cJSON *params;
	struct job job;

	if (s->told[i] >= 0 && job_finished(s->told[i]))
		return;
	job_event_milestones(s->ids[i], seen, note_milestone, &seen);
	if (job_get(s->ids[i], &job) < 0)
		return;
	if ((int)job.status != s->told[i] || seen != s->seen[i]) {
		params = mcp_task_detailed(s->work, &job);
		add_id(s->work, params);
		mcp_call_notify(s->work, "notifications/tasks", params);
	}
	s->told[i] = (int)job.status;
	s->seen[i] = seen;
	job_free(&job);
}

static void tell_tasks(void *arg)
{
	struct subscription *s = arg;

	for (size_t i = 0; i < s->count; i++)
		tell_task(s, i);
}

/* keep the tasks that the user may see, and send their ids */
static void take_tasks(struct subscription *s, const cJSON *wanted)
{
	cJSON *params = cJSON_CreateObject(), *filter, *agreed;
	const cJSON *item;
	struct job job;

	add_id(s->work, params);
	filter = cJSON_AddObjectToObject(params, "notifications");
	agreed = cJSON_CreateArray();
	cJSON_ArrayForEach(item, wanted)
	{
		if (s->count == TASKS ||
			mcp_task_find(s->work, cJSON_GetStringValue(item), &job) < 0)
			continue;
		s->told[s->count] = -1;
		s->ids[s->count++] = job.id;
		cJSON_AddItemToArray(agreed, cJSON_Duplicate(item, 1));
		job_free(&job);
	}
	if (s->count > 0)
		cJSON_AddItemToObject(filter, "taskIds", agreed);
	else
		cJSON_Delete(agreed);
	mcp_call_notify(s->work, "notifications/subscriptions/acknowledged", params);
}

/* Only tasks send notifications: the list of tools never changes. */
void mcp_tasks_listen(struct mcp_call *w)
{
	const cJSON *filter =
		cJSON_GetObjectItemCaseSensitive(w->request->message.params, "notifications");
	const cJSON *wanted = cJSON_GetObjectItemCaseSensitive(filter, "taskIds");
	struct subscription s = { .work = w };
	cJSON *result;

	if (!cJSON_IsObject(filter)) {
		mcp_call_refuse(w, JSONRPC_PARAMS, "notifications is missing");
		return;
	}
	if (wanted && mcp_task_declared(w) < 0)
		return;
	if (wanted)
		mcp_call_open(w);
	take_tasks(&s, wanted);
	while (s.count == 0)
		pause();
	wait_told(s.ids, s.count, tell_tasks, &s);
	result = cJSON_CreateObject();
	add_id(w, result);
	mcp_call_answer(w, result, "complete");
}
