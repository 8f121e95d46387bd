/* memory_show: what bgjob-memory prints of blocks, versions and proposals */
#include "cli/memory_show.h"

#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/details.h"
#include "base/die.h"
#include "base/json.h"
#include "base/json_rows.h"
#include "base/out.h"
#include "base/table.h"
#include "db/db.h"
#include "store/memory.h"

/* a list being printed: the table, or NULL for JSON */
struct list {
	struct table *table;
	int64_t now;
};

static void start_list(struct list *l, const struct table_column *columns, int count,
	enum memory_format format)
{
	l->now = clock_now();
	l->table = format == MEMORY_WORDS ? table_new(columns, count) : NULL;
	if (!l->table)
		json_rows_start(format == MEMORY_JSON);
}

static void finish_list(const struct list *l)
{
	if (l->table)
		table_print(l->table);
	else
		json_rows_end();
}

static void format_time(const struct list *l, int64_t ms, char text[CLOCK_TEXT])
{
	if (out_tty())
		clock_format_short(ms, l->now, text);
	else
		clock_format_time(ms, text);
}

/* NULL for 0: there is none */
static void add_id(cJSON *object, const char *name, int64_t id)
{
	if (id)
		cJSON_AddNumberToObject(object, name, (double)id);
	else
		cJSON_AddNullToObject(object, name);
}

static void add_block(const struct memory_block *b)
{
	cJSON *object = cJSON_CreateObject();

	json_add_text(object, "user", b->user);
	json_add_text(object, "label", b->label);
	add_id(object, "version", b->version);
	json_add_text(object, "title", b->title);
	json_add_time(object, "updated_at", b->updated_at);
	json_add_text(object, "updated_by", b->updated_by);
	add_id(object, "proposal", b->proposal);
	json_add_text(object, "body", b->body);
	json_rows_add(object);
}

static void list_block(const struct memory_block *b, void *arg)
{
	const struct list *l = arg;
	char version[32], size[32], time[CLOCK_TEXT];

	if (!l->table) {
		add_block(b);
		return;
	}
	snprintf(version, sizeof(version), "%lld", (long long)b->version);
	snprintf(size, sizeof(size), "%zu", strlen(b->body));
	format_time(l, b->updated_at, time);
	const char *fields[] = { b->label, version, time, b->updated_by, size, b->title };
	table_row(l->table, fields, NULL);
}

static int64_t print_list(const char *user, enum memory_format format)
{
	static const struct table_column columns[] = {
		{ "LABEL", TABLE_LEFT },
		{ "VERSION", TABLE_RIGHT },
		{ "UPDATED", TABLE_LEFT },
		{ "BY", TABLE_CUT },
		{ "BYTES", TABLE_RIGHT },
		{ "TITLE", TABLE_CUT_FIRST },
	};
	struct list l;
	int64_t count;

	start_list(&l, columns, 6, format);
	count = memory_list(user, list_block, &l);
	finish_list(&l);
	return count;
}

static void list_version(const struct memory_block *b, void *arg)
{
	const struct list *l = arg;
	char version[32], size[32], proposal[32] = "", time[CLOCK_TEXT];

	if (!l->table) {
		add_block(b);
		return;
	}
	snprintf(version, sizeof(version), "%lld", (long long)b->version);
	snprintf(size, sizeof(size), "%zu", strlen(b->body));
	if (b->proposal)
		snprintf(proposal, sizeof(proposal), "%lld", (long long)b->proposal);
	format_time(l, b->updated_at, time);
	const char *fields[] = { version, time, b->updated_by, proposal, size, b->title };
	table_row(l->table, fields, NULL);
}

static int64_t print_history(const char *user, const char *label, enum memory_format format)
{
	static const struct table_column columns[] = {
		{ "VERSION", TABLE_RIGHT },
		{ "WRITTEN", TABLE_LEFT },
		{ "BY", TABLE_CUT },
		{ "PROPOSAL", TABLE_RIGHT },
		{ "BYTES", TABLE_RIGHT },
		{ "TITLE", TABLE_CUT_FIRST },
	};
	struct list l;
	int64_t count;

	start_list(&l, columns, 6, format);
	count = memory_history(user, label, list_version, &l);
	finish_list(&l);
	return count;
}

static void print_block(const struct memory_block *block, enum memory_format format)
{
	if (format == MEMORY_WORDS) {
		out_raw(block->body, strlen(block->body));
		return;
	}
	json_rows_start(0);
	add_block(block);
}

