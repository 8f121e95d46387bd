/* bgjob-task: define recurring tasks and inspect their runs */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/out.h"
#include "base/str.h"
#include "cli/task_change.h"
#include "cli/task_command.h"
#include "cli/task_show.h"
#include "task/task_form.h"

enum { READ = 256, JSON, JSONL, CRON, TZ, FROM, BY_NAME };

static const struct arg_option add_options[] = {
	{ BY_NAME, "cron", "EXPR", "at these times: 0 3 * * *, H 4 * * 1-5, @daily" },
	{ BY_NAME + 1, "tz", "ZONE", "the time zone of EXPR (default: the system's)" },
	{ BY_NAME + 2, "every", "DURATION", "at this interval" },
	{ BY_NAME + 3, "idle", "DURATION", "when a user has been silent this long" },
	{ BY_NAME + 4, "cooldown", "DURATION",
		"minimum time between two runs for a user (default: 60m)" },
	{ BY_NAME + 5, "at", "TIME", "once, at this time" },
	{ BY_NAME + 6, "missed", "RULE",
		"what to do about missed times: skip, once or all (default: once)" },
	{ BY_NAME + 7, "grace", "DURATION", "how late a missed time may still run" },
	{ BY_NAME + 8, "overlap", "RULE",
		"while the previous run is unfinished: skip, queue or allow (default: skip)" },
	{ BY_NAME + 9, "disabled", NULL, "do not enable it yet" },
	{ 'u', "user", "ID", "for this user (repeatable)" },
	{ BY_NAME + 10, "users", "FILE", "for the users in FILE, one a line; - reads stdin" },
	{ BY_NAME + 11, "batch", "N", "at most N jobs of a run at once (default: 5)" },
	{ 'c', "shell", "TEXT", "run TEXT with sh -c" },
	{ BY_NAME + 12, "prompt", "FILE", "the prompt of the task; - reads stdin" },
	{ BY_NAME + 13, "tools", "LIST", "tools the agent may call" },
	{ BY_NAME + 14, "memory", "LIST", "labels of memory blocks to give the agent" },
	{ BY_NAME + 15, "max-turns", "N", "how many turns an agent may take (default: 10)" },
	{ BY_NAME + 16, "timeout", "DURATION", "end a job if it runs longer than this" },
	{ 'q', "queue", "NAME", "queue (default: tasks)" },
	{ 'p', "priority", "N", "higher starts first (default: 0)" },
	{ 'C', "directory", "DIR", "where its jobs run (default: here)" },
	{ BY_NAME + 17, "env", "LIST", "variables to pass: ALL, NONE or names (default: ALL)" },
	{ BY_NAME + 18, "notify", "TARGET",
		"who to tell when a run ends; %u is each user (repeatable)" },
	{ BY_NAME + 19, "notify-on", "WHEN",
		"when to tell: done, failed, change, always or never" },
	{ BY_NAME + 20, "alert-after", "N", "alert after N failed runs in a row (default: 3)" },
	{ BY_NAME + 21, "replace", NULL, "replace a task of this name; its history is kept" },
	{ READ, "json", "FILE", "read the definition, a JSON object; - reads stdin" },
	{ 0 },
};

static const struct arg_option list_options[] = {
	{ JSON, "json", NULL, "as a JSON array" },
	{ JSONL, "jsonl", NULL, "as JSON, one object a line" },
	{ 0 },
};

static const struct arg_option show_options[] = {
	{ JSON, "json", NULL, "as a JSON object" },
	{ 0 },
};

static const struct arg_option run_options[] = {
	{ 'u', "user", "ID", "only for this user (repeatable)" },
	{ 0 },
};

static const struct arg_option runs_options[] = {
	{ 'n', "limit", "N", "only the N latest (default: 20)" },
	{ JSON, "json", NULL, "as a JSON array" },
	{ JSONL, "jsonl", NULL, "as JSON, one object a line" },
	{ 0 },
};

