/* handle: what somebody said becomes a command or a workflow */
#include "chat/route.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "access/access.h"
#include "chat/command.h"
#include "chat/commands.h"
#include "chat/ask_model.h"
#include "chat/intent.h"

enum { NAME_CHARACTERS = 40 };

static const char blanks[] = " \t\r\n";

/* "/NAME[@BOT] rest": the name in lower case, cut out of what was said */
struct spoken {
	char *name;
	const char *bot, *rest;
};

static void take_apart(struct spoken *s, const char *text)
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

static int is_for_another_bot(const struct turn *t, const struct spoken *s)
{
	const char *own = access_bot();

	return t->group && s->bot && own && strcasecmp(s->bot, own) != 0;
}

static void say_unknown(struct turn *t, const char *sign, const struct spoken *s)
{
	char *nearest = command_nearest(s->name);

	turn_say_no(t, *sign == '/' ? "Unknown command /" : "No workflow ");
	turn_say_line(t, s->name, strlen(s->name), NAME_CHARACTERS);
	if (nearest)
		turn_say(t, ". Did you mean %s%s?\n", sign, nearest);
	else
		turn_say(t, ". %s\n",
			*sign == '/' ? "/help lists them." : "/workflows lists them.");
	free(nearest);
}

static int start(struct turn *t, const struct spoken *s, int named)
{
	return workflow_named(s->name, strlen(s->name)) &&
		commands_start(t, s->name, s->rest, named);
}

static void do_command(struct turn *t, const char *text)
{
	const struct command *command;
	struct spoken s;

	take_apart(&s, text);
	command = command_find(s.name);
	if (is_for_another_bot(t, &s))
		t->no = 1;
	else if (command)
		command->run(t, s.rest);
	else if (!start(t, &s, 0) && (!t->group || s.bot))
		say_unknown(t, "/", &s);
	free(s.name);
}

static void do_free_text(struct turn *t, const char *text)
{
	struct spoken s;
	char *name;
	int done = 0;

	if (t->group)
		return;
	if (intent_match(text, &name)) {
		take_apart(&s, name + (*name == '/'));
		const struct command *command = *name == '/' ? command_find(s.name) : NULL;

		if (command)
			command->run(t, s.rest);
		done = command || commands_start(t, s.name, text, 0);
		free(s.name);
	}
	if (!done && converse_ready())
		converse_start(t, text);
	else if (!done)
		commands_offer(t);
	free(name);
}

/* #NAME starts a workflow, #42 shows a job; another word with "#" is a word like any */
static void do_hash(struct turn *t, const char *text)
{
	struct spoken s;

	take_apart(&s, text + 1);
	if (*s.name && s.name[strspn(s.name, "0123456789")] == '\0' && !t->group)
		commands_job(t, s.name);
	else if (start(t, &s, 1) || t->group)
		;
	else if (workflow_named(s.name, strlen(s.name)))
		say_unknown(t, "#", &s);
	else
		do_free_text(t, text);
	free(s.name);
}

void handle_text(struct turn *t, const char *name, const char *text)
{
	user_seen(t->user, name, t->now);
	text += strspn(text, blanks);
	if (*text == '/')
		do_command(t, text + 1);
	else if (*text == '#')
		do_hash(t, text);
	else if (*text)
		do_free_text(t, text);
	turn_queue(t);
}
