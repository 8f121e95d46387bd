/* task_form: from the words of options to a recorded task */
#include "task/task_form.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "base/clock.h"
#include "base/input.h"
#include "base/value.h"
#include "service/paths.h"
#include "store/environment.h"
#include "store/target.h"
#include "submit/env_capture.h"
#include "submit/job_option.h"
#include "task/trigger.h"
#include "task/zone.h"

#define COOLDOWN CLOCK_HOUR

enum {
	MOST_BATCH = 100000,
	MOST_TURNS = 1000,
	MOST_ALERT = 1000000,
	MOST_TEXT = 100
		<< 10, /* prompt, tools, labels: each becomes a variable, which the kernel limits to 128 KiB */
	MOST_USERS = 64 << 20, /* bytes of a file */
};

void task_form_init(struct task_form *f)
{
	*f = (struct task_form){ .variables = "ALL" };
	task_init(&f->task);
	str_add(&f->why, "");
}

static void free_list(char **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

void task_form_free(struct task_form *f)
{
	task_free(&f->task);
	str_free(&f->why);
	str_free(&f->command);
	str_free(&f->environment);
	free_list(f->users, f->user_count);
	free_list(f->targets, f->target_count);
	cJSON_Delete(f->json);
}

int task_form_blame(struct task_form *f, const char *name)
{
	char *why = str_take(&f->why);

	str_addf(&f->why, "%s: %s", name, why);
	free(why);
	return -1;
}

/* ---- files ---- */

int task_form_load(struct task_form *f, const char *path, size_t most, struct str *content)
{
	const char *name = path;

	if (strcmp(path, "-") == 0) {
		name = "the standard input";
		if (f->used_stdin++) {
			str_add(content, "");
			str_add(&f->why, "cannot be read twice");
			return task_form_blame(f, name);
		}
	}
	if (input_file(AT_FDCWD, path, most, INPUT_STDIN | INPUT_NUL_REFUSED, content, &f->why) < 0)
		return task_form_blame(f, name);
	return 0;
}

/* ---- users ---- */

static int add_user(struct task_form *f, const char *user)
{
	if (!task_user_valid(user))
		return value_bad(&f->why, "not a user id (1 to 128 bytes without blanks)", user);
	f->users = mem_grow(f->users, f->user_count + 1, &f->user_room, sizeof(*f->users));
	f->users[f->user_count++] = mem_dup(user);
	f->users[f->user_count] = NULL;
	return 0;
}

static int add_lines(struct task_form *f, char *text)
{
	size_t number = 0, before = f->user_count;
	char name[32];

	for (char *line = text; line && *line;) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		number++;
		snprintf(name, sizeof(name), "line %zu", number);
		if (line[strspn(line, " \t\r")] && *line != '#' && add_user(f, line) < 0)
			return task_form_blame(f, name);
		line = end ? end + 1 : NULL;
	}
	if (f->user_count > before)
		return 0;
	str_add(&f->why, "contains no user");
	return -1;
}

static int add_users(struct task_form *f, const char *path)
{
	struct str content = { 0 };
	int status = task_form_load(f, path, MOST_USERS, &content);

	if (status == 0) {
		status = add_lines(f, content.data);
		if (status < 0)
			task_form_blame(f, strcmp(path, "-") == 0 ? "the standard input" : path);
	}
	str_free(&content);
	return status;
}

/* ---- the rest ---- */

/* a target with %u is checked once the users are known */
static int add_target(struct task_form *f, const char *target)
{
	if (!strstr(target, "%u") && target_check(target, &f->why) < 0)
		return -1;
	f->targets = mem_resize(f->targets, f->target_count + 2, sizeof(*f->targets));
	f->targets[f->target_count++] = target_here(target);
	f->targets[f->target_count] = NULL;
	return 0;
}

static int replace_value(char **where, const char *value)
{
	free(*where);
	*where = mem_dup(value);
	return 0;
}

