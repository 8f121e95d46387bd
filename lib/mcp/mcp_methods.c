/* mcp_methods: the table of methods that need a process of their own */
#include "mcp/mcp_methods.h"

#include <string.h>
#include <unistd.h>

#include "db/db.h"
#include "mcp/mcp_tasks.h"
#include "mcp/mcp_tools.h"

/* the revisions that have a method */
enum { MODERN = 1, LEGACY = 2, LAST_LEGACY = 4 };

static const struct method {
	const char *name;
	enum mcp_method_kind kind;
	int eras;
	void (*run)(struct mcp_call *w);
} methods[] = {
	{ "tools/list", MCP_METHOD_QUICK, MODERN | LEGACY, mcp_tools_list },
	{ "tools/call", MCP_METHOD_QUICK, MODERN | LEGACY, mcp_tools_call },
	{ "tasks/get", MCP_METHOD_QUICK, MODERN | LAST_LEGACY, mcp_tasks_get },
	{ "tasks/cancel", MCP_METHOD_QUICK, MODERN | LAST_LEGACY, mcp_tasks_cancel },
	{ "tasks/update", MCP_METHOD_QUICK, MODERN, mcp_tasks_update },
	{ "tasks/result", MCP_METHOD_WAITS, LAST_LEGACY, mcp_tasks_result },
	{ "subscriptions/listen", MCP_METHOD_WAITS, MODERN, mcp_tasks_listen },
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

enum mcp_method_kind mcp_methods_kind(const struct mcp_request *r)
{
	const struct method *method = find_method(r);

	return method ? method->kind : MCP_METHOD_NONE;
}

void mcp_methods_run(struct mcp_call *w)
{
	find_method(w->request)->run(w);
	db_close();
	_exit(0);
}
