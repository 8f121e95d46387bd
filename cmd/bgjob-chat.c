/* bgjob-chat: answer chat messages, or chat on a terminal */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/access.h"
#include "access/pair.h"
#include "base/arg.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/input.h"
#include "base/out.h"
#include "base/str.h"
#include "chat/command.h"
#include "chat/inbox_worker.h"
#include "chat/intent.h"
#include "chat/route.h"
#include "chat/terminal.h"
#include "db/db.h"
#include "store/target.h"

enum { INBOX = 256, NOTIFY, PAIR, OPERATOR, CLASSIFY, COMMANDS };

static const struct arg_option options[] = {
	{ INBOX, "inbox", "ID", "handle this stored message and others from its user" },
	{ 'u', "user", "ID", "handle the text on stdin as a message from this user" },
	{ NOTIFY, "notify", "TARGET", "with --user: send the answer and later results there" },
	{ PAIR, "pair", NULL, "print a code; whoever sends it to the bot is let in" },
	{ OPERATOR, "operator", NULL,
		"with --pair: let them in as an operator, who sees all jobs" },
	{ CLASSIFY, "classify", NULL, "print what the text on stdin would start" },
	{ COMMANDS, "commands", NULL, "list the commands and what they do" },
	{ 0 },
};

struct request {
	int mode; /* INBOX, 'u', PAIR, CLASSIFY, COMMANDS; 0: a chat */
	int64_t inbox;
	const char *user, *target;
	enum user_role role; /* for the user who sends the code */
};

static void parse(int argc, char *argv[], struct request *r)
{
	static struct str why; /* static: not a leak when die_usage() exits */
	int id;

	while ((id = arg_next(argc, argv, 0)) >= 0) {
		if (id == INBOX)
			r->inbox = arg_number("--inbox", optarg, 1, INT64_MAX);
		else if (id == 'u')
			r->user = optarg;
		else if (id == NOTIFY)
			r->target = optarg;
		else if (id == OPERATOR)
			r->role = USER_OPERATOR;
		if (id == NOTIFY || id == OPERATOR)
			continue;
		if (r->mode && r->mode != id)
			die_usage("only one of --inbox, --user, --pair, --classify, --commands");
		r->mode = id;
	}
	if (optind < argc)
		die_usage("takes no operands: %s", argv[optind]);
	if (r->user && !*r->user)
		die_usage("--user: empty");
	if (r->target && !r->user)
		die_usage("--notify needs --user");
	if (r->target && target_check(r->target, &why) < 0)
		die_usage("--notify: %s", why.data);
	if (r->role == USER_OPERATOR && r->mode != PAIR)
		die_usage("--operator needs --pair");
}

/* read it before the store is opened, since it may come slowly */
static void read_text(struct str *text)
{
	struct str why = { 0 };
	int result = input_read(STDIN_FILENO, ROUTE_TEXT_MAX, INPUT_NUL_BLANK, text, &why);

	if (result == INPUT_NOT_READ)
		die_errno("cannot read stdin");
	if (result < 0)
		die_usage("the text is %s", why.data);
	while (text->len && strchr("\r\n", text->data[text->len - 1]))
		text->data[--text->len] = '\0';
	if (!text->data[strspn(text->data, " \t\r\n")])
		die_usage("no text on stdin");
}

static int say(const struct request *r)
{
	struct str text = { 0 };
	struct reply reply;
	int status;

	read_text(&text);
	db_open(DB_WRITE);
	terminal_turn(&reply, r->user ? r->user : access_owner(), r->target);
	terminal_say(&reply, text.data, -1);
	status = reply.no && !reply.target ? EXIT_NO : EXIT_DONE;
	reply_free(&reply);
	str_free(&text);
	db_close();
	return status;
}

static int receive(int64_t id)
{
	int status;

	if (db_open(DB_READ) < 0)
		die_usage("no message %lld", (long long)id);
	status = inbox_worker_run(id);
	db_close();
	if (status == INBOX_WORKER_UNKNOWN)
		die_usage("no message %lld", (long long)id);
	return status < 0 ? EXIT_SYSTEM : EXIT_DONE;
}

static int pair(enum user_role role)
{
	char code[PAIR_CODE + 1];

	db_open(DB_WRITE);
	db_begin();
	pair_add(role, clock_now(), code);
	db_commit();
	db_close();
	out_field(code);
	out_end();
	out_flush();
	fprintf(stderr, "Send this to the bot within 10 minutes: /pair %s\n", code);
	return EXIT_DONE;
}

static int classify(void)
{
	struct str text = { 0 };
	char *name = NULL;
	int found;

	read_text(&text);
	found = intent_match(text.data, &name);
	if (found) {
		out_field(name);
		out_end();
	}
	free(name);
	str_free(&text);
	return found ? EXIT_DONE : EXIT_NO;
}

static int commands(void)
{
	size_t count;
	const struct command *table = command_table(&count);

	for (size_t i = 0; i < count; i++) {
		out_field(table[i].name);
		out_field(table[i].description);
		out_end();
	}
	return EXIT_DONE;
}

static int chat(const struct request *r)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return say(r);
	db_open(DB_WRITE);
	terminal_chat();
	db_close();
	return EXIT_DONE;
}

int main(int argc, char *argv[])
{
	struct request r = { .role = USER_USER };
	int status;

	arg_init("bgjob-chat", "Answer chat messages, or chat on a terminal.",
		"\n--inbox ID\n--user ID [--notify TARGET] < TEXT\n--pair [--operator]\n"
		"--classify < TEXT\n--commands",
		options);
	parse(argc, argv, &r);
	switch (r.mode) {
	case INBOX: status = receive(r.inbox); break;
	case 'u': status = say(&r); break;
	case PAIR: status = pair(r.role); break;
	case CLASSIFY: status = classify(); break;
	case COMMANDS: status = commands(); break;
	default: status = chat(&r); break;
	}
	out_done();
	return status;
}
