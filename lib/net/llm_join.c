/* llm_join: assembles a streamed answer, whatever server sent it */
#include "net/llm_join.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "net/llm_call.h"
#include "net/sse.h"

enum { BODY_MAX = 16 << 20 }; /* bytes of one answer, all its envelopes included */

struct llm_join {
	struct llm_joined joined;
	void (*text)(void *arg, const char *text, size_t n);
	void *arg;
	struct sse *sse;
	struct str plain; /* the body, if it is not a stream */
	size_t body;      /* bytes so far */
	unsigned begun : 1, is_plain : 1, has_choice : 1;
};

static void take_event(void *arg, const struct sse_event *event);

struct llm_join *llm_join_new(void (*text)(void *arg, const char *text, size_t n), void *arg)
{
	struct llm_join *j = mem_zero(1, sizeof *j);

	j->text = text;
	j->arg = arg;
	j->sse = sse_new(BODY_MAX, take_event, j);
	j->joined.prompt_tokens = j->joined.completion_tokens = j->joined.cost_nano = -1;
	str_add(&j->joined.content.whole, "");
	str_add(&j->joined.finish_reason, "");
	str_add(&j->joined.model, "");
	str_add(&j->joined.error.text, "");
	return j;
}

void llm_join_free(struct llm_join *j)
{
	if (!j)
		return;
	llm_calls_free(&j->joined);
	llm_text_free(&j->joined.content);
	str_free(&j->joined.finish_reason);
	str_free(&j->joined.model);
	str_free(&j->joined.error.text);
	str_free(&j->plain);
	sse_free(j->sse);
	free(j);
}

static const cJSON *member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static void show_added(struct llm_join *j, size_t added)
{
	const struct str *whole = &j->joined.content.whole;

	if (added > 0 && j->text)
		j->text(j->arg, whole->data + whole->len - added, added);
}

static void take_text(struct llm_join *j, const char *text)
{
	show_added(j, llm_text_add(&j->joined.content, text, strlen(text)));
}

/* A string, or an array of parts (Mistral). A refusal comes in its place. */
static void take_content(struct llm_join *j, const cJSON *content)
{
	const cJSON *part;

	if (cJSON_IsString(content))
		take_text(j, content->valuestring);
	if (!cJSON_IsArray(content))
		return;
	cJSON_ArrayForEach(part, content)
	{
		const char *text = cJSON_GetStringValue(member(part, "text"));

		if (text)
			take_text(j, text);
	}
}

static void replace_text(struct str *s, const char *text)
{
	struct llm_text clean = { 0 };

	if (!text || !*text)
		return;
	llm_text_add(&clean, text, strlen(text));
	llm_text_end(&clean);
	str_clear(s);
	str_addn(s, clean.whole.data, clean.whole.len);
	llm_text_free(&clean);
}

static void take_finish(struct llm_join *j, const char *reason)
{
	if (!reason || !*reason)
		return;
	if (strcmp(reason, "error") == 0)
		llm_error_set(&j->joined.error, LLM_DOUBTFUL,
			"The model's endpoint ended its answer with an error");
	replace_text(&j->joined.finish_reason, reason);
	j->joined.complete = 1;
}

static void take_choice(struct llm_join *j, const cJSON *choice)
{
	const cJSON *delta = member(choice, "delta"), *call;

	if (!cJSON_IsObject(delta))
		delta = member(choice, "message");
	j->has_choice = 1;
	llm_error_read(&j->joined.error, choice, 0);
	take_content(j, member(delta, "content"));
	take_content(j, member(delta, "refusal"));
	cJSON_ArrayForEach(call, member(delta, "tool_calls"))
	{
		if (llm_call_add(&j->joined, call) < 0)
			llm_error_set(&j->joined.error, LLM_DOUBTFUL,
				"The model calls too many tools");
	}
	take_finish(j, cJSON_GetStringValue(member(choice, "finish_reason")));
}

/* Of several choices the first: only one was asked for. */
static void take_choices(struct llm_join *j, const cJSON *choices)
{
	const cJSON *choice;

	cJSON_ArrayForEach(choice, choices)
	{
		int64_t index = 0;

		if (json_integer(member(choice, "index"), &index) < 0 || index == 0)
			take_choice(j, choice);
	}
}

