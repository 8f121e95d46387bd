/* command: the table of the chat's commands */
#include "chat/command.h"

#include <string.h>

#include "access/pair.h"
#include "base/str.h"
#include "chat/commands.h"
#include "submit/workflow.h"

static void say_help(struct reply *reply, const char *unused);

static void pair(struct reply *reply, const char *argument)
{
	char code[PAIR_CODE + 1];

	if (reply->role == USER_OPERATOR)
		reply_say(reply, "You are already an operator here.\n");
	else if (pair_read(argument, code) < 0)
		reply_say_no(reply, "A code has %d letters and digits. Send /pair CODE.\n",
			PAIR_CODE);
	else if (user_pair(reply->user, code, reply->now) == 1)
		reply_say(reply, "You are now paired. /help shows what you can do.\n");
	else
		reply_say_no(reply, "That code does not work, but you are paired already.\n");
}

static void greet(struct reply *reply, const char *argument)
{
	if (*argument) {
		pair(reply, argument);
		return;
	}
	reply_say(reply,
		"Hello. I run things for you and message you when they are done.\n"
		"/workflows lists what I can run, /help everything else.\n");
}

static const struct command table[] = {
	{ "jobs", "[STATE]", "the latest jobs, or only those running, done, failed ...",
		commands_jobs },
	{ "tasks", NULL, "jobs by state: running, completed, failed", commands_tasks },
	{ "job", "ID", "details of a job", commands_job },
	{ "result", "ID", "its full result", commands_result },
	{ "logs", "ID", "its stderr and why it failed", commands_logs },
	{ "cancel", "ID", "cancel a job", commands_cancel },
	{ "retry", "ID", "run it again", commands_retry },
	{ "status", NULL, "what is running, and whether a runner is up", commands_status },
	{ "run", "NAME TEXT", "start a workflow; /NAME TEXT does the same", commands_run },
	{ "workflows", NULL, "the workflows you can start", commands_workflows },
	{ "memory", "[LABEL]", "what is remembered about you, and proposed changes",
		commands_memory },
	{ "pair", "CODE", "pair with this bot, using a code from bgjob-chat --pair", pair },
	{ "start", NULL, "say hello", greet },
	{ "help", NULL, "this list", say_help },
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

/* the Levenshtein distance: how many letters to insert, delete or replace; both names are short */
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

static void consider_name(const char *name, const char *candidate, unsigned *most,
	const char **best)
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
	unsigned most = n > 3 ? 3 : 2; /* two letters may differ; in a short name one */
	char *result;

	if (n < 2 || n > NAME_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < COUNT; i++)
		consider_name(name, table[i].name, &most, &best);
	workflows = workflow_list(&count);
	for (size_t i = 0; i < count; i++)
		if (!workflows[i].refused)
			consider_name(name, workflows[i].name, &most, &best);
	result = mem_dup(best);
	workflow_list_free(workflows, count);
	return result;
}

static void say_help(struct reply *reply, const char *unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT; i++)
		reply_say(reply, "/%s%s%s — %s\n", table[i].name, table[i].argument ? " " : "",
			table[i].argument ? table[i].argument : "", table[i].description);
	reply_say(reply, "#NAME TEXT — start a workflow in the background\n");
}
