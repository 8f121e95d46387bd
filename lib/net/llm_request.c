/* llm_request: a question as the bytes that are posted, and its settings */
#include "net/llm_request.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/json.h"
#include "net/http.h"
#include "net/llm.h"

/* What the endpoint at this URL has refused; forgotten when the URL changes. */
static struct {
	char *url;
	unsigned stream_options : 1, max_tokens : 1;
} refused;

static int is_web(const char *url)
{
	char *scheme = NULL, *host = http_host(url, &scheme);
	int web = host && scheme && (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0);

	free(host);
	free(scheme);
	return web;
}

int llm_settings_read(struct llm_settings *s, const char *model, struct str *why)
{
	*s = (struct llm_settings){ .url = config_get("BGJOB_LLM_URL"),
		.key = config_get("BGJOB_LLM_KEY"),
		.model = model ? model : config_get("BGJOB_LLM_MODEL"),
		.idle_ms = config_duration("BGJOB_LLM_IDLE", 5 * CLOCK_MINUTE) };
	if (!s->url) {
		str_add(why, "No model is configured: BGJOB_LLM_URL is not set");
		return 1;
	}
	if (!is_web(s->url))
		str_add(why, "BGJOB_LLM_URL is not an http or https URL");
	else if (!s->model)
		str_add(why, "BGJOB_LLM_URL is set, but BGJOB_LLM_MODEL is not");
	else if (s->key && strpbrk(s->key, "\r\n"))
		str_add(why, "BGJOB_LLM_KEY has a line break");
	else
		return 0;
	return -1;
}

char *llm_request_url(const struct llm_settings *s)
{
	size_t n = strcspn(s->url, "?#");
	const char *query = s->url + n;
	struct str url = { 0 };

	while (n > 0 && s->url[n - 1] == '/')
		n--;
	str_addn(&url, s->url, n);
	str_add(&url, "/chat/completions");
	str_add(&url, query);
	return str_take(&url);
}

static void remember(const char *url)
{
	if (refused.url && strcmp(refused.url, url) == 0)
		return;
	free(refused.url);
	refused.url = mem_dup(url);
	refused.stream_options = refused.max_tokens = 0;
}

static void add_array(cJSON *object, const char *name, const cJSON *array)
{
	/* a reference without an element would not print as an array */
	if (array && array->child)
		cJSON_AddItemToObject(object, name, cJSON_CreateArrayReference(array->child));
}

char *llm_request_body(const struct llm_settings *s, const struct llm_request *r, size_t *size)
{
	cJSON *body = cJSON_CreateObject();
	char *printed, *text;

	remember(s->url);
	json_add_text(body, "model", s->model);
	add_array(body, "messages", r->messages);
	add_array(body, "tools", r->tools);
	if (r->tool_choice && r->tools && r->tools->child)
		json_add_text(body, "tool_choice", r->tool_choice);
	if (s->max_tokens > 0)
		cJSON_AddNumberToObject(body,
			refused.max_tokens ? "max_completion_tokens" : "max_tokens",
			(double)s->max_tokens);
	cJSON_AddTrueToObject(body, "stream");
	if (!refused.stream_options)
		cJSON_AddTrueToObject(cJSON_AddObjectToObject(body, "stream_options"),
			"include_usage");
	printed = cJSON_PrintUnformatted(body);
	if (!printed)
		die_system("out of memory");
	cJSON_Delete(body);
	*size = strlen(printed);
	text = mem_dup(printed);
	cJSON_free(printed);
	return text;
}

int llm_request_relax(const struct llm_settings *s, long status, const char *text)
{
	remember(s->url);
	if (status != 400 && status != 422)
		return 0;
	if (!refused.stream_options && strstr(text, "stream_options"))
		return refused.stream_options = 1;
	if (!refused.max_tokens && s->max_tokens > 0 && strstr(text, "max_completion_tokens"))
		return refused.max_tokens = 1;
	return 0;
}

static int is_object(const char *json)
{
	cJSON *value = cJSON_ParseWithOpts(json, NULL, 1);
	int object = cJSON_IsObject(value);

	cJSON_Delete(value);
	return object;
}

struct cJSON *llm_answer_message(const struct llm_answer *answer)
{
	cJSON *message = cJSON_CreateObject(), *calls = NULL;

	json_add_text(message, "role", "assistant");
	json_add_text(message, "content",
		*answer->content || answer->call_count == 0 ? answer->content : NULL);
	if (answer->call_count > 0)
		calls = cJSON_AddArrayToObject(message, "tool_calls");
	for (size_t i = 0; i < answer->call_count; i++) {
		const struct llm_call *call = &answer->calls[i];
		cJSON *item = cJSON_CreateObject(), *function;

		cJSON_AddItemToArray(calls, item);
		json_add_text(item, "id", call->id);
		json_add_text(item, "type", "function");
		function = cJSON_AddObjectToObject(item, "function");
		json_add_text(function, "name", call->name);
		json_add_text(function, "arguments",
			is_object(call->arguments) ? call->arguments : "{}");
		if (call->extra)
			cJSON_AddItemToObject(item, "extra_content", cJSON_Parse(call->extra));
	}
	return message;
}
