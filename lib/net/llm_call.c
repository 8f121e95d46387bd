/* llm_call: joins the pieces of tool calls, by index and by id */
#include "net/llm_call.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "net/llm_join.h"

enum { CALLS_MAX = 128 };

struct piece {
	int64_t index;                     /* -1: none */
	const char *id, *name, *arguments; /* "": none */
};

static void scan(struct llm_scan *s, const char *text, size_t n)
{
	for (size_t i = 0; i < n && !s->whole; i++) {
		char c = text[i];

		if (s->escaped)
			s->escaped = 0;
		else if (s->in_string && c == '\\')
			s->escaped = 1;
		else if (c == '"')
			s->in_string = !s->in_string;
		else if (!s->in_string && (c == '{' || c == '['))
			s->depth++;
		else if (!s->in_string && (c == '}' || c == ']') && s->depth > 0)
			s->whole = --s->depth == 0;
	}
}

static int same(const struct str *s, const char *text)
{
	return s->len == strlen(text) && memcmp(s->data, text, s->len) == 0;
}

static struct llm_join_call *last_with_id(struct llm_joined *j, const struct piece *p)
{
	for (size_t i = j->call_count; *p->id && i-- > 0;) {
		struct llm_join_call *call = &j->calls[i];

		if (same(&call->id, p->id) &&
			(p->index < 0 || call->index < 0 || call->index == p->index || !*p->name))
			return call;
	}
	return NULL;
}

/* Without an index a piece belongs to the last call. */
static struct llm_join_call *last_with_index(struct llm_joined *j, const struct piece *p)
{
	for (size_t i = j->call_count; i-- > 0;) {
		if (p->index < 0 || j->calls[i].index == p->index || j->calls[i].index < 0)
			return &j->calls[i];
	}
	return NULL;
}

/* Whether a piece with a call's id or index, or with neither, still begins another call. */
static int begins_another(const struct llm_join_call *call, const struct piece *p)
{
	int other_name = call->name.len > 0 && !same(&call->name, p->name);

	if (!*p->name || call->name.len == 0)
		return 0;
	if (call->scan.whole)
		return other_name || *p->arguments == '{';
	/* with an index it may be the rest of a name that was cut */
	return other_name && p->index < 0 && call->arguments.whole.len == 0;
}

/* Some servers send a whole call once more at the end. */
static int repeats(const struct llm_join_call *call, const struct piece *p)
{
	return call->scan.whole && call->id.len > 0 && same(&call->id, p->id) &&
		same(&call->arguments.whole, p->arguments);
}

static struct llm_join_call *call_of(struct llm_joined *j, const struct piece *p)
{
	struct llm_join_call *call = last_with_id(j, p);

	if (!call) {
		call = last_with_index(j, p);
		/* without a name it is not the first piece: old vLLM gives each piece a new id */
		if (call && *p->id && *p->name && (call->id.len > 0 || p->index < 0))
			call = NULL;
	}
	return call && (repeats(call, p) || !begins_another(call, p)) ? call : NULL;
}

static struct llm_join_call *add_call(struct llm_joined *j)
{
	struct llm_join_call *call;

	if (j->call_count == CALLS_MAX)
		return NULL;
	j->calls = mem_resize(j->calls, j->call_count + 1, sizeof *j->calls);
	call = &j->calls[j->call_count++];
	*call = (struct llm_join_call){ .index = -1 };
	str_add(&call->id, "");
	str_add(&call->name, "");
	str_add(&call->arguments.whole, "");
	return call;
}

static void take_name(struct llm_join_call *call, const char *name)
{
	int begun = call->scan.depth > 0 || call->scan.whole;

	if (call->name.len == 0 || (!begun && !same(&call->name, name)))
		str_add(&call->name, name);
}

static void take_piece(struct llm_join_call *call, const struct piece *p)
{
	if (call->index < 0)
		call->index = p->index;
	if (call->id.len == 0)
		str_add(&call->id, p->id);
	if (repeats(call, p))
		return;
	take_name(call, p->name);
	scan(&call->scan, p->arguments, strlen(p->arguments));
	llm_text_add(&call->arguments, p->arguments, strlen(p->arguments));
}

static const char *text_of(const cJSON *object, const char *name)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));

	return text ? text : "";
}

static char *print(const cJSON *item)
{
	char *text = cJSON_PrintUnformatted(item), *copy;

	if (!text)
		die_system("out of memory");
	copy = mem_dup(text);
	cJSON_free(text);
	return copy;
}

int llm_call_add(struct llm_joined *j, const cJSON *item)
{
	const cJSON *function = cJSON_GetObjectItemCaseSensitive(item, "function");
	const cJSON *arguments = cJSON_GetObjectItemCaseSensitive(function, "arguments");
	const cJSON *extra = cJSON_GetObjectItemCaseSensitive(item, "extra_content");
	/* Ollama's own API and some that copy it send an object instead of text */
	char *printed = cJSON_IsObject(arguments) ? print(arguments) : NULL;
	struct piece p = { -1, text_of(item, "id"), text_of(function, "name"),
		printed ? printed : text_of(function, "arguments") };
	struct llm_join_call *call;

	if (json_integer(cJSON_GetObjectItemCaseSensitive(item, "index"), &p.index) < 0 ||
		p.index < 0)
		p.index = -1;
	call = call_of(j, &p);
	if (!call)
		call = add_call(j);
	if (call) {
		take_piece(call, &p);
		if (cJSON_IsObject(extra) && !call->extra)
			call->extra = print(extra);
	}
	free(printed);
	return call ? 0 : -1;
}

static void make_valid(struct str *s)
{
	struct llm_text clean = { 0 };

	llm_text_add(&clean, s->data, s->len);
	llm_text_end(&clean);
	str_free(s);
	*s = clean.whole;
	str_add(s, "");
}

/* Whether another of the first `count` calls has the id of the one at `place`. */
static int is_taken(const struct llm_joined *j, size_t place, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i != place && same(&j->calls[i].id, j->calls[place].id.data))
			return 1;
	}
	return 0;
}

void llm_calls_end(struct llm_joined *j)
{
	for (size_t i = 0; i < j->call_count; i++) {
		struct llm_join_call *call = &j->calls[i];

		make_valid(&call->id);
		make_valid(&call->name);
		if (call->name.len == 0)
			str_add(&call->name, "unnamed");
		llm_text_end(&call->arguments);
		if (strspn(call->arguments.whole.data, " \t\r\n") == call->arguments.whole.len) {
			str_clear(&call->arguments.whole);
			str_add(&call->arguments.whole, "{}");
		}
	}
	for (size_t i = 0; i < j->call_count; i++) {
		struct str *id = &j->calls[i].id;
		int taken = id->len == 0 || is_taken(j, i, i);

		for (size_t n = i; taken; n++) {
			str_clear(id);
			str_addf(id, "call_%zu", n);
			taken = is_taken(j, i, j->call_count);
		}
	}
}

void llm_calls_free(struct llm_joined *j)
{
	for (size_t i = 0; i < j->call_count; i++) {
		str_free(&j->calls[i].id);
		str_free(&j->calls[i].name);
		llm_text_free(&j->calls[i].arguments);
		free(j->calls[i].extra);
	}
	free(j->calls);
	j->calls = NULL;
	j->call_count = 0;
}
