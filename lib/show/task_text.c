/* task_text: tasks and their runs in words: list rows */
#include "show/task_text.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/details.h"
#include "base/out.h"
#include "show/job_text.h"
#include "store/memory.h"
#include "store/session.h"
#include "store/task_pause.h"
#include "task/task_next.h"

void task_text_duration(struct str *text, int64_t ms)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = { { CLOCK_DAY, "d" }, { CLOCK_HOUR, "h" }, { CLOCK_MINUTE, "m" },
		{ CLOCK_SECOND, "s" }, { 1, "ms" } };

	if (ms == 0)
		str_add(text, "0s");
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (ms >= units[i].ms)
			str_addf(text, "%lld%s", (long long)(ms / units[i].ms), units[i].name);
		ms %= units[i].ms;
	}
}

/* "cron 0 3 * * * Europe/Berlin", "every 15m", "idle 30m cooldown 1h", "at TIME" */
static void add_trigger(struct str *text, const struct task *task)
{
	char time[CLOCK_TEXT];

	str_addf(text, "%s ", task_kind_name(task->kind));
	switch (task->kind) {
	case TASK_CRON:
		str_addf(text, "%s%s%s", task->schedule, task->zone && *task->zone ? " " : "",
			task->zone ? task->zone : "");
		break;
	case TASK_IDLE:
		task_text_duration(text, task->period_ms);
		str_add(text, " cooldown ");
		task_text_duration(text, task->cooldown_ms);
		break;
	case TASK_EVERY: task_text_duration(text, task->period_ms); break;
	default: task_next_format(task, task->anchor, time); str_add(text, time);
	}
}

/* ---- tasks ---- */

struct table *task_text_list(void)
{
	static const struct table_column columns[] = {
		{ "TASK", TABLE_LEFT },
		{ "STATE", TABLE_LEFT },
		{ "TRIGGER", TABLE_CUT },
		{ "USERS", TABLE_RIGHT },
		{ "NEXT", TABLE_LEFT },
		{ "RUN", TABLE_RIGHT },
		{ "STATUS", TABLE_LEFT },
	};

	return table_new(columns, 7);
}

/* of a run, or a job */
static const char *colour_of(const char *status)
{
	static const char *const colours[][2] = {
		{ "success", "green" },
		{ "done", "green" },
		{ "failed", "red" },
		{ "partial", "red" },
		{ "running", "cyan" },
		{ "cancelled", "gray" },
	};

	for (size_t i = 0; i < sizeof(colours) / sizeof(*colours); i++)
		if (strcmp(status, colours[i][0]) == 0)
			return colours[i][1];
	return "yellow";
}

void task_text_row(struct table *table, const struct task *task)
{
	char users[32], next[CLOCK_TEXT] = "", last[32] = "";
	struct task_run run = { 0 };
	struct str trigger = { 0 };
	int64_t due = task_next_due(task);

	snprintf(users, sizeof(users), "%lld", (long long)task_user_count(task->id));
	add_trigger(&trigger, task);
	if (due >= 0)
		task_next_format(task, due, next);
	if (task_run_last(task->id, &run) == 0)
		snprintf(last, sizeof(last), "%lld", (long long)run.id);
	const char *fields[] = { task->name, task->enabled ? "enabled" : "disabled", trigger.data,
		users, next, last, run.status };
	table_row(table, fields, task->enabled ? NULL : "gray");
	task_run_free(&run);
	str_free(&trigger);
}

/* ---- runs ---- */

struct table *task_text_runs(void)
{
	static const struct table_column for_people[] = {
		{ "RUN", TABLE_RIGHT },
		{ "TASK", TABLE_LEFT },
		{ "TRIGGER", TABLE_LEFT },
		{ "STATUS", TABLE_LEFT },
		{ "CREATED", TABLE_LEFT },
		{ "TIME", TABLE_RIGHT },
		{ "JOBS", TABLE_RIGHT },
		{ "DONE", TABLE_RIGHT },
		{ "FAILED", TABLE_RIGHT },
		{ "REASON", TABLE_CUT },
	};
	static const struct table_column for_programs[] = {
		{ "run", TABLE_RIGHT },
		{ "task", TABLE_LEFT },
		{ "trigger", TABLE_LEFT },
		{ "status", TABLE_LEFT },
		{ "due", TABLE_LEFT },
		{ "created", TABLE_LEFT },
		{ "started", TABLE_LEFT },
		{ "ended", TABLE_LEFT },
		{ "jobs", TABLE_RIGHT },
		{ "done", TABLE_RIGHT },
		{ "failed", TABLE_RIGHT },
		{ "reason", TABLE_LEFT },
	};

	return out_tty() ? table_new(for_people, 10) : table_new(for_programs, 12);
}

static void format(int64_t ms, char text[CLOCK_TEXT])
{
	text[0] = '\0';
	if (ms >= 0)
		clock_format_time(ms, text);
}

static void format_short(int64_t ms, char text[CLOCK_TEXT])
{
	text[0] = '\0';
	if (ms >= 0)
		clock_format_short(ms, clock_now(), text);
}

static void format_took(int64_t from, int64_t until, char text[CLOCK_TEXT])
{
	text[0] = '\0';
	if (from >= 0)
		clock_format_duration((until < 0 ? clock_now() : until) - from, text);
}

