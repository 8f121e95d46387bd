/* task_details: everything about one task, a line each */
#include "show/task_text.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/details.h"
#include "show/job_text.h"
#include "store/task_pause.h"
#include "task/task_next.h"

static void duration(const char *name, int64_t ms)
{
	struct str text = { 0 };

	if (ms < 0)
		return;
	task_text_duration(&text, ms);
	details_text(name, text.data);
	str_free(&text);
}

static void print_task_target(const char *text, void *unused)
{
	(void)unused;
	details_text("Notify:", text);
}

static void user(const char *text, void *unused)
{
	(void)unused;
	details_text("User:", text);
}

static void last_run(const struct task *task)
{
	struct str text = { 0 };
	struct task_run run;

	if (task_run_last(task->id, &run) < 0)
		return;
	str_addf(&text, "%lld, %s", (long long)run.id, run.status);
	details_text("Last run:", text.data);
	task_run_free(&run);
	str_free(&text);
}

static void state(const struct task *task)
{
	char next[CLOCK_TEXT];
	int64_t due = task_next_due(task);

	if (!task->enabled)
		details_text("State:", "disabled");
	else
		details_text("State:", task_paused() ? "enabled, but all are paused" : "enabled");
	if (due >= 0) {
		task_next_format(task, due, next);
		details_text("Next:", next);
	}
	last_run(task);
	details_time("Alerted:", task->alerted_at);
}

void task_text_details(const struct task *task)
{
	struct str trigger = { 0 }, command = { 0 };

	task_text_trigger(&trigger, task);
	job_text_command(&command, task->command, task->command_size);
	details_text("Task:", task->name);
	state(task);
	details_text("Trigger:", trigger.data);
	details_text("Missed:", task_missed_name(task->missed));
	duration("Grace:", task->grace_ms);
	details_text("Overlap:", task_overlap_name(task->overlap));
	details_text("Command:", command.data);
	details_text("Directory:", task->directory);
	details_text("Queue:", task->queue);
	if (task->priority)
		details_number("Priority:", task->priority);
	duration("Timeout:", task->timeout_ms);
	details_number("Batch:", task->batch_size);
	details_number("Max turns:", task->max_turns);
	details_text("Tools:", task->tools);
	details_text("Memory:", task->memory_blocks);
	details_text("Prompt:", task->system_prompt);
	task_targets(task->id, print_task_target, NULL);
	details_text("Notify on:", task->notify_on);
	details_number("Alert after:", task->alert_after);
	details_time("Created:", task->created_at);
	task_users(task->id, user, NULL);
	str_free(&trigger);
	str_free(&command);
}
