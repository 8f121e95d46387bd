/* telegram: calls of the Bot API, and what its answers mean */
#include "net/telegram.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/json.h"
#include "base/str.h"
#include "net/http.h"
#include "net/telegram_token.h"

enum { POLL_MAX = 50 }; /* seconds; Telegram cuts longer ones down to this */

struct telegram {
	struct http *http;
	char *token;
	char *prefix; /* of the URLs, up to and including the "/" before the method */
};

struct call {
	struct telegram *telegram;
	struct outcome_call then;
};

/* ---- answers ---- */

/* Refusals that only their wording tells apart. */
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

/* status is 4xx or 5xx; description may be "". */
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
		/* not from the Bot API: a proxy, a login page, or a truncated answer */
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

/* ---- calls ---- */

struct telegram *telegram_new(struct http *http, const char *token, struct str *why)
{
	const char *base = config_get("BGJOB_TELEGRAM_API");
	struct str prefix = { 0 };
	struct telegram *t;
	char *scheme = NULL, *host;
	int web;

	if (telegram_bot_id(token) < 0) {
		str_add(why, "BGJOB_TELEGRAM_TOKEN is not a bot token (123456:ABC...)");
		return NULL;
	}
	if (!base)
		base = "https://api.telegram.org";
	host = http_host(base, &scheme);
	web = host && scheme && (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0);
	free(host);
	free(scheme);
	if (!web) {
		str_add(why, "BGJOB_TELEGRAM_API is not an http or https URL");
		return NULL;
	}
	str_add(&prefix, base);
	while (prefix.len > 0 && prefix.data[prefix.len - 1] == '/')
		prefix.data[--prefix.len] = '\0';
	str_addf(&prefix, "/bot%s/", token);

	t = mem_zero(1, sizeof *t);
	t->http = http;
	t->token = mem_dup(token);
	t->prefix = str_take(&prefix);
	return t;
}

void telegram_free(struct telegram *t)
{
	if (!t)
		return;
	free(t->token);
	free(t->prefix);
	free(t);
}

static void telegram_answered(void *arg, const struct http_answer *answer)
{
	struct call *call = arg;
	struct outcome o = { 0 };

	telegram_classify(answer, call->telegram->token, &o);
	call->then.done(call->then.arg, &o);
	free(call);
}

/* Takes ownership of body. */
static void start_call(struct telegram *t, const char *method, const char *type, struct str *body,
	int64_t total_ms, struct outcome_call then)
{
	const char *headers[] = { type, NULL };
	struct call *call = mem_alloc(sizeof *call);
	struct str url = { 0 };
	struct http_request request = { .headers = headers };

	*call = (struct call){ t, then };
	str_addf(&url, "%s%s", t->prefix, method);
	request.url = url.data;
	request.body_size = body->len;
	request.body = str_take(body);
	request.total_ms = total_ms;
	request.max_answer = (size_t)32 << 20; /* 100 updates of the longest kind fit */
	request.done = telegram_answered;
	request.arg = call;
	http_start(t->http, &request);
	str_free(&url);
}

/* fields is freed. */
static void start_json(struct telegram *t, const char *method, cJSON *fields, int64_t total_ms,
	struct outcome_call then)
{
	struct str body = { 0 };
	char *text = cJSON_PrintUnformatted(fields);

	if (!text)
		die_system("out of memory");
	str_add(&body, text);
	cJSON_free(text);
	cJSON_Delete(fields);
	start_call(t, method, "Content-Type: application/json", &body, total_ms, then);
}

static void add_text(cJSON *object, const char *name, const char *text)
{
	cJSON_AddItemToObject(object, name, json_text(text));
}

/* As text, since a double would not hold every int64_t. */
static void add_integer(cJSON *object, const char *name, int64_t number)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, number);
	cJSON_AddRawToObject(object, name, text);
}

static void add_chat(cJSON *object, const char *chat, int64_t thread)
{
	add_text(object, "chat_id", chat);
	if (thread > 1)
		add_integer(object, "message_thread_id", thread);
}

static cJSON *keyboard(const struct telegram_button *buttons, unsigned count)
{
	cJSON *markup = cJSON_CreateObject(), *row = NULL;
	cJSON *rows = cJSON_AddArrayToObject(markup, "inline_keyboard");

	for (unsigned i = 0; i < count; i++) {
		cJSON *button = cJSON_CreateObject();

		if (i == 0 || buttons[i].row != buttons[i - 1].row) {
			row = cJSON_CreateArray();
			cJSON_AddItemToArray(rows, row);
		}
		add_text(button, "text", buttons[i].text);
		add_text(button, "callback_data", buttons[i].data);
		cJSON_AddItemToArray(row, button);
	}
	return markup;
}

static cJSON *message_fields(const struct telegram_message *m, const char *text_name)
{
	cJSON *fields = cJSON_CreateObject();

	add_chat(fields, m->chat, m->thread);
	if (m->text)
		add_text(fields, text_name, m->text);
	if (m->text && m->html)
		add_text(fields, "parse_mode", "HTML");
	if (m->silent)
		cJSON_AddTrueToObject(fields, "disable_notification");
	if (m->reply_to) {
		cJSON *reply = cJSON_AddObjectToObject(fields, "reply_parameters");

		add_integer(reply, "message_id", m->reply_to);
		cJSON_AddTrueToObject(reply, "allow_sending_without_reply");
	}
	if (m->button_count > 0)
		cJSON_AddItemToObject(fields, "reply_markup",
			keyboard(m->buttons, m->button_count));
	return fields;
}

