/* llm_error: what an endpoint's error means, and in what words */
#include "net/llm_error.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void llm_error_set(struct llm_error *error, enum llm_error_kind kind, const char *text)
{
	if (error->kind != LLM_NO_ERROR)
		return;
	error->kind = kind;
	str_add(&error->text, text);
}

static const cJSON *member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *text_of(const cJSON *object, const char *name)
{
	const char *text = cJSON_GetStringValue(member(object, name));

	return text ? text : "";
}

struct found {
	const cJSON *object; /* the one with a code or type, if any has */
	const char *message;
	int certain; /* whether it can be nothing but an error */
};

static struct found find_error(const cJSON *json)
{
	const cJSON *root = cJSON_IsArray(json) ? json->child : json;
	const cJSON *error = member(root, "error"), *detail = member(root, "detail");

	if (cJSON_IsString(error))
		return (struct found){ root, error->valuestring, 1 };
	if (cJSON_IsObject(error))
		return (struct found){ error, text_of(error, "message"), 1 };
	if (cJSON_IsArray(detail))
		return (struct found){ root, text_of(detail->child, "msg"), 0 };
	if (cJSON_IsString(detail))
		return (struct found){ root, detail->valuestring, 0 };
	return (struct found){ root, text_of(root, "message"),
		strcmp(text_of(root, "object"), "error") == 0 };
}

static int is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++) {
		if (strcasecmp(word, *words) == 0)
			return 1;
	}
	return 0;
}

static int has_word(const cJSON *error, const char *const *words)
{
	return is_one_of(text_of(error, "code"), words) ||
		is_one_of(text_of(error, "type"), words) ||
		is_one_of(text_of(error, "status"), words);
}

static enum llm_error_kind of_status(long status)
{
	if (status == 408 || status == 409 || status == 425 || status == 429 || status >= 500)
		return LLM_PASSING;
	return LLM_LASTING;
}

/* A code may be a number, also as text, or a word. */
static long code_of(const cJSON *error)
{
	const cJSON *code = member(error, "code");
	double number = cJSON_IsNumber(code) ? code->valuedouble : atof(text_of(error, "code"));

	return number >= 400 && number <= 599 ? (long)number : 0;
}

static enum llm_error_kind judge_error(const cJSON *error, long status)
{
	static const char *const used_up[] = { "insufficient_quota", "billing_not_active",
		"billing_hard_limit_reached", NULL };
	static const char *const passing[] = { "rate_limit_exceeded", "rate_limit_error",
		"overloaded_error", "overloaded", "RESOURCE_EXHAUSTED", "UNAVAILABLE",
		"RateLimitError", "server_overloaded", NULL };
	static const char *const lasting[] = { "invalid_request_error", "authentication_error",
		"permission_error", "not_found_error", "BadRequestError", "NotFoundError",
		"INVALID_ARGUMENT", "invalid_prompt", "context_length_exceeded", "content_filter",
		"exceed_context_size_error", NULL };

	if (has_word(error, used_up))
		return LLM_LASTING;
	if (status == 0)
		status = code_of(error);
	if (status > 0)
		return of_status(status);
	if (has_word(error, passing))
		return LLM_PASSING;
	return has_word(error, lasting) ? LLM_LASTING : LLM_DOUBTFUL;
}

int llm_error_read(struct llm_error *error, const cJSON *json, long status)
{
	struct found found = find_error(json);
	struct str words = { 0 };

	if (status == 0 && !found.certain)
		return 0;
	if (status > 0)
		str_addf(&words, "The model's endpoint answered %ld", status);
	else
		str_add(&words, "The model's endpoint reported an error");
	if (*found.message)
		str_addf(&words, ": %s", found.message);
	llm_error_set(error, judge_error(found.object, status), words.data);
	str_free(&words);
	return 1;
}
