/* memory_show: what bgjob-memory prints of blocks, versions and proposals */
#include "cli/memory_show.h"

#include <string.h>

#include "base/die.h"
#include "base/json_rows.h"
#include "base/out.h"
#include "cli/memory_change.h"
#include "show/memory_json.h"
#include "show/memory_text.h"
#include "store/memory.h"

static void block_words(const struct memory_block *b, void *table)
{
	memory_text_block(table, b);
}

static void version_words(const struct memory_block *b, void *table)
{
	memory_text_version(table, b);
}

static void block_json(const struct memory_block *b, void *unused)
{
	(void)unused;
	json_rows_add(memory_json_block(b));
}

static void proposal_words(const struct memory_proposal *p, void *table)
{
	memory_text_proposal(table, p);
}

static void proposal_json(const struct memory_proposal *p, void *unused)
{
	(void)unused;
	json_rows_add(memory_json_proposal(p));
}

static void print_block(const struct memory_block *block, enum memory_format format)
{
	if (format == MEMORY_WORDS) {
		out_raw(block->body, strlen(block->body));
		return;
	}
	json_rows_start(0);
	json_rows_add(memory_json_block(block));
}

static void print_proposal(const struct memory_proposal *p, enum memory_format format)
{
	struct str details = { 0 };

	if (format == MEMORY_WORDS) {
		memory_text_details(&details, p);
		out_raw(details.data, details.len);
	} else {
		json_rows_start(0);
		json_rows_add(memory_json_proposal(p));
	}
	str_free(&details);
}

static int print_nothing(enum memory_format format)
{
	json_rows_start(format == MEMORY_JSON);
	json_rows_end();
	return EXIT_NO;
}

int memory_show_list(const struct memory_request *r, struct memory_answer *a)
{
	struct table *table;
	int64_t count;

	(void)a;
	if (r->no_store)
		return print_nothing(r->format);
	if (r->format == MEMORY_WORDS) {
		table = memory_text_blocks();
		count = memory_list(r->user, block_words, table);
		table_print(table);
	} else {
		json_rows_start(r->format == MEMORY_JSON);
		count = memory_list(r->user, block_json, NULL);
		json_rows_end();
	}
	return count ? EXIT_DONE : EXIT_NO;
}

static int find_block(const struct memory_request *r, struct memory_block *block,
	struct memory_answer *a)
{
	if (!r->no_store && memory_get(r->user, r->label, block) == 0)
		return EXIT_DONE;
	str_addf(&a->why, "no block '%s' of %s", r->label, r->user);
	return EXIT_USAGE;
}

int memory_show_block(const struct memory_request *r, struct memory_answer *a)
{
	struct memory_block block;

	if (find_block(r, &block, a) != EXIT_DONE)
		return EXIT_USAGE;
	print_block(&block, r->format);
	memory_block_free(&block);
	return EXIT_DONE;
}

static void print_history(const struct memory_request *r)
{
	struct table *table;

	if (r->format == MEMORY_WORDS) {
		table = memory_text_versions();
		memory_history(r->user, r->label, version_words, table);
		table_print(table);
	} else {
		json_rows_start(r->format == MEMORY_JSON);
		memory_history(r->user, r->label, block_json, NULL);
		json_rows_end();
	}
}

int memory_show_history(const struct memory_request *r, struct memory_answer *a)
{
	struct memory_block block;

	if (find_block(r, &block, a) != EXIT_DONE)
		return EXIT_USAGE;
	memory_block_free(&block);
	if (!r->id) {
		print_history(r);
		return EXIT_DONE;
	}
	if (memory_get_version(r->user, r->label, r->id, &block) < 0) {
		str_addf(&a->why, "'%s' has no version %lld", r->label, (long long)r->id);
		return EXIT_USAGE;
	}
	print_block(&block, r->format);
	memory_block_free(&block);
	return EXIT_DONE;
}

static int print_proposals(const struct memory_request *r)
{
	int status = r->all ? -1 : MEMORY_PENDING;
	struct table *table;
	int64_t count;

	if (r->format == MEMORY_WORDS) {
		table = memory_text_proposals();
		count = memory_proposals(r->user, status, proposal_words, table);
		table_print(table);
	} else {
		json_rows_start(r->format == MEMORY_JSON);
		count = memory_proposals(r->user, status, proposal_json, NULL);
		json_rows_end();
	}
	return count ? EXIT_DONE : EXIT_NO;
}

int memory_show_proposals(const struct memory_request *r, struct memory_answer *a)
{
	struct memory_proposal p;

	if (!r->id)
		return r->no_store ? print_nothing(r->format) : print_proposals(r);
	if (memory_change_find(r, &p, a) != EXIT_DONE)
		return EXIT_USAGE;
	print_proposal(&p, r->format);
	memory_proposal_free(&p);
	return EXIT_DONE;
}
