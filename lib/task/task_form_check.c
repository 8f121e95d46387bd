/* task_form_check: whether what was said makes a task, and recording it */
#include "task/task_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/value.h"
#include "service/paths.h"
#include "store/environment.h"
#include "store/target.h"
#include "submit/env_capture.h"
#include "submit/job_option.h"
#include "task/trigger.h"
#include "task/zone.h"

#define COOLDOWN CLOCK_HOUR

static int fail_check(struct task_form *f, const char *why)
{
	str_add(&f->why, why);
	return -1;
}

/* the system's zone may change, the task's shall not with it */
static void default_zone(struct task *task)
{
	struct str why = { 0 };
	char name[256];

	zone_system_name(name, sizeof(name));
	task->zone = mem_dup(zone_open(name, &why) ? name : "");
	str_free(&why);
}

static int check_schedule(struct task_form *f)
{
	if (!f->task.zone)
		default_zone(&f->task);
	if (trigger_check(&f->task, &f->why) == 0)
		return 0;
	return task_form_blame(f, f->json ? "trigger.schedule" : "--cron");
}

/* moments without a fraction are easier to read */
static int64_t whole_second(int64_t ms)
{
	return ms - ms % CLOCK_SECOND;
}

static int finish_trigger(struct task_form *f, int64_t now)
{
	struct task *t = &f->task;

	if (!f->has_trigger)
		return fail_check(f, "no trigger given: --cron, --every, --idle or --at");
	if (t->zone && t->kind != TASK_CRON)
		return fail_check(f, "--tz goes with --cron");
	if (t->cooldown_ms >= 0 && t->kind != TASK_IDLE)
		return fail_check(f, "--cooldown goes with --idle");
	switch (t->kind) {
	case TASK_CRON: return check_schedule(f);
	case TASK_EVERY: t->anchor = whole_second(now); break;
	case TASK_IDLE:
		if (t->cooldown_ms < 0)
			t->cooldown_ms = COOLDOWN;
		if (!f->user_count)
			return fail_check(f,
				"an idle trigger needs users: it is they who are silent");
		break;
	default:
		if (t->anchor <= now)
			return fail_check(f,
				f->json ? "trigger.at: has passed" : "--at: has passed");
	}
	return 0;
}

/* ---- users and targets ---- */