static const struct arg_option next_options[] = {
	{ 'n', "limit", "N", "N times per task (default: 5)" },
	{ FROM, "from", "TIME", "times after this one (default: now)" },
	{ CRON, "cron", "EXPR", "times of this expression, not of a task" },
	{ TZ, "tz", "ZONE", "the time zone of EXPR (default: the system's)" },
	{ 0 },
};

static const struct arg_option no_options[] = { { 0 } };

/* ---- add ---- */

static void set(struct task_form *f, int id, const char *value)
{
	for (const struct arg_option *o = add_options; o->name; o++)
		if (o->id == id && task_form_set(f, o->name, value) < 0)
			die_usage("--%s: %s", o->name, f->why.data);
}

/* the name and, after "--", a command: without "--" a second word is a mistake */
static int parse_add(int argc, char *argv[], struct task_form *f, const char **read)
{
	int id, given = 0, named = 0;

	for (;;) {
		int before = optind > 1 ? optind : 1;

		while ((id = arg_next(argc, argv, 1)) >= 0) {
			before = optind;
			given++;
			if (id == READ)
				*read = optarg;
			else
				set(f, id, optarg);
		}
		if (optind == argc || (optind > before && strcmp(argv[optind - 1], "--") == 0))
			break;
		if (named)
			die_usage("the command must come after --: %s", argv[optind]);
		if (task_form_set(f, "name", argv[optind++]) < 0)
			die_usage("%s", f->why.data);
		named = 1;
	}
	for (int i = optind; i < argc; i++)
		task_form_argument(f, argv[i]);
	return given + named + argc - optind;
}

static int add(int argc, char *argv[])
{
	static struct task_form f; /* static: not a leak when die_usage() exits */
	const char *read = NULL;
	int given, status;

	task_form_init(&f);
	given = parse_add(argc, argv, &f, &read);
	if (read && given > 1)
		die_usage("--json cannot be combined with other options: put them in the object");
	if (read && task_form_read(&f, read) < 0)
		die_usage("%s", f.why.data);
	status = task_command_add(&f);
	task_form_free(&f);
	return status;
}

/* ---- the others ---- */

static void add_user(struct task_request *r, char *user)
{
	if (!task_user_valid(user))
		die_usage("--user: not a user id (1 to 128 bytes without blanks): %s", user);
	for (int i = 0; i < r->user_count; i++)
		if (strcmp(r->users[i], user) == 0)
			die_usage("--user: given twice: %s", user);
	r->users = mem_resize(r->users, (size_t)r->user_count + 2, sizeof(*r->users));
	r->users[r->user_count++] = user;
	r->users[r->user_count] = NULL;
}

static void parse_one(struct task_request *r, int id, int64_t most)
{
	switch (id) {
	case JSON: r->format = TASK_JSON; break;
	case JSONL: r->format = TASK_JSONL; break;
	case 'n': r->limit = arg_number("--limit", optarg, 1, most); break;
	case 'u': add_user(r, optarg); break;
	case CRON: r->cron = optarg; break;
	case TZ: r->zone = optarg; break;
	default: r->from = arg_time("--from", optarg);
	}
}

static int show_next(const struct task_request *r, struct task_answer *a)
{
	if (r->zone && !r->cron)
		die_usage("--tz needs --cron");
	if (r->cron && r->count)
		die_usage("either --cron or tasks: %s", r->names[0]);
	return task_show_next(r, a);
}

