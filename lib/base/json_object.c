/* json_object: a JSON object from outside, checked strictly */
#include "base/json_object.h"

#include <string.h>

#include <cjson/cJSON.h>

/* a NUL would silently end a text: \u0000, or the byte itself */
static int has_nul(const char *text, size_t n)
{
	if (memchr(text, '\0', n))
		return 1;
	for (size_t i = 0; i + 5 < n; i++) {
		if (text[i] != '\\')
			continue;
		if (strncmp(text + i + 1, "u0000", 5) == 0)
			return 1;
		i++; /* the escaped character does not start another escape */
	}
	return 0;
}

static int named_before(const cJSON *object, const cJSON *property)
{
	for (const cJSON *other = object->child; other != property; other = other->next)
		if (strcmp(other->string, property->string) == 0)
			return 1;
	return 0;
}

int json_object_names_once(struct str *why, const struct cJSON *object)
{
	const cJSON *property;

	cJSON_ArrayForEach(property, object)
	{
		if (named_before(object, property)) {
			str_addf(why, "%s: given twice", property->string);
			return -1;
		}
	}
	return 0;
}

static int check_names(struct str *why, const cJSON *object, const char *after, const char *end)
{
	while (after < end && strchr(" \t\r\n", *after))
		after++;
	if (after < end)
		str_add(why, "something after the object");
	else if (!cJSON_IsObject(object))
		str_add(why, "not an object");
	else
		return json_object_names_once(why, object);
	return -1;
}

struct cJSON *json_object_parse(struct str *why, const char *text, size_t n)
{
	const char *after = NULL;
	cJSON *object;

	if (has_nul(text, n)) {
		str_add(why, "NUL in a text");
		return NULL;
	}
	object = cJSON_ParseWithLengthOpts(text, n, &after, 0);
	if (!object) {
		str_add(why, "not JSON");
		return NULL;
	}
	if (check_names(why, object, after, text + n) == 0)
		return object;
	cJSON_Delete(object);
	return NULL;
}
