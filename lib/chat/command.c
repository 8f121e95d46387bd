/* command: the one table of what can be said to the chat */
#include "chat/command.h"

#include <string.h>

#include "access/pair.h"
#include "base/str.h"
#include "chat/commands.h"
#include "submit/workflow.h"

static void commands_pair(struct reply *reply, const char *argument);
static void commands_greet(struct reply *reply, const char *argument);
static void commands_help(struct reply *reply, const char *argument);

static const struct command table[] = {
	{ "jobs", "[STATE]", "the latest jobs, all or only the running, done, failed ...",
		commands_jobs },
	{ "tasks", NULL, "what runs, what is completed, what failed", commands_tasks },
	{ "job", "ID", "everything about a job", commands_job },
	{ "result", "ID", "its whole result", commands_result },
	{ "logs", "ID", "what it said about itself, and why it failed", commands_logs },
	{ "cancel", "ID", "end a job", commands_cancel },
	{ "retry", "ID", "do it again", commands_retry },
	{ "status", NULL, "how things are", commands_status },
	{ "run", "NAME TEXT", "start a workflow; /NAME TEXT does the same", commands_run },
	{ "workflows", NULL, "what can be started", commands_workflows },
	{ "memory", "[LABEL]", "what is kept about you, and what shall be changed of it",
		commands_memory },
	{ "pair", "CODE", "become known, with a code from bgjob-chat --pair", commands_pair },
	{ "start", NULL, "say hello", commands_greet },
	{ "help", NULL, "this list", commands_help },
};

enum { COUNT = sizeof(table) / sizeof(*table), NAME_MAX_BYTES = 32 };

const struct command *command_table(size_t *count)
{
	*count = COUNT;
	return table;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* how many letters have to be added, left out or replaced (V. Levenshtein, 1965); both are short */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[NAME_MAX_BYTES + 1];
	size_t n = strlen(b);

	for (size_t k = 0; k <= n; k++)
		row[k] = (unsigned)k;
	for (size_t i = 0; a[i]; i++) {
		unsigned corner = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t k = 0; k < n; k++) {
			unsigned above = row[k + 1];

			row[k + 1] = least(above + 1, row[k] + 1, corner + (a[i] != b[k]));
			corner = above;
		}
	}
	return row[n];
}

static void consider(const char *name, const char *candidate, unsigned *most, const char **best)
{
	unsigned d;

	if (strlen(candidate) > NAME_MAX_BYTES)
		return;
	d = distance(name, candidate);
	if (d < *most) {
		*most = d;
		*best = candidate;
	}
}

char *command_nearest(const char *name)
{
	size_t count, n = strlen(name);
	struct workflow *workflows;
	const char *best = NULL;
	unsigned most = n > 3 ? 3 : 2; /* at most two letters, of a short name one */
	char *result;

	if (n < 2 || n > NAME_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < COUNT; i++)
		consider(name, table[i].name, &most, &best);
	workflows = workflow_list(&count);
	for (size_t i = 0; i < count; i++)
		if (!workflows[i].refused)
			consider(name, workflows[i].name, &most, &best);
	result = mem_dup(best);
	workflow_list_free(workflows, count);
	return result;
}

static void commands_help(struct reply *reply, const char *unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT; i++)
		reply_say(reply, "/%s%s%s — %s\n", table[i].name, table[i].argument ? " " : "",
			table[i].argument ? table[i].argument : "", table[i].description);
	reply_say(reply, "#NAME TEXT — start a workflow and go on\n");
}

static void commands_greet(struct reply *reply, const char *argument)
{
	if (*argument) {
		commands_pair(reply, argument);
		return;
	}
	reply_say(reply,
		"Hello. I run things for you and message you when they are done.\n"
		"/workflows shows what I can run, /help everything else.\n");
}

static void commands_pair(struct reply *reply, const char *argument)
{
	char code[PAIR_CODE + 1];

	if (reply->role == USER_OPERATOR)
		reply_say(reply, "You are an operator here already.\n");
	else if (pair_read(argument, code) < 0)
		reply_say_no(reply, "A code has %d letters and digits: /pair CODE.\n", PAIR_CODE);
	else if (user_pair(reply->user, code, reply->now) == 1)
		reply_say(reply, "That was the code. /help shows what you can do.\n");
	else
		reply_say_no(reply, "That code does not work. You are known here anyway.\n");
}