static void take_count(const cJSON *usage, const char *name, int64_t *count)
{
	int64_t number;

	if (json_integer(member(usage, name), &number) == 0 && number >= 0)
		*count = number;
}

/* Some repeat it, growing, in each piece: the last counts. */
static void take_usage(struct llm_join *j, const cJSON *usage)
{
	const cJSON *cost = member(usage, "cost");

	take_count(usage, "prompt_tokens", &j->joined.prompt_tokens);
	take_count(usage, "completion_tokens", &j->joined.completion_tokens);
	if (cJSON_IsNumber(cost) && cost->valuedouble >= 0 && cost->valuedouble < 1e6)
		j->joined.cost_nano = (int64_t)(cost->valuedouble * 1e9 + 0.5);
}

static void take_json(struct llm_join *j, const char *text, size_t n)
{
	cJSON *json = llm_json_parse(text, n);

	if (!json) {
		if (!j->joined.complete)
			llm_error_set(&j->joined.error, LLM_DOUBTFUL,
				"The model's endpoint sent something that is not JSON");
		return;
	}
	llm_error_read(&j->joined.error, json, 0);
	replace_text(&j->joined.model, cJSON_GetStringValue(member(json, "model")));
	take_choices(j, member(json, "choices"));
	take_usage(j, member(json, "usage"));
	cJSON_Delete(json);
}

static void take_event(void *arg, const struct sse_event *event)
{
	struct llm_join *j = arg;
	const char *end = event->data + event->size;

	while (end > event->data && strchr(" \t", end[-1]) && end[-1])
		end--;
	if (j->joined.ended || j->joined.error.kind != LLM_NO_ERROR || end == event->data)
		return;
	if (end - event->data == 6 && memcmp(event->data, "[DONE]", 6) == 0) {
		j->joined.complete = j->joined.ended = 1;
		return;
	}
	take_json(j, event->data, event->size);
	if (strcmp(event->type, "error") == 0)
		llm_error_set(&j->joined.error, LLM_DOUBTFUL,
			"The model's endpoint reported an error");
}

/*
 * The first byte that is not blank tells a stream from JSON: no field of a
 * stream starts with a bracket. Returns the number of blanks before it.
 */
static size_t tell_kind(struct llm_join *j, const char *data, size_t n)
{
	size_t i = 0;

	while (i < n && (data[i] == '\n' || data[i] == '\r' || data[i] == ' ' || data[i] == '\t'))
		i++;
	if (i == n)
		return n;
	j->begun = 1;
	j->is_plain = data[i] == '{' || data[i] == '[';
	if (data[i] == '<')
		llm_error_set(&j->joined.error, LLM_DOUBTFUL,
			"The model's endpoint sent a web page: is BGJOB_LLM_URL right?");
	return i;
}

int llm_join_feed(struct llm_join *j, const char *data, size_t n)
{
	j->body += n;
	if (j->body > BODY_MAX)
		llm_error_set(&j->joined.error, LLM_DOUBTFUL,
			"The model's answer is longer than 16 MiB");
	if (j->joined.error.kind != LLM_NO_ERROR)
		return -1;
	if (!j->begun) {
		size_t blanks = tell_kind(j, data, n);

		data += blanks;
		n -= blanks;
	}
	if (j->is_plain)
		str_addn(&j->plain, data, n);
	else
		sse_feed(j->sse, data, n);
	return j->joined.error.kind == LLM_NO_ERROR ? 0 : -1;
}

static void end_plain(struct llm_join *j)
{
	take_json(j, j->plain.data, j->plain.len);
	j->joined.ended = 1;
	if (j->has_choice)
		j->joined.complete = 1;
}

const struct llm_joined *llm_join_end(struct llm_join *j)
{
	if (j->is_plain && !j->joined.ended && j->joined.error.kind == LLM_NO_ERROR)
		end_plain(j);
	else if (!j->is_plain && j->joined.error.kind == LLM_NO_ERROR)
		sse_end(j->sse);
	show_added(j, llm_text_end(&j->joined.content));
	if (!j->joined.complete)
		llm_error_set(&j->joined.error, LLM_DOUBTFUL,
			j->begun ? "The model's answer broke off" : "The model's answer was empty");
	llm_calls_end(&j->joined);
	return &j->joined;
}

const struct llm_joined *llm_join_now(const struct llm_join *j)
{
	return &j->joined;
}
