/* bgjob-memory: keep what models remember, and approve their changes */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/access.h"
#include "base/arg.h"
#include "base/die.h"
#include "base/out.h"
#include "base/str.h"
#include "cli/memory_change.h"
#include "cli/memory_command.h"
#include "cli/memory_show.h"
#include "store/own_job.h"
#include "store/task.h"

enum { TITLE = 256, BASE, EDIT, ALL, REASON, JSON, JSONL };

#define USER_OPTION \
	{ \
		'u', "user", "ID", \
			"whose memory (default: in a job $BGJOB_USER, else your login name)" \
	}

static const struct arg_option list_options[] = {
	USER_OPTION,
	{ JSON, "json", NULL, "as a JSON array" },
	{ JSONL, "jsonl", NULL, "as JSON, one object a line" },
	{ 0 },
};

static const struct arg_option show_options[] = {
	USER_OPTION,
	{ JSON, "json", NULL, "as a JSON object" },
	{ 0 },
};

static const struct arg_option set_options[] = {
	USER_OPTION,
	{ TITLE, "title", "TEXT", "its title (default: unchanged; for a new block its label)" },
	{ 0 },
};

static const struct arg_option propose_options[] = {
	USER_OPTION,
	{ TITLE, "title", "TEXT", "its title (default: unchanged; for a new block its label)" },
	{ BASE, "base", "N", "the version to change; 0: a new block (default: the current one)" },
	{ EDIT, "edit", NULL, "the text is a unified diff, as diff -u prints it" },
	{ 0 },
};

static const struct arg_option proposals_options[] = {
	USER_OPTION,
	{ ALL, "all", NULL, "also approved and rejected ones" },
	{ JSON, "json", NULL, "as a JSON array" },
	{ JSONL, "jsonl", NULL, "as JSON, one object a line" },
	{ 0 },
};

static const struct arg_option approve_options[] = { USER_OPTION, { 0 } };

static const struct arg_option reject_options[] = {
	USER_OPTION,
	{ REASON, "reason", "TEXT", "why it is rejected" },
	{ 0 },
};

static const struct arg_option no_options[] = { { 0 } };

static const struct command {
	const char *word, *sentence, *synopsis;
	const struct arg_option *options;
	int least, most; /* operands */
	struct memory_command command;
} commands[] = {
	{ "list", "List the blocks of a user.", "list [-u ID] [--json | --jsonl]", list_options, 0,
		0, { memory_show_list, MEMORY_SHOWS, MEMORY_LABEL } },
	{ "show", "Print a block.", "show LABEL [-u ID] [--json]", show_options, 1, 1,
		{ memory_show_block, MEMORY_SHOWS, MEMORY_LABEL } },
	{ "set", "Write a block and print its version.",
		"set LABEL [--title TEXT] [-u ID] [FILE | -]", set_options, 1, 2,
		{ memory_change_set, MEMORY_WRITES, MEMORY_LABEL } },
	{ "history", "List the versions of a block, or print one.",
		"history LABEL [VERSION] [-u ID] [--json | --jsonl]", list_options, 1, 2,
		{ memory_show_history, MEMORY_SHOWS, MEMORY_LABEL } },
	{ "propose", "Propose a change and print its number.",
		"propose LABEL [--title TEXT] [--base N] [--edit] [-u ID] [FILE | -]",
		propose_options, 1, 2, { memory_change_propose, MEMORY_WRITES, MEMORY_LABEL } },
	{ "proposals", "List pending proposals, or print one.",
		"proposals [--all | ID] [-u ID] [--json | --jsonl]", proposals_options, 0, 1,
		{ memory_show_proposals, MEMORY_SHOWS, MEMORY_PROPOSAL } },
	{ "approve", "Apply a proposal to its block.", "approve ID [-u ID]", approve_options, 1, 1,
		{ memory_change_approve, MEMORY_DECIDES, MEMORY_PROPOSAL } },
	{ "reject", "Reject a proposal.", "reject ID [--reason TEXT] [-u ID]", reject_options, 1, 1,
		{ memory_change_reject, MEMORY_DECIDES, MEMORY_PROPOSAL } },
};

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

static void parse_one(struct memory_request *r, int id)
{
	switch (id) {
	case 'u': r->user = optarg; break;
	case TITLE: r->title = optarg; break;
	case BASE: r->base = arg_number("--base", optarg, 0, INT64_MAX); break;
	case EDIT: r->edit = 1; break;
	case ALL: r->all = 1; break;
	case REASON: r->reason = optarg; break;
	case JSON: r->format = MEMORY_JSON; break;
	default: r->format = MEMORY_JSONL;
	}
}

/* the user, and who asks */
static void settle(struct memory_request *r)
{
	const char *user = getenv("BGJOB_USER");

	r->job = own_job_id();
	if (r->job)
		snprintf(r->by, sizeof(r->by), "job %lld", (long long)r->job);
	else
		snprintf(r->by, sizeof(r->by), "%s", access_owner());
	if (!r->user)
		r->user = r->job && user && *user ? user : access_owner();
	if (!task_user_valid(r->user))
		die_usage("--user: not a user id (1 to 128 bytes without blanks): %s", r->user);
}

static int start(const struct command *c, int argc, char *argv[])
{
	struct memory_request r = { .base = -1 };
	int id;

	arg_command(c->word, c->sentence, c->synopsis, c->options);
	while ((id = arg_next(argc, argv, 0)) >= 0)
		parse_one(&r, id);
	r.names = argv + optind;
	r.count = argc - optind;
	if (r.count < c->least)
		die_usage("%s: which one? (see bgjob-memory %s --help)", c->word, c->word);
	if (r.count > c->most)
		die_usage("%s: too many operands: %s", c->word, r.names[c->most]);
	settle(&r);
	return memory_command_run(&c->command, &r);
}

int main(int argc, char *argv[])
{
	struct str forms = { 0 };
	int chosen = 0, status;

	for (int i = 0; i < COMMANDS; i++)
		str_addf(&forms, "%s%s", i ? "\n" : "", commands[i].synopsis);
	arg_init("bgjob-memory",
		"Keep what models remember, and approve their changes. Each sub-command has "
		"its own help: bgjob-memory propose --help.",
		forms.data, no_options);
	while (arg_next(argc, argv, 1) >= 0)
		;
	if (optind == argc)
		die_usage("no sub-command given (see bgjob-memory --help)");
	while (chosen < COMMANDS && strcmp(commands[chosen].word, argv[optind]) != 0)
		chosen++;
	if (chosen == COMMANDS)
		die_usage("no such sub-command: %s (see bgjob-memory --help)", argv[optind]);
	status = start(&commands[chosen], argc - optind, argv + optind);
	str_free(&forms);
	out_done();
	return status;
}
