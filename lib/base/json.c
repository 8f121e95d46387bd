/* json: finding and reading parts of a JSON text */
#include "base/json.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/utf8.h"

static size_t skip_blanks(const char *json, size_t n, size_t i)
{
	while (i < n && strchr(" \t\r\n", json[i]) && json[i])
		i++;
	return i;
}

/* The index after the string that starts at i, or n. */
static size_t skip_string(const char *json, size_t n, size_t i)
{
	for (i++; i < n && json[i] != '"'; i++) {
		if (json[i] == '\\')
			i++;
	}
	return i < n ? i + 1 : n;
}

/* The index after the value that starts at i: of the comma or bracket that ends it, or n. */
static size_t skip_value(const char *json, size_t n, size_t i)
{
	size_t depth = 0;

	while (i < n) {
		char c = json[i];

		if (c == '"') {
			i = skip_string(json, n, i);
			continue;
		}
		if (depth == 0 && (c == ',' || c == ']' || c == '}'))
			return i;
		if (c == '[' || c == '{')
			depth++;
		else if (c == ']' || c == '}')
			depth--;
		i++;
	}
	return n;
}

/* The value at i, without trailing blanks. Returns the index after it. */
static size_t value_at(const char *json, size_t n, size_t i, const char **value, size_t *size)
{
	size_t end = skip_value(json, n, i), last = end;

	while (last > i && strchr(" \t\r\n", json[last - 1]) && json[last - 1])
		last--;
	*value = json + i;
	*size = last - i;
	return end;
}

int json_member(const char *json, size_t n, const char *name, const char **value, size_t *size)
{
	size_t length = strlen(name), i = skip_blanks(json, n, 0);

	if (i >= n || json[i] != '{')
		return -1;
	do {
		size_t key = skip_blanks(json, n, i + 1), after;

		if (key >= n || json[key] != '"')
			return -1;
		after = skip_string(json, n, key);
		i = skip_blanks(json, n, after);
		if (i >= n || json[i] != ':')
			return -1;
		i = value_at(json, n, skip_blanks(json, n, i + 1), value, size);
		if (after - key == length + 2 && memcmp(json + key + 1, name, length) == 0)
			return 0;
	} while (i < n && json[i] == ',');
	return -1;
}

int json_element(const char *json, size_t n, size_t *at, const char **value, size_t *size)
{
	size_t i = skip_blanks(json, n, *at);

	if (i >= n || json[i] != (*at == 0 ? '[' : ','))
		return -1;
	i = skip_blanks(json, n, i + 1);
	*at = value_at(json, n, i, value, size);
	return *size > 0 ? 0 : -1;
}

int json_integer(const struct cJSON *item, int64_t *number)
{
	double value = cJSON_IsNumber(item) ? item->valuedouble : 0.5;

	if (!(value >= -9007199254740992.0 && value <= 9007199254740992.0))
		return -1;
	if ((double)(int64_t)value != value)
		return -1;
	*number = (int64_t)value;
	return 0;
}

struct cJSON *json_text(const char *text)
{
	struct str clean = { 0 };
	size_t n = strlen(text);
	struct cJSON *item;

	if (utf8_valid(text, n))
		return cJSON_CreateString(text);
	for (size_t i = 0; i < n;) {
		uint32_t cp;
		size_t length = utf8_decode(text + i, n - i, &cp);

		if (cp == UTF8_INVALID)
			str_add(&clean, "\xEF\xBF\xBD");
		else
			str_addn(&clean, text + i, length);
		i += length;
	}
	item = cJSON_CreateString(clean.data);
	str_free(&clean);
	return item;
}

void json_add_text(struct cJSON *object, const char *name, const char *text)
{
	cJSON_AddItemToObject(object, name, text ? json_text(text) : cJSON_CreateNull());
}

void json_add_time(struct cJSON *object, const char *name, int64_t ms)
{
	char text[CLOCK_TEXT];

	if (ms >= 0)
		clock_format_time(ms, text);
	json_add_text(object, name, ms >= 0 ? text : NULL);
}
