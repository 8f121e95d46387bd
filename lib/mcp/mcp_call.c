/* mcp_call: one request of an MCP client being answered, in a process of its own */
#include "mcp/mcp_call.h"

#include <unistd.h>

#include <cjson/cJSON.h>

#include "access/access.h"
#include "access/workspace.h"
#include "base/out.h"
#include "db/db.h"
#include "store/own_job.h"

/* ---- the context ---- */

/* nothing is freed: the process ends with its request */
void mcp_call_open(struct mcp_call *w)
{
	static const char *agent[] = { "--workspace", NULL, NULL };
	const char *user = w->options->user;
	struct job own;
	int64_t job;

	db_open(DB_WRITE);
	job = own_job_get(&own);
	if (!user)
		user = own.user && *own.user ? mem_dup(own.user) : access_owner();
	job_free(&own);
	tool_context_init(&w->context, user, access_local(user));
	tool_context_in_job(&w->context, job);
	w->context.target = w->options->target;
	w->context.stop = w->stop;
	if (w->workspace) {
		agent[1] = w->workspace->path;
		w->context.agent = agent;
	}
	w->context.workspace = w->workspace;
}

/* ---- answers ---- */

static void write_line(struct mcp_call *w, struct str *line)
{
	str_addc(line, '\n');
	/* the parent is gone or has dropped the request: SIGTERM will follow */
	if (out_write_all(w->out, line->data, line->len) < 0)
		_exit(1);
	str_free(line);
}

void mcp_call_answer(struct mcp_call *w, cJSON *result, const char *type)
{
	struct str line = { 0 };

	str_addc(&line, MCP_CALL_ANSWER);
	mcp_request_answer(w->request, &line, result, type);
	write_line(w, &line);
}

void mcp_call_refuse_with(struct mcp_call *w, int code, const char *message, cJSON *data)
{
	struct str line = { 0 };

	str_addc(&line, MCP_CALL_ANSWER);
	mcp_request_refuse(w->request, &line, code, message, data);
	write_line(w, &line);
}

void mcp_call_refuse(struct mcp_call *w, int code, const char *fmt, ...)
{
	struct str text = { 0 };
	va_list args;

	va_start(args, fmt);
	str_addv(&text, fmt, args);
	va_end(args);
	mcp_call_refuse_with(w, code, text.data, NULL);
	str_free(&text);
}

void mcp_call_notify(struct mcp_call *w, const char *method, cJSON *params)
{
	struct str line = { 0 };

	str_addc(&line, MCP_CALL_NOTICE);
	jsonrpc_notification(&line, method, params);
	cJSON_Delete(params);
	write_line(w, &line);
}

cJSON *mcp_call_result(const struct mcp_call *w, int status, const struct str *text,
	cJSON *structured)
{
	cJSON *result = cJSON_CreateObject(), *item = cJSON_CreateObject();

	cJSON_AddStringToObject(item, "type", "text");
	cJSON_AddStringToObject(item, "text", text->data);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(result, "content"), item);
	/*
	 * Claude Code and Codex show a model only the structured result if there is one; the reason
	 * for a failure is in the text
	 */
	if (structured && status == 0 && mcp_request_since(w->request, "2025-06-18"))
		cJSON_AddItemToObject(result, "structuredContent", structured);
	else
		cJSON_Delete(structured);
	cJSON_AddBoolToObject(result, "isError", status < 0);
	return result;
}
