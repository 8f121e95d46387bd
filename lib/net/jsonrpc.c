/* jsonrpc: JSON-RPC 2.0 as one message a line */
#include "net/jsonrpc.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/json.h"
#include "base/utf8.h"

static const char blanks[] = " \t\r\n";

/* ---- lines ---- */

static int is_blank(const char *text, size_t n)
{
	while (n > 0 && *text && strchr(blanks, *text)) {
		text++;
		n--;
	}
	return n == 0;
}

static void end_line(struct jsonrpc_lines *l, jsonrpc_each *each, void *arg)
{
	/* each() may feed other readers, never this one */
	if (l->over)
		each(NULL, 0, arg);
	else if (!is_blank(l->line.data, l->line.len))
		each(l->line.data, l->line.len, arg);
	l->over = 0;
	str_clear(&l->line);
}

void jsonrpc_feed(struct jsonrpc_lines *l, const char *data, size_t n, jsonrpc_each *each,
	void *arg)
{
	while (n > 0) {
		const char *end = memchr(data, '\n', n);
		size_t piece = end ? (size_t)(end - data) : n;

		if (piece > l->most - l->line.len)
			l->over = 1;
		if (l->over)
			str_clear(&l->line);
		else
			str_addn(&l->line, data, piece);
		if (!end)
			return;
		end_line(l, each, arg);
		data += piece + 1;
		n -= piece + 1;
	}
}

void jsonrpc_finish(struct jsonrpc_lines *l, jsonrpc_each *each, void *arg)
{
	if (l->over || l->line.len > 0)
		end_line(l, each, arg);
}

/* ---- messages ---- */

/* NULL if it is not JSON or something follows it */
static cJSON *parse(const char *text, size_t n)
{
	const char *end;
	cJSON *json;

	if (!utf8_valid(text, n))
		return NULL;
	json = cJSON_ParseWithLengthOpts(text, n, &end, 0);
	if (json && is_blank(end, n - (size_t)(end - text)))
		return json;
	cJSON_Delete(json);
	return NULL;
}

/* the parser is lax, but what is sent back must be JSON */
static int is_string(const char *value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)value[i] < ' ')
			return 0;
	return *value == '"';
}

static int is_whole_number(const char *value, size_t n)
{
	size_t sign = *value == '-';

	for (size_t i = sign; i < n; i++)
		if (value[i] < '0' || value[i] > '9')
			return 0;
	return n > sign && (value[sign] != '0' || n == sign + 1);
}

/* of text that was parsed as an object; a number is kept as it was written, however large */
static char *find_id(const char *text, size_t n, const char *member)
{
	const char *value;
	size_t size;

	if (json_member(text, n, member, &value, &size) < 0 || size == 0)
		return NULL;
	return is_string(value, size) || is_whole_number(value, size) ? mem_dupn(value, size)
								      : NULL;
}

static int classify_message(struct jsonrpc_message *m)
{
	const char *version =
		cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(m->json, "jsonrpc"));
	const cJSON *method = cJSON_GetObjectItemCaseSensitive(m->json, "method");
	const cJSON *params = cJSON_GetObjectItemCaseSensitive(m->json, "params");

	if (!version || strcmp(version, "2.0") != 0)
		return JSONRPC_INVALID;
	if (!method &&
		(cJSON_GetObjectItemCaseSensitive(m->json, "result") ||
			cJSON_GetObjectItemCaseSensitive(m->json, "error"))) {
		m->kind = JSONRPC_RESPONSE;
		return 0;
	}
	if (!method || !cJSON_IsString(method))
		return JSONRPC_INVALID;
	m->method = method->valuestring;
	m->kind = JSONRPC_NOTIFICATION;
	if (cJSON_GetObjectItemCaseSensitive(m->json, "id")) {
		m->kind = JSONRPC_REQUEST;
		if (!m->id)
			return JSONRPC_INVALID;
	}
	if (params && !cJSON_IsObject(params))
		return JSONRPC_PARAMS;
	m->params = params;
	return 0;
}

int jsonrpc_parse(struct jsonrpc_message *m, const char *text, size_t n)
{
	*m = (struct jsonrpc_message){ .json = parse(text, n) };
	if (!m->json)
		return JSONRPC_PARSE;
	if (!cJSON_IsObject(m->json))
		return JSONRPC_INVALID;
	m->id = find_id(text, n, "id");
	return classify_message(m);
}

void jsonrpc_free(struct jsonrpc_message *m)
{
	free(m->id);
	cJSON_Delete(m->json);
	*m = (struct jsonrpc_message){ 0 };
}

int jsonrpc_batch(const char *text, size_t n)
{
	size_t start = 0;
	cJSON *json;
	int status;

	while (start < n && text[start] && strchr(blanks, text[start]))
		start++;
	if (start == n || text[start] != '[')
		return 0;
	json = parse(text, n);
	status = !json ? JSONRPC_PARSE : cJSON_GetArraySize(json) == 0 ? JSONRPC_INVALID : 1;
	cJSON_Delete(json);
	return status;
}

char *jsonrpc_id_in(const char *text, size_t n, const char *member)
{
	const char *params;
	size_t size;

	if (json_member(text, n, "params", &params, &size) < 0)
		return NULL;
	return find_id(params, size, member);
}

/* ---- forms ---- */

static void add_json(struct str *s, const cJSON *json)
{
	char *text = cJSON_PrintUnformatted(json);

	if (!text)
		die_system("out of memory");
	str_add(s, text);
	cJSON_free(text);
}

static void begin(struct str *s, const char *id)
{
	str_add(s, "{\"jsonrpc\":\"2.0\"");
	if (id)
		str_addf(s, ",\"id\":%s", id);
}

void jsonrpc_result(struct str *s, const char *id, const cJSON *result)
{
	begin(s, id);
	str_add(s, ",\"result\":");
	add_json(s, result);
	str_addc(s, '}');
}

void jsonrpc_error(struct str *s, const char *id, int code, const char *message, const cJSON *data)
{
	cJSON *text = json_text(message);

	begin(s, id);
	str_addf(s, ",\"error\":{\"code\":%d,\"message\":", code);
	add_json(s, text);
	cJSON_Delete(text);
	if (data) {
		str_add(s, ",\"data\":");
		add_json(s, data);
	}
	str_add(s, "}}");
}

void jsonrpc_notification(struct str *s, const char *method, const cJSON *params)
{
	begin(s, NULL);
	str_addf(s, ",\"method\":\"%s\",\"params\":", method);
	add_json(s, params);
	str_addc(s, '}');
}
