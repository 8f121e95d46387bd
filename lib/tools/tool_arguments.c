/* tool_arguments: the arguments of a call, checked and read */
#include "tools/tool_arguments.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/die.h"
#include "base/json.h"
#include "base/value.h"

/* the argument, or NULL if it is not given */
static const cJSON *find_argument(const cJSON *arguments, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(arguments, name);

	return cJSON_IsNull(item) ? NULL : item;
}

static int read_integer(const cJSON *item, int64_t *n)
{
	if (cJSON_IsNumber(item))
		return json_integer(item, n);
	if (!cJSON_IsString(item))
		return -1;
	if (value_id(item->valuestring, strlen(item->valuestring), n) == 0)
		return 0;
	*n = 0;
	return strcmp(item->valuestring, "0") == 0 ? 0 : -1;
}

static int limit(const cJSON *rule, const char *name, int64_t *n)
{
	return json_integer(cJSON_GetObjectItemCaseSensitive(rule, name), n) == 0;
}

static int check_integer(const cJSON *rule, const cJSON *item, struct str *why)
{
	int64_t n, bound;

	if (read_integer(item, &n) < 0)
		str_addf(why, "%s is not a whole number", rule->string);
	else if (limit(rule, "minimum", &bound) && n < bound)
		str_addf(why, "%s is below %lld", rule->string, (long long)bound);
	else if (limit(rule, "maximum", &bound) && n > bound)
		str_addf(why, "%s is above %lld", rule->string, (long long)bound);
	else
		return 0;
	return -1;
}

static int check_choice(const cJSON *rule, const char *text, struct str *why)
{
	const cJSON *choices = cJSON_GetObjectItemCaseSensitive(rule, "enum"), *choice;
	const char *comma = "";

	if (!choices)
		return 0;
	cJSON_ArrayForEach(choice, choices)
	{
		if (strcmp(choice->valuestring, text) == 0)
			return 0;
	}
	str_addf(why, "%s is not one of ", rule->string);
	cJSON_ArrayForEach(choice, choices)
	{
		str_addf(why, "%s%s", comma, choice->valuestring);
		comma = ", ";
	}
	return -1;
}

static int check_text(const cJSON *rule, const cJSON *item, struct str *why)
{
	int64_t bound, n;

	if (!cJSON_IsString(item)) {
		str_addf(why, "%s is not a string", rule->string);
		return -1;
	}
	n = (int64_t)strlen(item->valuestring);
	if (limit(rule, "minLength", &bound) && n < bound) {
		str_addf(why, "%s is empty", rule->string);
		return -1;
	}
	if (limit(rule, "maxLength", &bound) && n > bound) {
		str_addf(why, "%s is longer than %lld bytes", rule->string, (long long)bound);
		return -1;
	}
	return check_choice(rule, item->valuestring, why);
}

static int check_one(const cJSON *rule, const cJSON *item, struct str *why)
{
	const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(rule, "type"));

	if (strcmp(type, "string") == 0)
		return check_text(rule, item, why);
	if (strcmp(type, "integer") == 0)
		return check_integer(rule, item, why);
	if (cJSON_IsBool(item))
		return 0;
	str_addf(why, "%s is neither true nor false", rule->string);
	return -1;
}

static int check_arguments(const cJSON *schema, const cJSON *arguments, struct str *why)
{
	const cJSON *rules = cJSON_GetObjectItemCaseSensitive(schema, "properties");
	const cJSON *required = cJSON_GetObjectItemCaseSensitive(schema, "required");
	const cJSON *item;

	cJSON_ArrayForEach(item, required)
	{
		if (!find_argument(arguments, item->valuestring)) {
			str_addf(why, "%s is missing", item->valuestring);
			return -1;
		}
	}
	cJSON_ArrayForEach(item, arguments)
	{
		const cJSON *rule = cJSON_GetObjectItemCaseSensitive(rules, item->string);

		if (!rule) {
			str_add(why, "there is no argument ");
			str_escape(why, item->string, strnlen(item->string, 60));
			return -1;
		}
		if (!cJSON_IsNull(item) && check_one(rule, item, why) < 0)
			return -1;
	}
	return 0;
}

int tool_arguments_check(const char *schema, const cJSON *arguments, struct str *why)
{
	cJSON *rules;
	int status;

	if (!cJSON_IsObject(arguments)) {
		str_add(why, "the arguments are not a JSON object");
		return -1;
	}
	rules = cJSON_Parse(schema);
	if (!rules)
		die_system("a tool's schema is not JSON");
	status = check_arguments(rules, arguments, why);
	cJSON_Delete(rules);
	return status;
}

const char *tool_argument_text(const cJSON *arguments, const char *name, const char *otherwise)
{
	const char *text = cJSON_GetStringValue(find_argument(arguments, name));

	return text ? text : otherwise;
}

int64_t tool_argument_integer(const cJSON *arguments, const char *name, int64_t otherwise)
{
	int64_t n;

	return read_integer(find_argument(arguments, name), &n) == 0 ? n : otherwise;
}

int tool_argument_flag(const cJSON *arguments, const char *name, int otherwise)
{
	const cJSON *item = find_argument(arguments, name);

	return item ? cJSON_IsTrue(item) : otherwise;
}