void task_text_run(struct table *table, const struct task_run *run)
{
	char id[32], jobs[32], done[32], failed[32];
	char due[CLOCK_TEXT], created[CLOCK_TEXT], started[CLOCK_TEXT], ended[CLOCK_TEXT];
	const char *kind = task_kind_name(run->kind);

	snprintf(id, sizeof(id), "%lld", (long long)run->id);
	snprintf(jobs, sizeof(jobs), "%lld", (long long)run->jobs);
	snprintf(done, sizeof(done), "%lld", (long long)run->done);
	snprintf(failed, sizeof(failed), "%lld", (long long)run->failed);
	if (out_tty()) {
		format_short(run->created_at, created);
		format_took(run->started_at, run->ended_at, ended);
		const char *fields[] = { id, run->task, kind, run->status, created, ended, jobs,
			done, failed, run->reason };
		table_row(table, fields, colour_of(run->status));
	} else {
		format(run->due_at, due);
		format(run->created_at, created);
		format(run->started_at, started);
		format(run->ended_at, ended);
		const char *fields[] = { id, run->task, kind, run->status, due, created, started,
			ended, jobs, done, failed, run->reason };
		table_row(table, fields, NULL);
	}
}

/* ---- users of a run ---- */

struct table *task_text_users(void)
{
	static const struct table_column for_people[] = {
		{ "USER", TABLE_LEFT },
		{ "JOB", TABLE_RIGHT },
		{ "STATUS", TABLE_LEFT },
		{ "STARTED", TABLE_LEFT },
		{ "TIME", TABLE_RIGHT },
		{ "TURNS", TABLE_RIGHT },
		{ "PROPOSALS", TABLE_RIGHT },
		{ "ERROR", TABLE_CUT },
	};

	return table_new(for_people, 8);
}

int task_text_agent(int64_t job, int64_t *turns, int64_t *proposals)
{
	struct session session;
	int64_t id = session_of_job(job);

	if (!id || session_get(id, &session) < 0)
		return 0;
	*turns = session.turns;
	*proposals = memory_proposals_of_job(job);
	session_free(&session);
	return 1;
}

void task_text_user(struct table *table, const struct job *job)
{
	char id[32], turns[32] = "", proposals[32] = "", started[CLOCK_TEXT], ended[CLOCK_TEXT];
	int64_t turn_count, proposal_count;

	snprintf(id, sizeof(id), "%lld", (long long)job->id);
	if (task_text_agent(job->id, &turn_count, &proposal_count)) {
		snprintf(turns, sizeof(turns), "%lld", (long long)turn_count);
		snprintf(proposals, sizeof(proposals), "%lld", (long long)proposal_count);
	}
	if (out_tty()) {
		format_short(job->started_at, started);
		format_took(job->started_at, job->completed_at, ended);
	} else {
		format(job->started_at, started);
		format(job->completed_at, ended);
	}
	const char *fields[] = { job->user, id, job_status_name(job->status), started, ended, turns,
		proposals, job->reason };
	table_row(table, fields, colour_of(job_status_name(job->status)));
}

/* ---- everything about one task ---- */

static void add_duration(struct str *out, const char *name, int64_t ms)
{
	struct str text = { 0 };

	if (ms < 0)
		return;
	task_text_duration(&text, ms);
	details_add_text(out, name, text.data);
	str_free(&text);
}

static void add_target(const char *text, void *out)
{
	details_add_text(out, "Notify:", text);
}

static void add_user(const char *text, void *out)
{
	details_add_text(out, "User:", text);
}

static void add_last_run(struct str *out, const struct task *task)
{
	struct str text = { 0 };
	struct task_run run;

	if (task_run_last(task->id, &run) < 0)
		return;
	str_addf(&text, "%lld, %s", (long long)run.id, run.status);
	details_add_text(out, "Last run:", text.data);
	task_run_free(&run);
	str_free(&text);
}

static void add_state(struct str *out, const struct task *task)
{
	char next[CLOCK_TEXT];
	int64_t due = task_next_due(task);

	if (!task->enabled)
		details_add_text(out, "State:", "disabled");
	else
		details_add_text(out,
			"State:", task_paused() ? "enabled, but all are paused" : "enabled");
	if (due >= 0) {
		task_next_format(task, due, next);
		details_add_text(out, "Next:", next);
	}
	add_last_run(out, task);
	details_add_time(out, "Alerted:", task->alerted_at);
}

void task_text_details(struct str *out, const struct task *task)
{
	struct str trigger = { 0 }, command = { 0 };

	add_trigger(&trigger, task);
	job_text_command(&command, task->command, task->command_size);
	details_add_text(out, "Task:", task->name);
	add_state(out, task);
	details_add_text(out, "Trigger:", trigger.data);
	details_add_text(out, "Missed:", task_missed_name(task->missed));
	add_duration(out, "Grace:", task->grace_ms);
	details_add_text(out, "Overlap:", task_overlap_name(task->overlap));
	details_add_text(out, "Command:", command.data);
	details_add_text(out, "Directory:", task->directory);
	details_add_text(out, "Queue:", task->queue);
	if (task->priority)
		details_add_number(out, "Priority:", task->priority);
	add_duration(out, "Timeout:", task->timeout_ms);
	details_add_number(out, "Batch:", task->batch_size);
	details_add_number(out, "Max turns:", task->max_turns);
	details_add_text(out, "Tools:", task->tools);
	details_add_text(out, "Memory:", task->memory_blocks);
	details_add_text(out, "Prompt:", task->system_prompt);
	task_targets(task->id, add_target, out);
	details_add_text(out, "Notify on:", task->notify_on);
	details_add_number(out, "Alert after:", task->alert_after);
	details_add_time(out, "Created:", task->created_at);
	task_users(task->id, add_user, out);
	str_free(&trigger);
	str_free(&command);
}
