/* agent_history: what was said in a session, as messages for a model */
#include "agent/agent_history.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/json.h"
#include "base/text.h"
#include "net/llm.h"
#include "store/session.h"

enum {
	LOOK_BACK = 1000,     /* messages of a conversation; more are not read */
	DIGEST_MESSAGE = 600, /* bytes */
};

struct row {
	enum session_role role;
	char *content, *tool_call_id;
	cJSON *calls; /* an array of at least one, or NULL */
	int64_t tokens;
	int used;
};

struct rows {
	struct row *list;
	size_t count, room;
};

static size_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

static cJSON *parse_calls(const char *text)
{
	cJSON *calls = text ? cJSON_Parse(text) : NULL;

	if (cJSON_GetArraySize(calls) > 0)
		return calls;
	cJSON_Delete(calls);
	return NULL;
}

static void take_message(const struct session_message *m, void *arg)
{
	struct rows *rows = arg;
	struct row *row;

	if (m->role == SESSION_SYSTEM)
		return;
	rows->list = mem_grow(rows->list, rows->count, &rows->room, sizeof(*rows->list));
	row = &rows->list[rows->count++];
	*row = (struct row){ .role = m->role,
		.content = mem_dup(m->content),
		.tool_call_id = mem_dup(m->tool_call_id),
		.calls = m->role == SESSION_ASSISTANT ? parse_calls(m->tool_calls) : NULL };
	row->tokens = llm_tokens(length(m->content) + length(m->tool_calls));
}

static void rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		free(rows->list[i].content);
		free(rows->list[i].tool_call_id);
		cJSON_Delete(rows->list[i].calls);
	}
	free(rows->list);
}

/* ---- how far back ---- */

/* the first message that is sent to the model: one of the user's, at the latest their last */
static size_t first(const struct rows *rows, int64_t tokens)
{
	size_t last = rows->count, start;
	int64_t sum = 0;

	if (tokens < 0)
		return 0;
	while (last > 0 && rows->list[last - 1].role != SESSION_USER)
		last--;
	if (last == 0)
		return 0;
	start = rows->count;
	while (start > 0 && (start >= last || sum + rows->list[start - 1].tokens <= tokens))
		sum += rows->list[--start].tokens;
	while (rows->list[start].role != SESSION_USER)
		start++;
	return start;
}

/* ---- messages ---- */

static cJSON *add_message(cJSON *messages, const char *role, const char *content)
{
	cJSON *message = cJSON_CreateObject();

	cJSON_AddStringToObject(message, "role", role);
	json_add_text(message, "content", content);
	cJSON_AddItemToArray(messages, message);
	return message;
}

static void add_answer(cJSON *messages, const char *id, const char *content)
{
	json_add_text(add_message(messages, "tool", content), "tool_call_id", id);
}

/* the answer to a call of the row at i, before the next calls: some models reuse ids */
static struct row *answer_to(const struct rows *rows, size_t i, const char *id)
{
	for (size_t j = i + 1; j < rows->count && !rows->list[j].calls; j++) {
		struct row *row = &rows->list[j];

		if (row->role == SESSION_TOOL && !row->used && row->tool_call_id &&
			strcmp(row->tool_call_id, id) == 0)
			return row;
	}
	return NULL;
}

static int only_answers_follow(const struct rows *rows, size_t i)
{
	while (++i < rows->count)
		if (rows->list[i].role != SESSION_TOOL)
			return 0;
	return 1;
}

static void add_calls(struct agent_history *h, const struct rows *rows, size_t i)
{
	cJSON *message = add_message(h->messages, "assistant", rows->list[i].content);
	const cJSON *call;

	cJSON_AddItemToObject(message, "tool_calls", cJSON_Duplicate(rows->list[i].calls, 1));
	cJSON_ArrayForEach(call, rows->list[i].calls)
	{
		const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(call, "id"));
		struct row *answer = answer_to(rows, i, id ? id : "");

		if (answer) {
			answer->used = 1;
			add_answer(h->messages, id, answer->content);
			continue;
		}
		add_answer(h->messages, id ? id : "", AGENT_HISTORY_INTERRUPTED);
		if (!id || !only_answers_follow(rows, i))
			continue;
		h->dangling = mem_resize(h->dangling, h->dangling_count + 1, sizeof(char *));
		h->dangling[h->dangling_count++] = mem_dup(id);
	}
}

void agent_history_say(struct cJSON *messages, const char *text)
{
	cJSON *last = cJSON_GetArrayItem(messages, cJSON_GetArraySize(messages) - 1);
	const char *role = cJSON_GetStringValue(cJSON_GetObjectItem(last, "role"));
	struct str both = { 0 };

	if (!role || strcmp(role, "user") != 0) {
		add_message(messages, "user", text);
		return;
	}
	str_addf(&both, "%s\n\n%s", cJSON_GetStringValue(cJSON_GetObjectItem(last, "content")),
		text);
	cJSON_ReplaceItemInObject(last, "content", json_text(both.data));
	str_free(&both);
}

static void add_row(struct agent_history *h, const struct rows *rows, size_t i)
{
	const struct row *row = &rows->list[i];

	if (row->role == SESSION_TOOL)
		return;
	h->open = 1;
	if (row->role == SESSION_USER) {
		free(h->asked);
		h->asked = mem_dup(row->content ? row->content : "");
		agent_history_say(h->messages, h->asked);
	} else if (row->calls) {
		add_calls(h, rows, i);
	} else {
		add_message(h->messages, "assistant", row->content ? row->content : "");
		h->open = 0;
	}
}

void agent_history_load(struct agent_history *h, int64_t session, int64_t tokens)
{
	struct rows rows = { 0 };

	*h = (struct agent_history){ .messages = cJSON_CreateArray() };
	session_messages(session, tokens < 0 ? -1 : LOOK_BACK, take_message, &rows);
	for (size_t i = first(&rows, tokens); i < rows.count; i++)
		add_row(h, &rows, i);
	if (!h->open) {
		free(h->asked);
		h->asked = NULL;
	}
	rows_free(&rows);
}

void agent_history_free(struct agent_history *h)
{
	cJSON_Delete(h->messages);
	free(h->asked);
	while (h->dangling_count)
		free(h->dangling[--h->dangling_count]);
	free(h->dangling);
	*h = (struct agent_history){ 0 };
}

/* ---- as plain lines ---- */

static void add_summary_line(const struct session_message *m, void *arg)
{
	struct str *text = arg;

	if ((m->role != SESSION_USER && m->role != SESSION_ASSISTANT) || !length(m->content))
		return;
	str_addf(text, "%s: ", session_role_name(m->role));
	text_line(text, m->content, strlen(m->content), DIGEST_MESSAGE, TEXT_BYTES);
	str_addc(text, '\n');
}

void agent_history_digest(struct str *text, int64_t session, int64_t messages)
{
	session_messages(session, messages, add_summary_line, text);
}