static int set_text(struct task_form *f, char **where, const char *value)
{
	const char *text;

	if (job_option_text(&f->why, value, &text) < 0)
		return -1;
	if (strlen(text) > MOST_TEXT) {
		str_addf(&f->why, "longer than %d KiB", MOST_TEXT >> 10);
		return -1;
	}
	return replace_value(where, text);
}

static int set_list(struct task_form *f, char **where, const char *value)
{
	for (const char *word = value;; word++) {
		size_t n = strcspn(word, ",");

		if (n == 0)
			return value_bad(&f->why, "empty word in the list", value);
		for (size_t i = 0; i < n; i++)
			if ((unsigned char)word[i] <= ' ' || word[i] == 0x7f)
				return value_bad(&f->why, "not words separated by commas", value);
		word += n;
		if (!*word)
			return set_text(f, where, value);
	}
}

static int set_prompt(struct task_form *f, const char *path)
{
	struct str content = { 0 };
	int status = task_form_load(f, path, MOST_TEXT, &content);

	if (status == 0)
		status = set_text(f, &f->task.system_prompt, content.data);
	str_free(&content);
	return status;
}

static int set_name(struct task_form *f, const char *value)
{
	if (!task_name_valid(value))
		return value_bad(&f->why,
			"not a task name (1 to 64 of A-Z a-z 0-9 . _ -, not beginning with . or -)",
			value);
	return replace_value(&f->task.name, value);
}

static int set_zone(struct task_form *f, const char *value)
{
	const char *name;

	if (job_option_text(&f->why, value, &name) < 0 || !zone_open(name, &f->why))
		return -1;
	return replace_value(&f->task.zone, name);
}

static int set_trigger(struct task_form *f, enum task_kind kind, const char *value)
{
	struct task *t = &f->task;

	if (f->has_trigger++) {
		str_add(&f->why, "a task has one trigger: --cron, --every, --idle or --at");
		return -1;
	}
	t->kind = kind;
	switch (kind) {
	case TASK_CRON: return set_text(f, &t->schedule, value);
	case TASK_EVERY: return value_duration(&f->why, value, CLOCK_SECOND, &t->period_ms);
	case TASK_IDLE: return value_duration(&f->why, value, 1, &t->period_ms);
	default: return value_time(&f->why, value, &t->anchor);
	}
}

static int set_missed(struct task_form *f, const char *value)
{
	int missed = task_missed_parse(value);

	if (missed < 0)
		return value_bad(&f->why, "not one of skip, once, all", value);
	f->task.missed = (enum task_missed)missed;
	return 0;
}

static int set_overlap(struct task_form *f, const char *value)
{
	int overlap = task_overlap_parse(value);

	if (overlap < 0)
		return value_bad(&f->why, "not one of skip, queue, allow", value);
	f->task.overlap = (enum task_overlap)overlap;
	f->has_overlap = 1;
	return 0;
}

/* set a checked name or word, which the task owns */
static int set_checked(struct task_form *f, char **where, const char *value,
	int (*check)(struct str *why, const char *text, const char **checked))
{
	const char *checked;

	return check(&f->why, value, &checked) < 0 ? -1 : replace_value(where, checked);
}

#define IS(text) (strcmp(name, text) == 0)

static int set_number(struct task_form *f, const char *name, const char *value)
{
	struct task *t = &f->task;
	struct str *why = &f->why;

	if (IS("cooldown"))
		return value_duration(why, value, 0, &t->cooldown_ms);
	if (IS("grace"))
		return value_duration(why, value, CLOCK_SECOND, &t->grace_ms);
	if (IS("timeout"))
		return value_duration(why, value, 1, &t->timeout_ms);
	if (IS("batch"))
		return value_number(why, value, 1, MOST_BATCH, &t->batch_size);
	if (IS("max-turns"))
		return value_number(why, value, 1, MOST_TURNS, &t->max_turns);
	if (IS("alert-after"))
		return value_number(why, value, 0, MOST_ALERT, &t->alert_after);
	if (IS("priority"))
		return value_number(why, value, INT32_MIN, INT32_MAX, &t->priority);
	str_add(why, "unknown");
	return -1;
}