static int compare_strings(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

static int check_users(struct task_form *f)
{
	char **sorted = mem_alloc((f->user_count + 1) * sizeof(*sorted));
	int status = 0;

	if (f->user_count) {
		memcpy(sorted, f->users, f->user_count * sizeof(*sorted));
		qsort(sorted, f->user_count, sizeof(*sorted), compare_strings);
	}
	for (size_t i = 1; i < f->user_count && status == 0; i++)
		if (strcmp(sorted[i - 1], sorted[i]) == 0)
			status = value_bad(&f->why, "a user given twice", sorted[i]);
	free(sorted);
	return status;
}

/* nothing in it may lead a URL or an address elsewhere */
static int is_plain(const char *user)
{
	return user[strspn(user, ".")] &&
		user[strspn(user,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			"0123456789._+-")] == '\0';
}

static int check_expanded(struct task_form *f, const char *target, const char *user)
{
	struct str text = { 0 };
	const char *mark;
	int status;

	if (!is_plain(user))
		return value_bad(&f->why, "%u takes users of A-Z a-z 0-9 . _ + - only", user);

	for (; (mark = strstr(target, "%u")) != NULL; target = mark + 2) {
		str_addn(&text, target, (size_t)(mark - target));
		str_add(&text, user);
	}
	str_add(&text, target);
	status = target_check(text.data, &f->why) < 0 ? -1 : 0;
	str_free(&text);
	return status;
}

static int check_target(struct task_form *f, const char *target)
{
	if (!strstr(target, "%u"))
		return 0;
	if (strncmp(target, "exec:", 5) == 0 || strncmp(target, "tty", 3) == 0)
		return value_bad(&f->why, "%u is for telegram, https and mailto targets", target);
	if (!f->user_count)
		return value_bad(&f->why, "%u needs users", target);
	for (size_t i = 0; i < f->user_count; i++)
		if (check_expanded(f, target, f->users[i]) < 0)
			return -1;
	return 0;
}

static int check_targets(struct task_form *f)
{
	for (size_t i = 0; i < f->target_count; i++)
		if (check_target(f, f->targets[i]) < 0)
			return task_form_blame(f, f->json ? "notify" : "--notify");
	return 0;
}

/* ---- what its jobs get ---- */

static int finish_command(struct task_form *f)
{
	const char *agent = paths_program("bgjob-agent");

	if (!f->shell && !f->command.len) {
		if (access(agent, X_OK) < 0)
			return fail_check(f, "no command given, and there is no bgjob-agent");
		job_option_argument(&f->command, agent);
	}
	if (job_option_command(&f->why, f->shell, &f->command) < 0)
		return -1;
	f->task.command = mem_dupn(f->command.data, f->command.len);
	f->task.command_size = f->command.len;
	return 0;
}

static char *variable(const char *name, const char *value)
{
	struct str text = { 0 };

	str_addf(&text, "%s=%s", name, value);
	return str_take(&text);
}

static int finish_environment(struct task_form *f)
{
	const struct task *t = &f->task;
	char turns[32], *added[6] = { 0 };
	int count = 0, status;

	snprintf(turns, sizeof(turns), "%lld", (long long)t->max_turns);
	added[count++] = variable("BGJOB_TASK", t->name);
	added[count++] = variable("BGJOB_MAX_TURNS", turns);
	if (t->system_prompt)
		added[count++] = variable("BGJOB_PROMPT", t->system_prompt);
	if (t->tools)
		added[count++] = variable("BGJOB_TOOLS", t->tools);
	if (t->memory_blocks)
		added[count++] = variable("BGJOB_MEMORY", t->memory_blocks);
	status = env_capture(f->variables, added, &f->environment, &f->why);
	while (count)
		free(added[--count]);
	if (status < 0)
		return -1;
	return job_option_fits(&f->why, &f->command, job_option_room(&f->environment), NULL);
}

int task_form_finish(struct task_form *f, int64_t now)
{
	struct task *t = &f->task;

	str_clear(&f->why);
	if (!t->name)
		return fail_check(f, f->json ? "name: missing" : "no name given");
	/* the first of them would have all others skipped */
	if (t->missed == TASK_ALL && !f->has_overlap)
		t->overlap = TASK_QUEUE;
	if (finish_trigger(f, now) < 0 || check_users(f) < 0 || check_targets(f) < 0 ||
		finish_command(f) < 0)
		return -1;
	if (!t->queue)
		t->queue = mem_dup("tasks");
	t->umask = job_option_umask();
	t->directory = job_option_directory(&f->why, f->directory);
	return t->directory ? finish_environment(f) : -1;
}

int64_t task_form_record(struct task_form *f, int64_t now)
{
	struct task *t = &f->task, old;
	int64_t id = 0;

	if (task_find(t->name, &old) == 0) {
		id = old.id;
		/* its moments are those that they were */
		if (t->kind == TASK_EVERY)
			t->anchor = whole_second(old.created_at);
		task_free(&old);
	}
	if (id && !f->replace) {
		str_addf(&f->why, "there is a task '%s' already (--replace defines it anew)",
			t->name);
		return -1;
	}
	t->environment = environment_save(f->environment.data, f->environment.len);
	t->looked_at = now;
	t->due_at = trigger_next(t, now);
	/* as one in a gap of the zone's clocks, each year anew */
	if (t->due_at < 0 && t->kind != TASK_IDLE) {
		str_addf(&f->why, "it would never be due");
		return -1;
	}
	if (!id)
		return task_add(t, f->users, f->targets, now);
	task_replace(id, t, f->users, f->targets, now);
	return id;
}
