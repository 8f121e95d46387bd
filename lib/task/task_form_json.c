/* task_form_json: a task as a JSON object (bgjob-task(1)) */
#include "task/task_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/json.h"
#include "base/json_object.h"

enum { MOST_JSON = 64 << 20 /* bytes */ };

static int fail_member(struct task_form *f, const char *name, const char *problem)
{
	str_clear(&f->why);
	str_addf(&f->why, "%s: %s", name, problem);
	return -1;
}

/* name: of the member; option and value: for task_form_set() */
static int set_member(struct task_form *f, const char *name, const char *option, const char *value)
{
	return task_form_set(f, option, value) < 0 ? task_form_blame(f, name) : 0;
}

static int set_text(struct task_form *f, const char *option, const cJSON *item)
{
	if (!cJSON_IsString(item))
		return fail_member(f, item->string, "not a string");
	return set_member(f, item->string, option, item->valuestring);
}

/* null, as bgjob-task show prints it: not given */
static int set_optional(struct task_form *f, const char *option, const cJSON *item)
{
	return cJSON_IsNull(item) ? 0 : set_text(f, option, item);
}

static int set_number(struct task_form *f, const char *option, const cJSON *item)
{
	char text[32];
	int64_t n;

	if (json_integer(item, &n) < 0)
		return fail_member(f, item->string, "not a whole number");
	snprintf(text, sizeof(text), "%lld", (long long)n);
	return set_member(f, item->string, option, text);
}

/* sets the option if the item equals `when` */
static int set_switch(struct task_form *f, const char *option, const cJSON *item, int when)
{
	if (!cJSON_IsBool(item))
		return fail_member(f, item->string, "neither true nor false");
	return cJSON_IsTrue(item) == when ? set_member(f, item->string, option, NULL) : 0;
}

static int check_texts(struct task_form *f, const cJSON *list)
{
	const cJSON *item;

	if (!cJSON_IsArray(list))
		return fail_member(f, list->string, "not an array of strings");
	cJSON_ArrayForEach(item, list) if (!cJSON_IsString(item)) return fail_member(f,
		list->string, "not an array of strings");
	return 0;
}

static int set_each(struct task_form *f, const char *option, const cJSON *list)
{
	const cJSON *item;

	if (check_texts(f, list) < 0)
		return -1;
	cJSON_ArrayForEach(item,
		list) if (set_member(f, list->string, option, item->valuestring) < 0) return -1;
	return 0;
}

static int set_users(struct task_form *f, const char *option, const cJSON *list)
{
	if (cJSON_IsNull(list))
		return 0;
	if (cJSON_IsArray(list) && !list->child)
		return fail_member(f, list->string, "contains no user");
	return set_each(f, option, list);
}

static int set_notify(struct task_form *f, const char *option, const cJSON *item)
{
	if (cJSON_IsString(item))
		return set_text(f, option, item);
	if (!cJSON_IsArray(item))
		return fail_member(f, item->string, "neither a string nor an array of strings");
	return set_each(f, option, item);
}

/* joined with commas, as the option takes them */
static int set_words(struct task_form *f, const char *option, const cJSON *list)
{
	struct str text = { 0 };
	const cJSON *item;
	int status = 0;

	if (check_texts(f, list) < 0)
		return -1;
	cJSON_ArrayForEach(item, list)
	{
		if (strchr(item->valuestring, ','))
			status = fail_member(f, list->string, "a comma in a word");
		str_addf(&text, "%s%s", item == list->child ? "" : ",", item->valuestring);
	}
	if (status == 0 && list->child)
		status = set_member(f, list->string, option, text.data);
	str_free(&text);
	return status;
}

static int set_command(struct task_form *f, const char *option, const cJSON *list)
{
	const cJSON *item;

	(void)option;
	if (check_texts(f, list) < 0)
		return -1;
	cJSON_ArrayForEach(item, list) task_form_argument(f, item->valuestring);
	return list->child ? 0 : fail_member(f, list->string, "empty");
}

static int set_enabled(struct task_form *f, const char *option, const cJSON *item)
{
	return set_switch(f, option, item, 0);
}

static int set_replace(struct task_form *f, const char *option, const cJSON *item)
{
	return set_switch(f, option, item, 1);
}

/* ---- the trigger ---- */

static int set_minutes(struct task_form *f, const char *option, const cJSON *item)
{
	char text[32];
	int64_t n;

	if (!cJSON_IsNumber(item))
		return fail_member(f, item->string, "not a number");
	if (!(item->valuedouble >= 0 && item->valuedouble <= 1e9))
		return fail_member(f, item->string, "out of range");
	if (json_integer(item, &n) == 0)
		snprintf(text, sizeof(text), "%lldm", (long long)n);
	else
		snprintf(text, sizeof(text), "%.3fm", item->valuedouble);
	return set_member(f, item->string, option, text);
}

