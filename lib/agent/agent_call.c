/* agent_call: carries out what a model calls */
#include "agent/agent_call.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "agent/agent.h"
#include "agent/agent_frame.h"
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/json.h"
#include "base/text.h"
#include "db/db.h"

enum { ARGUMENTS_SHOWN = 300, OUTCOME_SHOWN = 200, FRAME_MAX = TOOL_TEXT_MAX + 1024 };

struct cJSON *agent_call_tools(const struct agent *a)
{
	cJSON *tools = cJSON_CreateArray();

	for (size_t i = 0; i < a->offered_count; i++) {
		cJSON *tool = cJSON_CreateObject(), *function;

		cJSON_AddItemToArray(tools, tool);
		cJSON_AddStringToObject(tool, "type", "function");
		function = cJSON_AddObjectToObject(tool, "function");
		cJSON_AddStringToObject(function, "name", a->offered[i]->name);
		cJSON_AddStringToObject(function, "description", a->offered[i]->description);
		cJSON_AddRawToObject(function, "parameters", a->offered[i]->schema);
	}
	return tools;
}

static const struct tool *find_tool(const struct agent *a, const char *name)
{
	for (size_t i = 0; i < a->offered_count; i++)
		if (strcmp(a->offered[i]->name, name) == 0)
			return a->offered[i];
	return NULL;
}

static void say_unknown(const struct agent *a, struct str *text)
{
	str_add(text, "there is no such tool here");
	for (size_t i = 0; i < a->offered_count; i++)
		str_addf(text, "%s%s", i ? ", " : "; there are: ", a->offered[i]->name);
}

/* 0, or -1: the text says why it was not done */
static int carry_out(struct agent *a, const struct llm_call *call, struct str *text)
{
	const struct tool *tool = find_tool(a, call->name);
	cJSON *arguments, *structured = NULL;
	int status;

	if (!tool) {
		say_unknown(a, text);
		return -1;
	}
	arguments = cJSON_ParseWithOpts(call->arguments, NULL, 1);
	if (!cJSON_IsObject(arguments) && !cJSON_IsNull(arguments)) {
		str_add(text, "the arguments are not a JSON object; nothing was done");
		status = -1;
	} else {
		status = tool_call(tool, &a->context, arguments, text, &structured);
		/*
		 * from now on the model may follow orders in what it has read, so it may start only
		 * workflows that the user named
		 */
		if (a->said && strcmp(tool->name, "run_workflow") != 0)
			a->context.said = a->said;
	}
	cJSON_Delete(arguments);
	cJSON_Delete(structured);
	return status;
}

static void say_call(const struct llm_call *call, int status, const struct str *text)
{
	struct str line = { 0 };

	text_line(&line, call->name, strlen(call->name), 64, TEXT_BYTES);
	str_addc(&line, ' ');
	text_line(&line, call->arguments, strlen(call->arguments), ARGUMENTS_SHOWN, TEXT_BYTES);
	str_addf(&line, " -> %s: ", status == 0 ? "ok" : "error");
	text_line(&line, text->data, text->len, OUTCOME_SHOWN, TEXT_BYTES);
	agent_output_line("%s", line.data);
	str_free(&line);
}

void agent_call(struct agent *a, const struct llm_call *call)
{
	struct str text = { 0 }, framed = { 0 }, attributes = { 0 };
	struct session_message row = { .role = SESSION_TOOL,
		.tool_call_id = call->id,
		.name = call->name };
	cJSON *message = cJSON_CreateObject();
	int status;

	str_add(&text, "");
	status = carry_out(a, call, &text);
	failpoint("agent-called");
	agent_frame_attribute(&attributes, "tool", call->name);
	agent_frame_attribute(&attributes, "outcome", status == 0 ? "ok" : "error");
	agent_frame(&framed, AGENT_FRAME_TOOL, attributes.data, text.data, text.len, FRAME_MAX);
	row.content = framed.data;
	/* synced with the model's next answer; if the machine fails before that, the call reads as interrupted */
	db_begin_light();
	session_append(a->session.id, &row, clock_now());
	db_commit_light();
	failpoint("agent-answered");
	cJSON_AddStringToObject(message, "role", "tool");
	json_add_text(message, "tool_call_id", call->id);
	json_add_text(message, "content", framed.data);
	cJSON_AddItemToArray(a->messages, message);
	say_call(call, status, &text);
	str_free(&text);
	str_free(&framed);
	str_free(&attributes);
}
