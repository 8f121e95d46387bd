/* tool_memory: the tools for a user's memory */
#include <string.h>

#include <cjson/cJSON.h>

#include "base/clock.h"
#include "base/diff.h"
#include "base/json.h"
#include "base/utf8.h"
#include "db/db.h"
#include "store/memory.h"
#include "tools/tool_arguments.h"
#include "tools/tool_table.h"
#include "tools/tool_text.h"

/* ---- read_memory_block ---- */

static cJSON *block_object(const struct memory_block *b)
{
	cJSON *object = cJSON_CreateObject();

	json_add_text(object, "label", b->label);
	json_add_text(object, "title", b->title);
	cJSON_AddNumberToObject(object, "version", (double)b->version);
	json_add_time(object, "updated_at", b->updated_at);
	return object;
}

struct listing {
	struct str *text;
	cJSON *blocks;
};

static void list_block(const struct memory_block *b, void *arg)
{
	struct listing *l = arg;

	str_addf(l->text, "%s, version %lld: %s\n", b->label, (long long)b->version, b->title);
	cJSON_AddItemToArray(l->blocks, block_object(b));
}

static int list_blocks(const struct tool_context *c, struct str *text, cJSON **structured)
{
	struct listing l = { .text = text };

	*structured = cJSON_CreateObject();
	l.blocks = cJSON_AddArrayToObject(*structured, "blocks");
	if (memory_list(c->user, list_block, &l) == 0)
		str_add(text, "Nothing is remembered yet.");
	return 0;
}

/* where a page of a text begins, never inside a character */
static size_t page_start(const char *text, size_t n, int64_t page)
{
	size_t at = (size_t)(page - 1) * TOOL_TEXT_PAGE;

	return at >= n ? n : utf8_whole(text, at);
}

static void say_block(const struct memory_block *b, int64_t page, struct str *text, cJSON *object)
{
	size_t n = strlen(b->body), from = page_start(b->body, n, page);
	size_t to = page_start(b->body, n, page + 1);
	int64_t pages = tool_text_pages((int64_t)n);

	str_addf(text, "%s, version %lld: %s\n\n", b->label, (long long)b->version, b->title);
	str_addn(text, b->body + from, to - from);
	if (page < pages)
		str_addf(text, "\n[page %lld of %lld; ask for page %lld to read on]",
			(long long)page, (long long)pages, (long long)page + 1);
	tool_text_member(object, "body", b->body + from, to - from);
	cJSON_AddNumberToObject(object, "page", (double)page);
	cJSON_AddNumberToObject(object, "pages", (double)pages);
}

TOOLS_RUN(read_memory)
{
	const char *label = tool_argument_text(arguments, "label", NULL);
	struct memory_block b;

	if (!label)
		return list_blocks(c, text, structured);
	if (memory_get(c->user, label, &b) < 0)
		return tool_text_refuse(text, "There is no block %s.", label);
	*structured = block_object(&b);
	say_block(&b, tool_argument_integer(arguments, "page", 1), text, *structured);
	memory_block_free(&b);
	return 0;
}

/* ---- propose_memory_edit ---- */

/*
 * apply an edit to the version it was made for, by default (*base < 0) the current one, which *base
 * becomes
 */
static int apply_edit(const struct tool_context *c, const char *label, const char *edit,
	int64_t *base, struct str *body, struct str *why)
{
	struct memory_block b;
	int found = *base < 0 ? memory_get(c->user, label, &b)
			      : memory_get_version(c->user, label, *base, &b);
	int status;

	if (found < 0)
		return tool_text_refuse(why, "There is no block %s with that version.", label);
	*base = b.version;
	status = diff_apply(body, b.body, strlen(b.body), edit, strlen(edit), why);
	memory_block_free(&b);
	return status;
}

static int explain(int64_t refusal, const struct str *difference, struct str *text)
{
	switch (refusal) {
	case MEMORY_SAME: return tool_text_refuse(text, "The block already says that.");
	case MEMORY_FULL:
		return tool_text_refuse(text,
			"Too many proposals are waiting for the user to decide.");
	default: break;
	}
	str_add(text, "The block has changed since. Read it again and make a new proposal.");
	if (difference->len)
		str_addf(text, " What changed:\n%s", difference->data);
	return -1;
}

static int propose(const struct memory_proposal *p, struct str *text, cJSON **structured)
{
	struct str difference = { 0 };
	int64_t id;

	db_begin();
	id = memory_propose(p, clock_now(), &difference);
	db_commit();
	if (id < 0)
		explain(id, &difference, text);
	str_free(&difference);
	if (id < 0)
		return -1;
	str_addf(text, "Proposed as #%lld. Nothing is changed until the user approves it.",
		(long long)id);
	*structured = cJSON_CreateObject();
	cJSON_AddNumberToObject(*structured, "proposal_id", (double)id);
	json_add_text(*structured, "label", p->label);
	cJSON_AddStringToObject(*structured, "status", "pending");
	return 0;
}

TOOLS_RUN(propose_memory)
{
	const char *label = tool_argument_text(arguments, "label", "");
	const char *title = tool_argument_text(arguments, "title", NULL);
	const char *whole = tool_argument_text(arguments, "body", NULL);
	const char *edit = tool_argument_text(arguments, "edit", NULL);
	struct memory_proposal p = { .user = (char *)(uintptr_t)c->user,
		.label = (char *)(uintptr_t)label,
		.base = tool_argument_integer(arguments, "base_version", -1),
		.title = (char *)(uintptr_t)title,
		.job = c->job,
		.session = c->session,
		.by = (char *)(uintptr_t)c->by };
	struct str body = { 0 };
	int status = -1;

	if (!memory_label_valid(label))
		return tool_text_refuse(text,
			"A label consists of A-Z, a-z, 0-9, \".\", \"_\" and \"-\".");
	if (!whole == !edit)
		return tool_text_refuse(text, "Give either body or edit.");
	str_add(&body, whole ? whole : "");
	if (whole || apply_edit(c, label, edit, &p.base, &body, text) == 0) {
		p.body = body.data;
		if (memory_text_valid(title, body.data, text) == 0)
			status = propose(&p, text, structured);
	}
	str_free(&body);
	return status;
}