struct field {
	const char *name, *option, *type; /* type: the type of trigger it belongs to */
	int (*set)(struct task_form *f, const char *option, const cJSON *item);
};

/* the first field of a type is required */
static const struct field trigger_fields[] = {
	{ "schedule", "cron", "cron", set_text },
	{ "timezone", "tz", "cron", set_text },
	{ "every", "every", "every", set_text },
	{ "idle_minutes", "idle", "idle", set_minutes },
	{ "cooldown_minutes", "cooldown", "idle", set_minutes },
	{ "at", "at", "at", set_text },
	{ 0 },
};

static const struct field *find_field(const struct field *fields, const char *name)
{
	while (fields->name && strcmp(fields->name, name) != 0)
		fields++;
	return fields->name ? fields : NULL;
}

static int set_trigger_field(struct task_form *f, const char *type, const cJSON *item)
{
	const struct field *field = find_field(trigger_fields, item->string);

	if (!field)
		return fail_member(f, item->string, "unknown");
	if (strcmp(field->type, type) == 0)
		return field->set(f, field->option, item);
	str_clear(&f->why);
	str_addf(&f->why, "%s: not for type %s", item->string, type);
	return -1;
}

static int set_trigger_fields(struct task_form *f, const cJSON *object)
{
	const cJSON *type = cJSON_GetObjectItemCaseSensitive(object, "type"), *item;
	const struct field *need = trigger_fields;

	if (!cJSON_IsString(type))
		return fail_member(f, "type", type ? "not a string" : "missing");
	while (need->name && strcmp(need->type, type->valuestring) != 0)
		need++;
	if (!need->name)
		return fail_member(f, "type", "not one of cron, every, idle, at");
	if (!cJSON_GetObjectItemCaseSensitive(object, need->name))
		return fail_member(f, need->name, "missing");
	cJSON_ArrayForEach(item, object)
	{
		if (item != type && set_trigger_field(f, type->valuestring, item) < 0)
			return -1;
	}
	return 0;
}

static int set_trigger(struct task_form *f, const char *option, const cJSON *object)
{
	struct str name = { 0 };
	int status;

	(void)option;
	if (!cJSON_IsObject(object))
		return fail_member(f, object->string, "not an object");
	str_clear(&f->why);
	status = json_object_names_once(&f->why, object);
	if (status == 0)
		status = set_trigger_fields(f, object);
	if (status < 0) {
		str_addf(&name, "trigger.%s", f->why.data);
		str_clear(&f->why);
		str_add(&f->why, name.data);
		str_free(&name);
	}
	return status;
}

/* ---- the whole ---- */

static const struct field fields[] = {
	{ "name", "name", NULL, set_text },
	{ "trigger", NULL, NULL, set_trigger },
	{ "user_ids", "user", NULL, set_users },
	{ "command", NULL, NULL, set_command },
	{ "shell", "shell", NULL, set_text },
	{ "system_prompt", "prompt-text", NULL, set_optional },
	{ "tools", "tools", NULL, set_words },
	{ "memory_blocks", "memory", NULL, set_words },
	{ "batch_size", "batch", NULL, set_number },
	{ "max_turns", "max-turns", NULL, set_number },
	{ "alert_after", "alert-after", NULL, set_number },
	{ "priority", "priority", NULL, set_number },
	{ "queue", "queue", NULL, set_text },
	{ "directory", "directory", NULL, set_text },
	{ "env", "env", NULL, set_text },
	{ "timeout", "timeout", NULL, set_optional },
	{ "grace", "grace", NULL, set_optional },
	{ "missed", "missed", NULL, set_text },
	{ "overlap", "overlap", NULL, set_text },
	{ "notify", "notify", NULL, set_notify },
	{ "notify_on", "notify-on", NULL, set_optional },
	{ "enabled", "disabled", NULL, set_enabled },
	{ "replace", "replace", NULL, set_replace },
	{ 0 },
};

int task_form_json(struct task_form *f, const char *text, size_t n)
{
	const cJSON *item;

	str_clear(&f->why);
	f->json = json_object_parse(&f->why, text, n);
	if (!f->json)
		return -1;
	cJSON_ArrayForEach(item, f->json)
	{
		const struct field *field = find_field(fields, item->string);

		if (!field)
			return fail_member(f, item->string, "unknown");
		if (field->set(f, field->option, item) < 0)
			return -1;
	}
	if (!f->task.name)
		return fail_member(f, "name", "missing");
	return f->has_trigger ? 0 : fail_member(f, "trigger", "missing");
}

int task_form_read(struct task_form *f, const char *path)
{
	struct str content = { 0 };
	int status = task_form_load(f, path, MOST_JSON, &content);

	if (status == 0)
		status = task_form_json(f, content.data, content.len);
	str_free(&content);
	return status;
}
