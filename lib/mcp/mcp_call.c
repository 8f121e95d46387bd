#include "mcp/mcp_call.h"

#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "access/access.h"
#include "access/workspace.h"
#include "base/out.h"
#include "db/db.h"
#include "store/own_job.h"

/* by which revisions there is such a method */
enum { MODERN = 1, LEGACY = 2, LAST_LEGACY = 4 };

static const struct method {
	const char *name;
	enum mcp_call_kind kind;
	int eras;
	void (*run)(struct mcp_call *w);
} methods[] = {
	{ "tools/list", MCP_CALL_QUICK, MODERN | LEGACY, mcp_tools_list },
	{ "tools/call", MCP_CALL_QUICK, MODERN | LEGACY, mcp_tools_call },
	{ "tasks/get", MCP_CALL_QUICK, MODERN | LAST_LEGACY, mcp_tasks_get },
	{ "tasks/cancel", MCP_CALL_QUICK, MODERN | LAST_LEGACY, mcp_tasks_cancel },
	{ "tasks/update", MCP_CALL_QUICK, MODERN, mcp_tasks_update },
	{ "tasks/result", MCP_CALL_WAITS, LAST_LEGACY, mcp_tasks_result },
	{ "subscriptions/listen", MCP_CALL_WAITS, MODERN, mcp_follow_tasks },
};

static const struct method *find_method(const struct mcp_request *r)
{
	int era =
		r->modern ? MODERN : LEGACY | (mcp_request_since(r, MCP_LEGACY) ? LAST_LEGACY : 0);

	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (strcmp(methods[i].name, r->message.method) == 0 && (methods[i].eras & era))
			return &methods[i];
	return NULL;
}

enum mcp_call_kind mcp_call_kind(const struct mcp_request *r)
{
	const struct method *method = find_method(r);

	return method ? method->kind : MCP_CALL_NONE;
}

void mcp_call_do(struct mcp_call *w)
{
	find_method(w->request)->run(w);
	db_close();
	_exit(0);
}

/* ---- who asks ---- */

/* what is allocated here lives as long as the process, which ends with its request */
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

/* ---- what is said ---- */

static void write_line(struct mcp_call *w, struct str *line)
{
	str_addc(line, '\n');
	/* nobody wants it any more: this process is about to be told */
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
