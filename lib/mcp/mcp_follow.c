/* mcp_follow: what a client that waits for jobs is told meanwhile */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "mcp/mcp_call.h"
#include "run/wait.h"
#include "store/job.h"
#include "store/job_event.h"
#include "tools/tool_table.h"

#define SUBSCRIPTION "io.modelcontextprotocol/subscriptionId"

enum { TASKS = 64 /* of one subscription */ };

/* ---- milestones as progress ---- */

struct progress {
	struct mcp_call *work;
	int64_t job, seen;
	int64_t told; /* basic/patterns/progress: the value must increase, the total is unknown */
};

static void tell_milestone(const struct job_event *event, void *arg)
{
	struct progress *p = arg;
	const char *text = event->detail ? event->detail : "";
	cJSON *params = cJSON_CreateObject();

	p->seen = event->id;
	cJSON_AddItemToObject(params, "progressToken", cJSON_Duplicate(p->work->request->token, 1));
	cJSON_AddNumberToObject(params, "progress", (double)++p->told);
	tools_add_clean(params, "message", text, strlen(text));
	mcp_call_notify(p->work, "notifications/progress", params);
}

static void tell_milestones(void *arg)
{
	struct progress *p = arg;

	if (p->work->request->token)
		job_event_milestones(p->job, p->seen, tell_milestone, p);
}

void mcp_follow_job(struct mcp_call *w, int64_t job)
{
	struct progress p = { .work = w, .job = job };

	wait_told(&job, 1, tell_milestones, &p);
}

/* ---- tasks that are subscribed to ---- */

struct subscription {
	struct mcp_call *work;
	int64_t ids[TASKS];
	int told[TASKS];     /* the status they were last told, -1: none */
	int64_t seen[TASKS]; /* and the milestone */
	size_t count;
};

/* specification/2026-07-28/basic/patterns/subscriptions: in all that is sent for one */
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
		params = mcp_tasks_detailed(s->work, &job);
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

/* says which ones it will be: those that are theirs, no others */
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
			mcp_tasks_find(s->work, cJSON_GetStringValue(item), &job) < 0)
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

/* The list of tools never changes, and there is nothing else: what is not about tasks stays silent. */
void mcp_follow_tasks(struct mcp_call *w)
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
	if (wanted && mcp_tasks_declared(w) < 0)
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
