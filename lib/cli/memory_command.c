/* memory_command: run a sub-command of bgjob-memory, from its operands to its output */
#include "cli/memory_command.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/arg.h"
#include "base/die.h"
#include "base/input.h"
#include "base/out.h"
#include "cli/memory_change.h"
#include "db/db.h"
#include "store/memory.h"

/* read it before the store is opened, since it may come slowly. NULL: only a title was given. */
static char *read_text(const struct memory_request *r)
{
	enum { MOST = 4 * MEMORY_BODY_MAX }; /* an edit may be longer than a block */
	const char *name = r->count > 1 ? r->names[1] : NULL;
	static struct str text, why; /* static: not a leak when die_usage() exits */
	int status;

	if (!name && r->title && !r->edit)
		return NULL;
	if (!name)
		die_usage("no text given: name a file, or - for the standard input");
	status = input_file(AT_FDCWD, name, MOST, INPUT_STDIN | INPUT_NUL_REFUSED, &text, &why);
	if (status == INPUT_NOT_OPENED)
		die_usage("cannot open %s: %s", name, why.data);
	if (status == INPUT_NOT_READ)
		die_system("cannot read %s: %s", name, why.data);
	if (status < 0)
		die_usage("%s: %s", name, why.data);
	return str_take(&text);
}

static void take_operands(const struct memory_command *c, struct memory_request *r)
{
	if (!r->count)
		return;
	if (c->operand == MEMORY_PROPOSAL) {
		r->id = arg_id_of("proposal", r->names[0]);
		return;
	}
	if (!memory_label_valid(r->names[0]))
		die_usage("not a label (1 to 64 of A-Z a-z 0-9 . _ -): %s", r->names[0]);
	r->label = r->names[0];
	if (c->kind == MEMORY_SHOWS && r->count > 1)
		r->id = arg_id_of("version", r->names[1]);
}

static int run_change(const struct memory_command *c, struct memory_request *r,
	struct memory_answer *a)
{
	int status;

	r->no_store = db_open(c->kind == MEMORY_WRITES ? DB_WRITE : DB_READ) < 0;
	if (r->no_store)
		return c->run(r, a);
	db_begin();
	status = c->run(r, a);
	if (a->why.len)
		db_rollback();
	else
		db_commit();
	return status;
}

static int write_text(const struct memory_command *c, struct memory_request *r,
	struct memory_answer *a)
{
	char *text = read_text(r);
	int status;

	r->text = text;
	status = memory_change_check(r, a);
	if (status == EXIT_DONE)
		status = run_change(c, r, a);
	r->text = NULL;
	free(text);
	return status;
}

static void print_answer(const struct memory_answer *a)
{
	if (a->why.len)
		warn("%s", a->why.data);
	if (a->difference.len)
		out_raw(a->difference.data, a->difference.len);
	if (a->number) {
		out_fieldf("%lld", (long long)a->number);
		out_end();
	}
}

int memory_command_run(const struct memory_command *c, struct memory_request *r)
{
	struct memory_answer a = { 0 };
	int status;

	take_operands(c, r);
	if (c->kind == MEMORY_WRITES) {
		status = write_text(c, r, &a);
	} else if (c->kind == MEMORY_DECIDES) {
		status = run_change(c, r, &a);
	} else {
		r->no_store = db_open(DB_READ) < 0;
		status = c->run(r, &a);
	}
	db_close();
	print_answer(&a);
	memory_answer_free(&a);
	return status;
}