void telegram_send_message(struct telegram *t, const struct telegram_message *m,
	struct outcome_call then)
{
	cJSON *fields = message_fields(m, "text");
	cJSON *preview = cJSON_AddObjectToObject(fields, "link_preview_options");

	cJSON_AddTrueToObject(preview, "is_disabled");
	start_json(t, "sendMessage", fields, 30 * CLOCK_SECOND, then);
}

/* With 128 random bits the boundary cannot occur in the data (RFC 2046, 5.1.1). */
static void make_boundary(char boundary[40])
{
	unsigned char noise[16];

	if (getrandom(noise, sizeof noise, 0) != sizeof noise)
		die_errno("cannot get random numbers");
	for (size_t i = 0; i < sizeof noise; i++)
		snprintf(boundary + 2 * i, 3, "%02x", noise[i]);
}

/* A field of multipart/form-data (RFC 7578): strings as they are, anything else as JSON. */
static void add_part(struct str *body, const char *boundary, const cJSON *field)
{
	char *text = cJSON_IsString(field) ? NULL : cJSON_PrintUnformatted(field);

	str_addf(body, "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n", boundary,
		field->string);
	str_add(body, text ? text : field->valuestring);
	str_add(body, "\r\n");
	cJSON_free(text);
}

static void add_file(struct str *body, const char *boundary, const char *name, const void *data,
	size_t size)
{
	cJSON *clean = json_text(name);

	str_addf(body, "--%s\r\nContent-Disposition: form-data; name=\"document\"; filename=\"",
		boundary);
	for (const char *p = clean->valuestring; *p; p++)
		str_addc(body, (unsigned char)*p < ' ' || strchr("\"\\/\x7F", *p) ? '_' : *p);
	str_add(body, "\"\r\nContent-Type: application/octet-stream\r\n\r\n");
	str_addn(body, data, size);
	str_addf(body, "\r\n--%s--\r\n", boundary);
	cJSON_Delete(clean);
}

void telegram_send_document(struct telegram *t, const struct telegram_message *m,
	const char *file_name, const void *data, size_t size, struct outcome_call then)
{
	cJSON *fields = message_fields(m, "caption"), *field;
	struct str body = { 0 }, type = { 0 };
	char boundary[40];

	make_boundary(boundary);
	cJSON_ArrayForEach(field, fields)
	{
		add_part(&body, boundary, field);
	}
	add_file(&body, boundary, file_name, data, size);
	str_addf(&type, "Content-Type: multipart/form-data; boundary=%s", boundary);
	start_call(t, "sendDocument", type.data, &body, 10 * CLOCK_MINUTE, then);
	str_free(&type);
	cJSON_Delete(fields);
}

void telegram_answer_callback(struct telegram *t, const char *id, const char *text,
	struct outcome_call then)
{
	cJSON *fields = cJSON_CreateObject();

	add_text(fields, "callback_query_id", id);
	if (text)
		add_text(fields, "text", text);
	start_json(t, "answerCallbackQuery", fields, 15 * CLOCK_SECOND, then);
}

void telegram_send_typing(struct telegram *t, const char *chat, int64_t thread,
	struct outcome_call then)
{
	cJSON *fields = cJSON_CreateObject();

	add_chat(fields, chat, thread);
	add_text(fields, "action", "typing");
	start_json(t, "sendChatAction", fields, 5 * CLOCK_SECOND, then);
}

void telegram_set_commands(struct telegram *t, const struct telegram_command *commands,
	unsigned count, struct outcome_call then)
{
	cJSON *fields = cJSON_CreateObject();
	cJSON *list = cJSON_AddArrayToObject(fields, "commands");

	for (unsigned i = 0; i < count; i++) {
		cJSON *command = cJSON_CreateObject();

		add_text(command, "command", commands[i].name);
		add_text(command, "description", commands[i].description);
		cJSON_AddItemToArray(list, command);
	}
	start_json(t, "setMyCommands", fields, 30 * CLOCK_SECOND, then);
}

void telegram_get_updates(struct telegram *t, int64_t offset, int timeout_s,
	struct outcome_call then)
{
	static const char *const kinds[] = { "message", "callback_query", "my_chat_member" };
	cJSON *fields = cJSON_CreateObject();
	int64_t seconds = timeout_s < POLL_MAX ? timeout_s : POLL_MAX;

	if (offset)
		add_integer(fields, "offset", offset);
	add_integer(fields, "timeout", seconds);
	/* without this the list of an earlier call stays in force */
	cJSON_AddItemToObject(fields, "allowed_updates", cJSON_CreateStringArray(kinds, 3));
	start_json(t, "getUpdates", fields, (seconds + 15) * CLOCK_SECOND, then);
}

void telegram_delete_webhook(struct telegram *t, struct outcome_call then)
{
	start_json(t, "deleteWebhook", cJSON_CreateObject(), 30 * CLOCK_SECOND, then);
}
