/* task_json: tasks and their runs as JSON */
#include "show/task_json.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/json.h"
#include "base/str.h"
#include "show/task_text.h"
#include "task/task_next.h"

static void add_number(cJSON *object, const char *name, int64_t n)
{
	cJSON_AddNumberToObject(object, name, (double)n);
}

static void add_duration(cJSON *object, const char *name, int64_t ms)
{
	struct str text = { 0 };

	if (ms >= 0)
		task_text_duration(&text, ms);
	json_add_text(object, name, text.data);
	str_free(&text);
}

static void add_moment(cJSON *object, const char *name, const struct task *task, int64_t ms)
{
	char text[CLOCK_TEXT];

	if (ms >= 0)
		task_next_format(task, ms, text);
	json_add_text(object, name, ms >= 0 ? text : NULL);
}

static void add_minutes(cJSON *object, const char *name, int64_t ms)
{
	cJSON_AddNumberToObject(object, name, (double)ms / CLOCK_MINUTE);
}

static void add_trigger(cJSON *object, const struct task *task)
{
	cJSON *trigger = cJSON_AddObjectToObject(object, "trigger");

	json_add_text(trigger, "type", task_kind_name(task->kind));
	switch (task->kind) {
	case TASK_CRON:
		json_add_text(trigger, "schedule", task->schedule);
		if (*task->zone)
			json_add_text(trigger, "timezone", task->zone);
		break;
	case TASK_EVERY: add_duration(trigger, "every", task->period_ms); break;
	case TASK_IDLE:
		add_minutes(trigger, "idle_minutes", task->period_ms);
		add_minutes(trigger, "cooldown_minutes", task->cooldown_ms);
		break;
	default: add_moment(trigger, "at", task, task->anchor);
	}
}

/* words separated by commas */
static void add_words(cJSON *object, const char *name, const char *words)
{
	cJSON *list = cJSON_AddArrayToObject(object, name);

	while (words && *words) {
		size_t n = strcspn(words, ",");
		char *word = mem_dupn(words, n);

		cJSON_AddItemToArray(list, json_text(word));
		free(word);
		words += n + (words[n] == ',');
	}
}

static void add_text(const char *text, void *list)
{
	cJSON_AddItemToArray(list, json_text(text));
}

static void add_last_run(cJSON *object, const struct task *task)
{
	struct task_run run;
	cJSON *last;

	if (task_run_last(task->id, &run) < 0) {
		cJSON_AddNullToObject(object, "last_run");
		return;
	}
	last = cJSON_AddObjectToObject(object, "last_run");
	add_number(last, "id", run.id);
	json_add_text(last, "status", run.status);
	task_run_free(&run);
}

static void add_details(cJSON *object, const struct task *task)
{
	cJSON *list = cJSON_AddArrayToObject(object, "command");
	const char *end = task->command + task->command_size;

	for (const char *p = task->command; p < end; p += strlen(p) + 1)
		cJSON_AddItemToArray(list, json_text(p));
	json_add_text(object, "directory", task->directory);
	json_add_text(object, "system_prompt", task->system_prompt);
	add_words(object, "tools", task->tools);
	add_words(object, "memory_blocks", task->memory_blocks);
	json_add_text(object, "queue", task->queue);
	add_number(object, "priority", task->priority);
	add_duration(object, "timeout", task->timeout_ms);
	task_targets(task->id, add_text, cJSON_AddArrayToObject(object, "notify"));
	json_add_text(object, "notify_on", task->notify_on);
	add_number(object, "alert_after", task->alert_after);
	json_add_text(object, "missed", task_missed_name(task->missed));
	add_duration(object, "grace", task->grace_ms);
	json_add_text(object, "overlap", task_overlap_name(task->overlap));
	json_add_time(object, "alerted_at", task->alerted_at);
	if (task_user_count(task->id))
		task_users(task->id, add_text, cJSON_AddArrayToObject(object, "user_ids"));
	else
		cJSON_AddNullToObject(object, "user_ids");
}

cJSON *task_json(const struct task *task, int details)
{
	cJSON *object = cJSON_CreateObject();

	add_number(object, "id", task->id);
	json_add_text(object, "name", task->name);
	cJSON_AddBoolToObject(object, "enabled", task->enabled);
	add_trigger(object, task);
	add_number(object, "users", task_user_count(task->id));
	add_number(object, "batch_size", task->batch_size);
	add_number(object, "max_turns", task->max_turns);
	json_add_time(object, "created_at", task->created_at);
	add_moment(object, "next_at", task, task_next_due(task));
	add_last_run(object, task);
	if (details)
		add_details(object, task);
	return object;
}

static void add_user(const struct job *job, void *list)
{
	cJSON *object = cJSON_CreateObject();
	int64_t turns, proposals;

	cJSON_AddItemToArray(list, object);
	json_add_text(object, "user", job->user);
	add_number(object, "job", job->id);
	json_add_text(object, "status", job_status_name(job->status));
	json_add_time(object, "started_at", job->started_at);
	json_add_time(object, "ended_at", job->completed_at);
	if (task_text_agent(job->id, &turns, &proposals)) {
		add_number(object, "turns", turns);
		add_number(object, "proposals", proposals);
	} else {
		cJSON_AddNullToObject(object, "turns");
		cJSON_AddNullToObject(object, "proposals");
	}
	json_add_text(object, "error", job->reason);
}

cJSON *task_json_run(const struct task_run *run, int details)
{
	cJSON *object = cJSON_CreateObject();

	add_number(object, "id", run->id);
	json_add_text(object, "task", run->task);
	json_add_text(object, "trigger", task_kind_name(run->kind));
	json_add_text(object, "status", run->status);
	json_add_time(object, "due_at", run->due_at);
	json_add_time(object, "created_at", run->created_at);
	json_add_time(object, "started_at", run->started_at);
	json_add_time(object, "ended_at", run->ended_at);
	add_number(object, "jobs", run->jobs);
	add_number(object, "done", run->done);
	add_number(object, "failed", run->failed);
	add_number(object, "cancelled", run->cancelled);
	json_add_text(object, "reason", run->reason);
	if (details)
		task_run_jobs(run->id, add_user, cJSON_AddArrayToObject(object, "users"));
	return object;
}
