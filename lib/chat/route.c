/* route: find the command or workflow that a text means */
#include "chat/route.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "access/access.h"
#include "chat/ask_model.h"
#include "chat/command.h"
#include "chat/commands.h"
#include "chat/intent.h"

enum { NAME_CHARACTERS = 40 };

static const char blanks[] = " \t\r\n";

/* "/NAME[@BOT] rest": the name is a copy in lower case */
struct spoken {
	char *name;
	const char *bot, *rest;
};

static void split_spoken(struct spoken *s, const char *text)
{
	size_t n = strcspn(text, blanks);
	char *at;

	s->name = mem_dupn(text, n);
	s->rest = text + n;
	s->rest += strspn(s->rest, blanks);
	at = strchr(s->name, '@');
	if (at)
		*at = '\0';
	s->bot = at ? at + 1 : NULL;
	for (char *c = s->name; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
}

static int is_for_another_bot(const struct reply *reply, const struct spoken *s)
{
	const char *own = access_bot();

	return reply->group && s->bot && own && strcasecmp(s->bot, own) != 0;
}

static void say_unknown(struct reply *reply, const char *sign, const struct spoken *s)
{
	char *nearest = command_nearest(s->name);

	reply_say_no(reply, *sign == '/' ? "Unknown command /" : "No workflow ");
	reply_say_line(reply, s->name, strlen(s->name), NAME_CHARACTERS);
	if (nearest)
		reply_say(reply, ". Did you mean %s%s?\n", sign, nearest);
	else
		reply_say(reply, ". %s\n",
			*sign == '/' ? "/help lists them." : "/workflows lists them.");
	free(nearest);
}

static int start_workflow(struct reply *reply, const struct spoken *s, int named)
{
	return workflow_named(s->name, strlen(s->name)) &&
		commands_start(reply, s->name, s->rest, named);
}

static void do_command(struct reply *reply, const char *text)
{
	const struct command *command;
	struct spoken s;

	split_spoken(&s, text);
	command = command_find(s.name);
	if (is_for_another_bot(reply, &s))
		reply->no = 1;
	else if (command)
		command->run(reply, s.rest);
	else if (!start_workflow(reply, &s, 0) && (!reply->group || s.bot))
		say_unknown(reply, "/", &s);
	free(s.name);
}

static void do_free_text(struct reply *reply, const char *text)
{
	struct spoken s;
	char *name;
	int done = 0;

	if (reply->group)
		return;
	if (intent_match(text, &name)) {
		split_spoken(&s, name + (*name == '/'));
		const struct command *command = *name == '/' ? command_find(s.name) : NULL;

		if (command)
			command->run(reply, s.rest);
		done = command || commands_start(reply, s.name, text, 0);
		free(s.name);
	}
	if (!done && ask_model_ready())
		ask_model_start(reply, text);
	else if (!done)
		commands_offer(reply);
	free(name);
}

/* #NAME starts a workflow, #42 shows a job; any other word with "#" is free text */
static void do_hash(struct reply *reply, const char *text)
{
	struct spoken s;

	split_spoken(&s, text + 1);
	if (*s.name && s.name[strspn(s.name, "0123456789")] == '\0' && !reply->group)
		commands_job(reply, s.name);
	else if (start_workflow(reply, &s, 1) || reply->group)
		;
	else if (workflow_named(s.name, strlen(s.name)))
		say_unknown(reply, "#", &s);
	else
		do_free_text(reply, text);
	free(s.name);
}

void route_text(struct reply *reply, const char *name, const char *text)
{
	user_seen(reply->user, name, reply->now);
	text += strspn(text, blanks);
	if (*text == '/')
		do_command(reply, text + 1);
	else if (*text == '#')
		do_hash(reply, text);
	else if (*text)
		do_free_text(reply, text);
	reply_queue(reply);
}