static int set_word(struct task_form *f, const char *name, const char *value)
{
	struct task *t = &f->task;

	if (IS("tz"))
		return set_zone(f, value);
	if (IS("missed"))
		return set_missed(f, value);
	if (IS("overlap"))
		return set_overlap(f, value);
	if (IS("queue"))
		return set_checked(f, &t->queue, value, job_option_name);
	if (IS("notify-on"))
		return set_checked(f, &t->notify_on, value, job_option_notify_on);
	if (IS("notify"))
		return add_target(f, value);
	if (IS("shell"))
		return job_option_text(&f->why, value, &f->shell);
	if (IS("directory"))
		return job_option_text(&f->why, value, &f->directory);
	if (IS("env"))
		return job_option_text(&f->why, value, &f->variables);
	return set_number(f, name, value);
}

int task_form_set(struct task_form *f, const char *name, const char *value)
{
	struct task *t = &f->task;
	int kind = task_kind_parse(name);

	str_clear(&f->why);
	if (kind >= 0 && kind != TASK_MANUAL)
		return set_trigger(f, (enum task_kind)kind, value);
	if (IS("name"))
		return set_name(f, value);
	if (IS("user"))
		return add_user(f, value);
	if (IS("users"))
		return add_users(f, value);
	if (IS("tools"))
		return set_list(f, &t->tools, value);
	if (IS("memory"))
		return set_list(f, &t->memory_blocks, value);
	if (IS("prompt"))
		return set_prompt(f, value);
	if (IS("prompt-text"))
		return set_text(f, &t->system_prompt, value);
	if (IS("disabled"))
		t->enabled = 0;
	else if (IS("replace"))
		f->replace = 1;
	else
		return set_word(f, name, value);
	return 0;
}

void task_form_argument(struct task_form *f, const char *argument)
{
	job_option_argument(&f->command, argument);
}

/* ---- checking the whole ---- */

static int fail_check(struct task_form *f, const char *why)
{
	str_add(&f->why, why);
	return -1;
}

/* fixed now: the task's zone must not change with the system's */
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

/* whole seconds are easier to read */
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
		return fail_check(f, "--tz needs --cron");
	if (t->cooldown_ms >= 0 && t->kind != TASK_IDLE)
		return fail_check(f, "--cooldown needs --idle");
	switch (t->kind) {
	case TASK_CRON: return check_schedule(f);
	case TASK_EVERY: t->anchor = whole_second(now); break;
	case TASK_IDLE:
		if (t->cooldown_ms < 0)
			t->cooldown_ms = COOLDOWN;
		if (!f->user_count)
			return fail_check(f, "an idle trigger needs users");
		break;
	default:
		if (t->anchor <= now)
			return fail_check(f,
				f->json ? "trigger.at: is in the past" : "--at: is in the past");
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
			status = value_bad(&f->why, "user given twice", sorted[i]);
	free(sorted);
	return status;
}

/* a user id must not change the host of a URL or the domain of an address */
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
		return value_bad(&f->why, "with %u a user id may only have A-Z a-z 0-9 . _ + -",
			user);

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
		return value_bad(&f->why, "%u works only in telegram, https and mailto targets",
			target);
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
			return fail_check(f, "no command given, and bgjob-agent is not installed");
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
	/* with TASK_SKIP, the run of the first missed moment would skip all others */
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
		/* its moments stay the same */
		if (t->kind == TASK_EVERY)
			t->anchor = whole_second(old.created_at);
		task_free(&old);
	}
	if (id && !f->replace) {
		str_addf(&f->why, "task '%s' already exists (--replace redefines it)", t->name);
		return -1;
	}
	t->environment = environment_save(f->environment.data, f->environment.len);
	t->looked_at = now;
	t->due_at = trigger_next(t, now);
	/* for example a time that the zone's clocks skip every year */
	if (t->due_at < 0 && t->kind != TASK_IDLE) {
		str_addf(&f->why, "it would never be due");
		return -1;
	}
	if (!id)
		return task_add(t, f->users, f->targets, now);
	task_replace(id, t, f->users, f->targets, now);
	return id;
}
