/* memory_change: what bgjob-memory writes */
#include "cli/memory_change.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/input.h"
#include "base/out.h"
#include "base/str.h"
#include "db/db.h"
#include "store/memory.h"

/* before the store is opened: it may come slowly. NULL: no text was given, only a title. */
static char *read_text(const struct memory_request *r)
{
	enum { MOST = 4 * MEMORY_BODY_MAX }; /* of an edit, too */
	const char *name = r->count > 1 ? r->names[1] : NULL;
	struct str text = { 0 }, why = { 0 };
	int result;

	if (!name && r->title && !r->edit)
		return NULL;
	if (!name)
		die_usage("no text given: name a file, or - for the standard input");
	result = input_file(AT_FDCWD, name, MOST, INPUT_STDIN | INPUT_NUL_REFUSED, &text, &why);
	if (result == INPUT_NOT_OPENED)
		die_usage("cannot open %s: %s", name, why.data);
	if (result == INPUT_NOT_READ)
		die_errno("cannot read %s", name);
	if (result < 0)
		die_usage("%s: %s", name, why.data);
	return str_take(&text);
}

static void check_text(const struct memory_request *r, const char *body)
{
	struct str why = { 0 };

	if (memory_text_valid(r->title, body, &why) < 0)
		die_usage("%s", why.data);
}

/* the text that a block has, where none was given */
static char *current_text(const struct memory_request *r)
{
	struct memory_block block;
	char *body;

	if (memory_get(r->user, r->names[0], &block) < 0)
		die_usage("no block '%s' of %s: give a text too", r->names[0], r->user);
	body = mem_dup(block.body);
	memory_block_free(&block);
	return body;
}

int memory_change_set(const struct memory_request *r)
{
	const char *label = memory_request_label(r);
	char *text = read_text(r);
	int64_t version;

	check_text(r, text ? text : "");
	db_open(DB_WRITE);
	db_begin();
	if (!text)
		text = current_text(r);
	version = memory_set(r->user, label, r->title, text, r->by, clock_now());
	db_commit();
	db_close();
	free(text);
	out_fieldf("%lld", (long long)version);
	out_end();
	return EXIT_DONE;
}

static void print_difference(const struct str *difference)
{
	out_raw(difference->data, difference->len);
}

/* inside the transaction */
static int64_t record_edit(const struct memory_request *r, const char *text, struct str *difference)
{
	struct str body = { 0 }, why = { 0 };
	struct memory_proposal p = { .user = (char *)(uintptr_t)r->user,
		.label = r->names[0],
		.base = r->base,
		.title = (char *)(uintptr_t)r->title,
		.by = (char *)(uintptr_t)r->by,
		.job = r->job };
	char *current = text ? NULL : current_text(r);
	int64_t id;

	str_add(&body, r->edit || !text ? "" : text);
	if (r->edit && memory_edit(r->user, p.label, &p.base, text, &body, &why) < 0)
		die_usage("%s", why.data);
	check_text(r, body.data);
	p.body = current ? current : body.data;
	id = memory_propose(&p, clock_now(), difference);
	free(current);
	str_free(&body);
	return id;
}

int memory_change_propose(const struct memory_request *r)
{
	const char *label = memory_request_label(r);
	char *text = read_text(r);
	struct str difference = { 0 };
	int64_t id;

	db_open(DB_WRITE);
	db_begin();
	str_add(&difference, "");
	id = record_edit(r, text, &difference);
	db_commit();
	db_close();
	free(text);
	switch (id) {
	case MEMORY_SAME: die_no("nothing would change");
	case MEMORY_FULL: die_no("%d proposals for %s wait already", MEMORY_OPEN_MAX, r->user);
	case MEMORY_CHANGED:
		warn("'%s' has another version than %lld; what differs:", label,
			(long long)r->base);
		print_difference(&difference);
		break;
	default: out_fieldf("%lld", (long long)id); out_end();
	}
	str_free(&difference);
	return id < 0 ? EXIT_NO : EXIT_DONE;
}

static int decide_proposal(const struct memory_request *r, int approve)
{
	int64_t id = arg_id_of("proposal", r->names[0]);
	struct str difference = { 0 };
	struct memory_proposal p;
	int result;

	if (db_open(DB_READ) < 0)
		die_usage("no proposal %lld for %s", (long long)id, r->user);
	str_add(&difference, "");
	db_begin();
	memory_request_find(r, id, &p);
	result = approve ? memory_approve(id, r->by, clock_now(), &difference)
			 : memory_reject(id, r->by, r->reason, clock_now());
	db_commit();
	db_close();
	if (result == MEMORY_CHANGED)
		warn("proposal %lld is for version %lld of '%s'; what was changed since:",
			(long long)id, (long long)p.base, p.label);
	else if (result < 0)
		die_no("proposal %lld is %s already", (long long)id, memory_status_name(p.status));
	print_difference(&difference);
	memory_proposal_free(&p);
	str_free(&difference);
	return result < 0 ? EXIT_NO : EXIT_DONE;
}

int memory_change_approve(const struct memory_request *r)
{
	return decide_proposal(r, 1);
}

int memory_change_reject(const struct memory_request *r)
{
	return decide_proposal(r, 0);
}

const char *memory_request_label(const struct memory_request *r)
{
	if (!memory_label_valid(r->names[0]))
		die_usage("not a label (1 to 64 of A-Z a-z 0-9 . _ -): %s", r->names[0]);
	return r->names[0];
}

/* of the user that is meant: a number that was mistyped is rarely another one of theirs */
void memory_request_find(const struct memory_request *r, int64_t id, struct memory_proposal *p)
{
	if (memory_proposal_get(id, p) < 0 || strcmp(p->user, r->user) != 0)
		die_usage("no proposal %lld for %s", (long long)id, r->user);
}
