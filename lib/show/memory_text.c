/* memory_text: memory blocks and proposals in words: list rows, details */
#include "show/memory_text.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/details.h"
#include "base/out.h"

static void format_time(int64_t ms, char text[CLOCK_TEXT])
{
	if (out_tty())
		clock_format_short(ms, clock_now(), text);
	else
		clock_format_time(ms, text);
}

/* ---- blocks ---- */

struct table *memory_text_blocks(void)
{
	static const struct table_column columns[] = {
		{ "LABEL", TABLE_LEFT },
		{ "VERSION", TABLE_RIGHT },
		{ "UPDATED", TABLE_LEFT },
		{ "BY", TABLE_CUT },
		{ "BYTES", TABLE_RIGHT },
		{ "TITLE", TABLE_CUT_FIRST },
	};

	return table_new(columns, 6);
}

void memory_text_block(struct table *table, const struct memory_block *b)
{
	char version[32], size[32], time[CLOCK_TEXT];

	snprintf(version, sizeof(version), "%lld", (long long)b->version);
	snprintf(size, sizeof(size), "%zu", strlen(b->body));
	format_time(b->updated_at, time);
	const char *fields[] = { b->label, version, time, b->updated_by, size, b->title };
	table_row(table, fields, NULL);
}

struct table *memory_text_versions(void)
{
	static const struct table_column columns[] = {
		{ "VERSION", TABLE_RIGHT },
		{ "WRITTEN", TABLE_LEFT },
		{ "BY", TABLE_CUT },
		{ "PROPOSAL", TABLE_RIGHT },
		{ "BYTES", TABLE_RIGHT },
		{ "TITLE", TABLE_CUT_FIRST },
	};

	return table_new(columns, 6);
}

void memory_text_version(struct table *table, const struct memory_block *b)
{
	char version[32], size[32], proposal[32] = "", time[CLOCK_TEXT];

	snprintf(version, sizeof(version), "%lld", (long long)b->version);
	snprintf(size, sizeof(size), "%zu", strlen(b->body));
	if (b->proposal)
		snprintf(proposal, sizeof(proposal), "%lld", (long long)b->proposal);
	format_time(b->updated_at, time);
	const char *fields[] = { version, time, b->updated_by, proposal, size, b->title };
	table_row(table, fields, NULL);
}

/* ---- proposals ---- */

struct table *memory_text_proposals(void)
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

	return table_new(columns, 7);
}

void memory_text_proposal(struct table *table, const struct memory_proposal *p)
{
	static const char *const colours[] = { "yellow", "green", "red" };
	char id[32], base[32], time[CLOCK_TEXT];

	snprintf(id, sizeof(id), "%lld", (long long)p->id);
	snprintf(base, sizeof(base), "%lld", (long long)p->base);
	format_time(p->created_at, time);
	const char *fields[] = { id, memory_status_name(p->status), p->label, base, time, p->by,
		p->title };
	table_row(table, fields, colours[p->status]);
}

void memory_text_details(struct str *out, const struct memory_proposal *p)
{
	details_add_number(out, "Proposal:", p->id);
	details_add_text(out, "Status:", memory_status_name(p->status));
	details_add_text(out, "User:", p->user);
	details_add_text(out, "Label:", p->label);
	details_add_text(out, "Title:", p->title);
	details_add_number(out, "Base:", p->base);
	details_add_time(out, "Created:", p->created_at);
	details_add_text(out, "By:", p->by);
	if (p->job)
		details_add_number(out, "Job:", p->job);
	details_add_time(out, "Decided:", p->decided_at);
	details_add_text(out, "Decided by:", p->decided_by);
	details_add_text(out, "Reason:", p->reason);
	str_addc(out, '\n');
	memory_difference(p, out);
}
