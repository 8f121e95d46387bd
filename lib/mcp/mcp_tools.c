/* mcp_tools: the methods tools/list and tools/call */
#include "mcp/mcp_tools.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/die.h"
#include "mcp/mcp_tasks.h"
#include "store/own_job.h"

/* ms for which a client may cache the list, which changes only with this program */
enum { FRESH = 300000 };

static int starts_jobs(const struct tool *tool)
{
	return (tool->needs & TOOL_NEEDS_CONVERSATION) != 0;
}

static cJSON *describe_tool(const struct mcp_call *w, const struct tool *tool)
{
	cJSON *object = cJSON_CreateObject(), *hints;

	cJSON_AddStringToObject(object, "name", tool->name);
	cJSON_AddStringToObject(object, "description", tool->description);
	cJSON_AddRawToObject(object, "inputSchema", tool->schema);
	if (mcp_request_since(w->request, "2025-03-26")) {
		hints = cJSON_AddObjectToObject(object, "annotations");
		cJSON_AddBoolToObject(hints, "readOnlyHint", tool->annotations & TOOL_READ_ONLY);
		cJSON_AddBoolToObject(hints, "destructiveHint",
			tool->annotations & TOOL_DESTRUCTIVE);
		cJSON_AddBoolToObject(hints, "idempotentHint", tool->annotations & TOOL_IDEMPOTENT);
		cJSON_AddBoolToObject(hints, "openWorldHint", tool->annotations & TOOL_OPEN_WORLD);
	}
	/* specification/2025-11-25/basic/utilities/tasks: "Tool-Level Negotiation" */
	if (starts_jobs(tool) && strcmp(w->request->version, MCP_LEGACY) == 0)
		cJSON_AddStringToObject(cJSON_AddObjectToObject(object, "execution"), "taskSupport",
			"optional");
	return object;
}

static const struct tool **offered(const struct mcp_call *w, size_t *count)
{
	struct str why = { 0 };
	const struct tool **list = tool_list(w->options->tools, &w->context, count, &why);

	if (!list)
		die_usage("--tools: %s", why.data);
	return list;
}

void mcp_tools_list(struct mcp_call *w)
{
	cJSON *result = cJSON_CreateObject();
	cJSON *tools = cJSON_AddArrayToObject(result, "tools");
	const struct tool **list;
	size_t count;

	if (mcp_request_text(w->request, "cursor")) {
		cJSON_Delete(result);
		mcp_call_refuse(w, JSONRPC_PARAMS, "no such cursor");
		return;
	}
	/* the list depends on the store only inside a job */
	tool_context_init(&w->context, "", USER_USER);
	w->context.workspace = w->workspace;
	if (own_job_id())
		mcp_call_open(w);
	list = offered(w, &count);
	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(tools, describe_tool(w, list[i]));
	free(list);
	if (w->request->modern) {
		cJSON_AddNumberToObject(result, "ttlMs", FRESH);
		cJSON_AddStringToObject(result, "cacheScope", "private");
	}
	mcp_call_answer(w, result, "complete");
}

static const struct tool *find_tool_named(const struct mcp_call *w, const char *name)
{
	const struct tool **list, *tool = NULL;
	size_t count;

	list = offered(w, &count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i]->name, name) == 0)
			tool = list[i];
	free(list);
	return tool;
}

/* in 2025-11-25 the request asks for a task; since then the server decides */
static int wants_task(const struct mcp_call *w)
{
	return strcmp(w->request->version, MCP_LEGACY) == 0 &&
		cJSON_IsObject(
			cJSON_GetObjectItemCaseSensitive(w->request->message.params, "task"));
}

static void call(struct mcp_call *w, const struct tool *tool, const cJSON *arguments)
{
	struct str text = { 0 };
	cJSON *structured = NULL;
	int status = tool_call(tool, &w->context, arguments, &text, &structured);
	const cJSON *job = cJSON_GetObjectItemCaseSensitive(structured, "job_id");

	if (status == 0 && job && starts_jobs(tool) && (wants_task(w) || w->request->tasks)) {
		mcp_tasks_started(w, (int64_t)job->valuedouble);
		cJSON_Delete(structured);
	} else if (wants_task(w)) {
		mcp_call_refuse(w, JSONRPC_PARAMS, "%s", text.data);
		cJSON_Delete(structured);
	} else {
		mcp_call_answer(w, mcp_call_result(w, status, &text, structured), "complete");
	}
	str_free(&text);
}

void mcp_tools_call(struct mcp_call *w)
{
	const cJSON *arguments =
		cJSON_GetObjectItemCaseSensitive(w->request->message.params, "arguments");
	const char *name = mcp_request_text(w->request, "name");
	const struct tool *tool;

	if (!name || (arguments && !cJSON_IsObject(arguments))) {
		mcp_call_refuse(w, JSONRPC_PARAMS,
			name ? "arguments is not an object" : "name is missing");
		return;
	}
	mcp_call_open(w);
	tool = find_tool_named(w, name);
	if (!tool)
		mcp_call_refuse(w, JSONRPC_PARAMS, "Unknown tool: %.100s", name);
	else if (wants_task(w) && !starts_jobs(tool))
		mcp_call_refuse(w, JSONRPC_NO_METHOD, "%s does not run as a task", name);
	else
		call(w, tool, arguments);
}
