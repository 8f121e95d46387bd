/* telegram_answer: what an answer of the Bot API means */
#include "net/telegram.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/json.h"
#include "net/http.h"

/* A definite refusal whose meaning is not in its number but in its words. */
static const struct wording {
	const char *part;
	enum outcome_kind kind;
} wordings[] = {
	{ "message is not modified", OUTCOME_SENT },
	{ "query is too old", OUTCOME_SENT },
	{ "query ID is invalid", OUTCOME_SENT },
	{ "can't parse entities", OUTCOME_REFUSED },
	{ "can't find end of", OUTCOME_REFUSED },
	{ "unsupported start tag", OUTCOME_REFUSED },
	{ "message is too long", OUTCOME_REFUSED },
	{ "caption is too long", OUTCOME_REFUSED },
	{ "text is too long", OUTCOME_REFUSED },
	{ "text is empty", OUTCOME_REFUSED },
	{ "text must be non-empty", OUTCOME_REFUSED },
	{ "ENTITIES_TOO_LONG", OUTCOME_REFUSED },
	{ "ENTITY_BOUNDS_INVALID", OUTCOME_REFUSED },
	{ "BUTTON_", OUTCOME_REFUSED },
	{ "keyboard", OUTCOME_REFUSED },
};

static enum outcome_kind by_wording(const char *description)
{
	for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++) {
		if (strcasestr(description, wordings[i].part))
			return wordings[i].kind;
	}
	return OUTCOME_DEAD;
}

/* status is of the 4xx or 5xx; description may be "". */
static void classify_error(long status, const char *description, const cJSON *parameters,
	struct outcome *o)
{
	int64_t number;

	if (json_integer(cJSON_GetObjectItemCaseSensitive(parameters, "migrate_to_chat_id"),
		    &number) == 0) {
		o->kind = OUTCOME_MOVED;
		o->migrate_to = number;
		return;
	}
	if (json_integer(cJSON_GetObjectItemCaseSensitive(parameters, "retry_after"), &number) ==
			0 &&
		number > 0 && number < INT32_MAX)
		o->after_ms = number * CLOCK_SECOND;
	if (status == 429 || status == 408 || status >= 500)
		o->kind = OUTCOME_AGAIN;
	else if (status == 401)
		o->kind = OUTCOME_UNAUTHORIZED;
	else if (status == 409)
		o->kind = OUTCOME_CONFLICT;
	else if (status == 404 && strcasecmp(description, "Not Found") == 0)
		o->kind = OUTCOME_UNAUTHORIZED;
	else
		o->kind = by_wording(description);
}

/* Returns 0 if the body is an error of the Bot API. */
static int classify_body(const struct http_answer *answer, const char *token, struct outcome *o)
{
	cJSON *body = cJSON_ParseWithLength(answer->body, answer->size);
	const cJSON *code = cJSON_GetObjectItemCaseSensitive(body, "error_code");
	const char *description =
		cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(body, "description"));
	int64_t status = answer->status;
	int found = cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(body, "ok"));

	if (found) {
		if (json_integer(code, &status) < 0 || status < 400 || status > 599)
			status = answer->status;
		if (!description)
			description = "";
		classify_error((long)status, description,
			cJSON_GetObjectItemCaseSensitive(body, "parameters"), o);
		if (o->kind != OUTCOME_SENT)
			outcome_reason(o, description, strlen(description), token);
	}
	cJSON_Delete(body);
	return found ? 0 : -1;
}

static void add_status(struct outcome *o, long status)
{
	char text[48];
	int n = snprintf(text, sizeof text, "HTTP status %ld", status);

	outcome_reason(o, text, (size_t)n, NULL);
}

/* Returns 0 if the answer says ok. Its result is not parsed as a whole: updates may be big. */
static int take_result(const struct http_answer *answer, struct outcome *o)
{
	const char *value;
	size_t size;
	cJSON *id;

	if (json_member(answer->body, answer->size, "ok", &value, &size) < 0 || size != 4 ||
		memcmp(value, "true", 4) != 0)
		return -1;
	o->kind = OUTCOME_SENT;
	if (json_member(answer->body, answer->size, "result", &o->result, &o->result_size) < 0)
		return 0;
	if (json_member(o->result, o->result_size, "message_id", &value, &size) < 0)
		return 0;
	id = cJSON_ParseWithLength(value, size);
	if (json_integer(id, &o->message_id) < 0)
		o->message_id = 0;
	cJSON_Delete(id);
	return 0;
}

void telegram_classify(const struct http_answer *answer, const char *token, struct outcome *o)
{
	*o = (struct outcome){ 0 };
	if (answer->status < 400 && answer->sent != HTTP_ANSWERED) {
		outcome_unanswered(o, answer);
		return;
	}
	if (answer->status == 200 && take_result(answer, o) == 0)
		return;
	if (classify_body(answer, token, o) < 0) {
		/* not the Bot API's words: a proxy's, a login page's, or what is left of them */
		if (answer->status == 413)
			o->kind = OUTCOME_DEAD;
		else
			o->kind = answer->status >= 300 ? OUTCOME_AGAIN : OUTCOME_UNCERTAIN;
	}
	if (o->kind == OUTCOME_AGAIN && o->after_ms == 0 && answer->retry_after_s > 0 &&
		answer->retry_after_s < INT32_MAX)
		o->after_ms = answer->retry_after_s * CLOCK_SECOND;
	if (o->kind != OUTCOME_SENT && !*o->reason)
		add_status(o, answer->status);
}