static void add_proposal(const struct memory_proposal *p)
{
	cJSON *object = cJSON_CreateObject();
	struct str difference = { 0 };

	str_add(&difference, "");
	memory_difference(p, &difference);
	add_id(object, "id", p->id);
	json_add_text(object, "status", memory_status_name(p->status));
	json_add_text(object, "user", p->user);
	json_add_text(object, "label", p->label);
	cJSON_AddNumberToObject(object, "base_version", (double)p->base);
	json_add_text(object, "title", p->title);
	json_add_time(object, "created_at", p->created_at);
	json_add_text(object, "proposed_by", p->by);
	add_id(object, "job", p->job);
	add_id(object, "session", p->session);
	json_add_time(object, "decided_at", p->decided_at);
	json_add_text(object, "decided_by", p->decided_by);
	json_add_text(object, "reason", p->reason);
	json_add_text(object, "body", p->body);
	json_add_text(object, "difference", difference.data);
	json_rows_add(object);
	str_free(&difference);
}

static void list_proposal(const struct memory_proposal *p, void *arg)
{
	static const char *const colours[] = { "yellow", "green", "red" };
	const struct list *l = arg;
	char id[32], base[32], time[CLOCK_TEXT];

	if (!l->table) {
		add_proposal(p);
		return;
	}
	snprintf(id, sizeof(id), "%lld", (long long)p->id);
	snprintf(base, sizeof(base), "%lld", (long long)p->base);
	format_time(l, p->created_at, time);
	const char *fields[] = { id, memory_status_name(p->status), p->label, base, time, p->by,
		p->title };
	table_row(l->table, fields, colours[p->status]);
}

static int64_t print_proposals(const char *user, int status, enum memory_format format)
{
	static const struct table_column columns[] = {
		{ "ID", TABLE_RIGHT },
		{ "STATUS", TABLE_LEFT },
		{ "LABEL", TABLE_LEFT },
		{ "BASE", TABLE_RIGHT },
		{ "CREATED", TABLE_LEFT },
		{ "BY", TABLE_CUT },
		{ "TITLE", TABLE_CUT_FIRST },
	};
	struct list l;
	int64_t count;

	start_list(&l, columns, 7, format);
	count = memory_proposals(user, status, list_proposal, &l);
	finish_list(&l);
	return count;
}

static void print_proposal(const struct memory_proposal *p, enum memory_format format)
{
	struct str difference = { 0 };

	if (format != MEMORY_WORDS) {
		json_rows_start(0);
		add_proposal(p);
		return;
	}
	details_number("Proposal:", p->id);
	details_text("Status:", memory_status_name(p->status));
	details_text("User:", p->user);
	details_text("Label:", p->label);
	details_text("Title:", p->title);
	details_number("Base:", p->base);
	details_time("Created:", p->created_at);
	details_text("By:", p->by);
	if (p->job)
		details_number("Job:", p->job);
	details_time("Decided:", p->decided_at);
	details_text("Decided by:", p->decided_by);
	details_text("Reason:", p->reason);
	str_add(&difference, "\n");
	memory_difference(p, &difference);
	out_raw(difference.data, difference.len);
	str_free(&difference);
}

/* ---- what is asked for ---- */

static int nothing(const struct memory_request *r)
{
	json_rows_start(r->format == MEMORY_JSON);
	json_rows_end();
	return EXIT_NO;
}

int memory_show_list(const struct memory_request *r)
{
	int64_t count;

	if (db_open(DB_READ) < 0)
		return nothing(r);
	count = print_list(r->user, r->format);
	db_close();
	return count ? EXIT_DONE : EXIT_NO;
}

int memory_show_block(const struct memory_request *r)
{
	const char *label = memory_request_label(r);
	struct memory_block block;

	if (db_open(DB_READ) < 0 || memory_get(r->user, label, &block) < 0)
		die_usage("no block '%s' of %s", label, r->user);
	print_block(&block, r->format);
	memory_block_free(&block);
	db_close();
	return EXIT_DONE;
}

int memory_show_history(const struct memory_request *r)
{
	const char *label = memory_request_label(r);
	int64_t version = r->count > 1 ? arg_id_of("version", r->names[1]) : 0;
	struct memory_block block;

	if (db_open(DB_READ) < 0 || memory_get(r->user, label, &block) < 0)
		die_usage("no block '%s' of %s", label, r->user);
	memory_block_free(&block);
	if (!version) {
		print_history(r->user, label, r->format);
	} else {
		if (memory_get_version(r->user, label, version, &block) < 0)
			die_usage("'%s' has no version %lld", label, (long long)version);
		print_block(&block, r->format);
		memory_block_free(&block);
	}
	db_close();
	return EXIT_DONE;
}

int memory_show_proposals(const struct memory_request *r)
{
	int64_t id = r->count ? arg_id_of("proposal", r->names[0]) : 0, count = 1;
	struct memory_proposal p;

	if (db_open(DB_READ) < 0) {
		if (id)
			die_usage("no proposal %lld for %s", (long long)id, r->user);
		return nothing(r);
	}
	if (id) {
		memory_request_find(r, id, &p);
		print_proposal(&p, r->format);
		memory_proposal_free(&p);
	} else {
		count = print_proposals(r->user, r->all ? -1 : MEMORY_PENDING, r->format);
	}
	db_close();
	return count ? EXIT_DONE : EXIT_NO;
}
