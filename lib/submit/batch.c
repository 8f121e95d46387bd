/* batch: many submissions as JSON, one object a line */
#include "submit/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/die.h"
#include "base/json_object.h"
#include "db/db.h"

static int fail_field(struct submission *s, const char *name, const char *problem)
{
	str_clear(&s->why);
	str_addf(&s->why, "%s%s%s", name ? name : "", name ? ": " : "", problem);
	return -1;
}

static int set_field(struct submission *s, const char *name, const char *value)
{
	struct str why = { 0 };

	if (submission_set(s, name, value) == 0)
		return 0;
	str_addf(&why, "%s: %s", name, s->why.data);
	str_clear(&s->why);
	str_add(&s->why, why.data);
	str_free(&why);
	return -1;
}

/* a number becomes text, which the tree owns */
static int set_value(struct submission *s, const char *name, cJSON *value)
{
	char text[32];

	if (cJSON_IsString(value))
		return set_field(s, name, value->valuestring);
	if (cJSON_IsBool(value))
		return set_field(s, name, cJSON_IsTrue(value) ? "true" : "false");
	if (!cJSON_IsNumber(value))
		return fail_field(s, name, "not a string or a number");
	if (value->valuedouble > 9007199254740992.0 || value->valuedouble < -9007199254740992.0)
		return fail_field(s, name, "number too large: give it as a string");
	if (value->valuedouble == (double)(int64_t)value->valuedouble)
		snprintf(text, sizeof(text), "%lld", (long long)value->valuedouble);
	else
		snprintf(text, sizeof(text), "%.3f", value->valuedouble);
	cJSON_free(value->valuestring);
	value->valuestring = cJSON_malloc(sizeof(text));
	if (!value->valuestring)
		die_system("out of memory");
	memcpy(value->valuestring, text, sizeof(text));
	return set_field(s, name, value->valuestring);
}

static int set_each(struct submission *s, const char *name, cJSON *list)
{
	cJSON *value;

	cJSON_ArrayForEach(value, list) if (set_value(s, name, value) < 0) return -1;
	return 0;
}

static int set_command(struct submission *s, cJSON *list)
{
	cJSON *argument;

	if (!cJSON_IsArray(list))
		return fail_field(s, "command", "not an array of strings");
	cJSON_ArrayForEach(argument, list)
	{
		if (!cJSON_IsString(argument))
			return fail_field(s, "command", "not an array of strings");
		submission_argument(s, argument->valuestring);
	}
	return s->command.len ? 0 : fail_field(s, "command", "empty");
}

static int may_repeat(const char *name)
{
	return strcmp(name, "after") == 0 || strcmp(name, "after-any") == 0 ||
		strcmp(name, "notify") == 0;
}

static int set_property(struct submission *s, cJSON *property)
{
	const char *name = property->string;

	if (strcmp(name, "command") == 0)
		return set_command(s, property);
	if (strcmp(name, "input") == 0 && cJSON_IsString(property) &&
		strcmp(property->valuestring, "-") == 0)
		return fail_field(s, name, "stdin is the batch itself: use input-text");
	if (cJSON_IsArray(property) && may_repeat(name))
		return set_each(s, name, property);
	return set_value(s, name, property);
}

int batch_line(struct submission *s, const char *line, size_t n, struct cJSON **json)
{
	cJSON *property;

	str_clear(&s->why);
	*json = json_object_parse(&s->why, line, n);
	if (!*json)
		return -1;
	cJSON_ArrayForEach(property, *json) if (set_property(s, property) < 0) return -1;
	return 0;
}

void batch_free(struct cJSON *json)
{
	cJSON_Delete(json);
}

static int64_t add_job(struct submission *s, const char *line, size_t n, int64_t *duplicates)
{
	struct cJSON *json;
	int64_t id = 0, other;

	submission_reset(s);
	if (batch_line(s, line, n, &json) == 0 && submission_read_input(s) == 0 &&
		submission_finish(s) == 0) {
		id = job_add(&s->job, &other);
		if (id == JOB_DUPLICATE) {
			(*duplicates)++;
			id = other;
		} else if (id == JOB_NO_DEPENDENCY) {
			str_clear(&s->why);
			str_addf(&s->why, "after: no job %lld", (long long)other);
			id = 0;
		}
	}
	batch_free(json);
	return id;
}

static int is_blank(const char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strchr(" \t\r", line[i]))
			return 0;
	return 1;
}

void batch_submit(const char *text, size_t n, int64_t *duplicates, void (*printed)(int64_t id))
{
	const char *line = text, *end = text + n;
	size_t number = 0, count = 0, room = 0;
	struct submission s;
	int64_t *ids = NULL;

	submission_init(&s);
	db_begin();
	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((newline ? newline : end) - line);

		number++;
		if (!is_blank(line, length)) {
			ids = mem_grow(ids, count, &room, sizeof(*ids));
			ids[count] = add_job(&s, line, length, duplicates);
			if (!ids[count++]) {
				db_rollback();
				if (s.disk_failed)
					die_system("line %zu: %s", number, s.why.data);
				die_usage("line %zu: %s", number, s.why.data);
			}
		}
		line += length + 1;
	}
	db_commit();
	for (size_t i = 0; i < count; i++)
		printed(ids[i]);
	free(ids);
	submission_free(&s);
}