/* the least and the most operands */
static const struct command {
	const char *word, *sentence, *synopsis;
	const struct arg_option *options;
	int least, most;
	struct task_command command;
} commands[] = {
	{ "add", "Define a task.",
		"add NAME --cron EXPR | --every DURATION | --idle DURATION | --at TIME [options] "
		"[-- COMMAND [ARG...]]\nadd --json FILE",
		add_options, 0, 0, { NULL, TASK_MAKES_STORE, TASK_NAMES } },
	{ "list", "List the tasks.", "list [--json | --jsonl]", list_options, 0, 0,
		{ task_show_list, TASK_SHOWS, TASK_NAMES } },
	{ "show", "Print everything about a task.", "show NAME [--json]", show_options, 1, 1,
		{ task_show_details, TASK_SHOWS, TASK_NAMES } },
	{ "enable", "Enable tasks.", "enable NAME...", no_options, 1, INT32_MAX,
		{ task_change_enable, TASK_CHANGES, TASK_NAMES } },
	{ "disable", "Disable tasks: they start nothing more.", "disable NAME...", no_options, 1,
		INT32_MAX, { task_change_disable, TASK_CHANGES, TASK_NAMES } },
	{ "delete", "Delete tasks; their history is kept.", "delete NAME...", no_options, 1,
		INT32_MAX, { task_change_delete, TASK_CHANGES, TASK_NAMES } },
	{ "run", "Start a run now and print its id.", "run NAME [-u ID]...", run_options, 1, 1,
		{ task_change_run, TASK_CHANGES, TASK_NAMES } },
	{ "runs", "List runs, latest first.", "runs [NAME] [-n N] [--json | --jsonl]", runs_options,
		0, 1, { task_show_runs, TASK_SHOWS, TASK_NAMES } },
	{ "run-show", "Show a run and its users.", "run-show RUN [--json]", show_options, 1, 1,
		{ task_show_run, TASK_SHOWS, TASK_RUN } },
	{ "run-cancel", "Cancel the unfinished jobs of runs.", "run-cancel RUN...", no_options, 1,
		INT32_MAX, { task_change_cancel, TASK_CHANGES, TASK_RUNS } },
	{ "next", "Print upcoming times.",
		"next [NAME...] [-n N] [--from TIME]\nnext --cron EXPR [--tz ZONE] [-n N] [--from TIME]",
		next_options, 0, INT32_MAX, { show_next, TASK_SHOWS, TASK_NAMES } },
	{ "pause", "Pause all tasks.", "pause", no_options, 0, 0,
		{ task_change_pause, TASK_MAKES_STORE, TASK_NAMES } },
	{ "resume", "Resume all tasks.", "resume", no_options, 0, 0,
		{ task_change_resume, TASK_MAKES_STORE, TASK_NAMES } },
};

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

static int start(const struct command *c, int argc, char *argv[])
{
	struct task_request r = { .from = clock_now() };
	int id, status;

	arg_command(c->word, c->sentence, c->synopsis, c->options);
	if (!c->command.run)
		return add(argc, argv);
	while ((id = arg_next(argc, argv, 0)) >= 0)
		parse_one(&r, id, c->command.run == show_next ? TASK_MOST_MOMENTS : INT64_MAX);
	r.names = argv + optind;
	r.count = argc - optind;
	if (r.count < c->least)
		die_usage("%s: which one? (see bgjob-task %s --help)", c->word, c->word);
	if (r.count > c->most)
		die_usage("%s: too many operands: %s", c->word, r.names[c->most]);
	status = task_command_run(&c->command, &r);
	free(r.users);
	return status;
}

int main(int argc, char *argv[])
{
	struct str forms = { 0 };
	int chosen = 0, status;

	for (int i = 0; i < COMMANDS; i++)
		str_addf(&forms, "%s%s", i ? "\n" : "", commands[i].synopsis);
	arg_init("bgjob-task",
		"Define recurring tasks and inspect their runs. Each sub-command has its own "
		"help: bgjob-task add --help.",
		forms.data, no_options);
	while (arg_next(argc, argv, 1) >= 0)
		;
	if (optind == argc)
		die_usage("no sub-command given (see bgjob-task --help)");
	while (chosen < COMMANDS && strcmp(commands[chosen].word, argv[optind]) != 0)
		chosen++;
	if (chosen == COMMANDS)
		die_usage("no such sub-command: %s (see bgjob-task --help)", argv[optind]);
	status = start(&commands[chosen], argc - optind, argv + optind);
	str_free(&forms);
	out_done();
	return status;
}
