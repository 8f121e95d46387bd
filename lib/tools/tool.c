/* tool: what a model may call, for the agent and the MCP server */
#include "tools/tool.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/text.h"
#include "base/utf8.h"
#include "run/cancel.h"
#include "tools/tool_arguments.h"
#include "tools/tool_table.h"

#define BLANKS ", \t\n"

static const struct tool *find_tool_by_name(const char *name, size_t n)
{
	size_t count;
	const struct tool *table = tool_table(&count);

	for (size_t i = 0; i < count; i++)
		if (strlen(table[i].name) == n && memcmp(table[i].name, name, n) == 0)
			return &table[i];
	return NULL;
}

const struct tool *tool_find(const char *name)
{
	return find_tool_by_name(name, strlen(name));
}

/* why the tool is not offered, or NULL */
static const char *missing(const struct tool *tool, const struct tool_context *c)
{
	if ((tool->needs & TOOL_NEEDS_WORKSPACE) && !c->workspace)
		return "there is no workspace here";
	if ((tool->needs & TOOL_NEEDS_CONVERSATION) && c->depth > 0)
		return "a background job cannot start others";
	if ((tool->needs & TOOL_NEEDS_JOB) && (!c->job || c->depth == 0))
		return "this is not a background job";
	return NULL;
}

/* whether the name is in a list with commas or blanks */
static int is_named(const char *names, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = names + strspn(names, BLANKS); *at; at += strspn(at, BLANKS)) {
		size_t n = strcspn(at, BLANKS);

		if (n == length && memcmp(at, name, n) == 0)
			return 1;
		at += n;
	}
	return 0;
}

/* 0, or -1 if no tool has one of the names */
static int check_names(const char *names, struct str *why)
{
	for (const char *at = names + strspn(names, BLANKS); *at; at += strspn(at, BLANKS)) {
		size_t n = strcspn(at, BLANKS);

		if (!find_tool_by_name(at, n)) {
			str_add(why, "no such tool: ");
			str_escape(why, at, n);
			return -1;
		}
		at += n;
	}
	return 0;
}

const struct tool **tool_list(const char *names, const struct tool_context *c, size_t *count,
	struct str *why)
{
	size_t all;
	const struct tool *table = tool_table(&all), **list;

	*count = 0;
	if (names && check_names(names, why) < 0)
		return NULL;
	list = mem_zero(all, sizeof(struct tool *));
	for (size_t i = 0; i < all; i++)
		if ((!names || is_named(names, table[i].name)) && !missing(&table[i], c))
			list[(*count)++] = &table[i];
	return list;
}

/* clean the text and cut it to size, whatever the tool wrote */
static void finish_text(struct str *text)
{
	static const char note[] = "\n[cut: there is more]";
	struct str clean = { 0 };
	size_t n;

	str_add(&clean, "");
	text_clean(&clean, text->data, text->len);
	n = clean.len;
	if (n > TOOL_TEXT_MAX)
		n = utf8_whole(clean.data, TOOL_TEXT_MAX - (sizeof(note) - 1));
	str_clear(text);
	str_addn(text, clean.data, n);
	str_add(text, n < clean.len ? note : "");
	str_free(&clean);
}

int tool_call(const struct tool *tool, struct tool_context *c, const cJSON *arguments,
	struct str *text, cJSON **structured)
{
	const char *reason = missing(tool, c);
	const char *by = c->by;
	char *asker = NULL;
	cJSON *empty = NULL;
	int status = -1;

	str_clear(text);
	str_add(text, "");
	*structured = NULL;
	if (!arguments || cJSON_IsNull(arguments))
		arguments = empty = cJSON_CreateObject();
	if (!c->by)
		c->by = asker = cancel_asker(c->user);
	if (reason)
		str_addf(text, "%s cannot be used: %s", tool->name, reason);
	else if (tool_arguments_check(tool->schema, arguments, text) == 0)
		status = tool->run(c, arguments, text, structured);
	c->by = by;
	free(asker);
	cJSON_Delete(empty);
	finish_text(text);
	return status;
}
