/* commands_help: /help, /start and /pair */
#include <string.h>

#include "chat/command.h"
#include "chat/commands.h"
#include "access/pair.h"

void commands_help(struct turn *t, const char *unused)
{
	size_t count;
	const struct command *table = command_table(&count);

	(void)unused;
	for (size_t i = 0; i < count; i++)
		turn_say(t, "/%s%s%s — %s\n", table[i].name, table[i].argument ? " " : "",
			table[i].argument ? table[i].argument : "", table[i].description);
	turn_say(t, "#NAME TEXT — start a workflow and go on\n");
}

void commands_greet(struct turn *t, const char *argument)
{
	if (*argument) {
		commands_pair(t, argument);
		return;
	}
	turn_say(t,
		"Hello. I run things for you and message you when they are done.\n"
		"/workflows shows what I can run, /help everything else.\n");
}

void commands_pair(struct turn *t, const char *argument)
{
	char code[PAIR_CODE + 1];

	if (t->role == USER_OPERATOR)
		turn_say(t, "You are an operator here already.\n");
	else if (pair_read(argument, code) < 0)
		turn_say_no(t, "A code has %d letters and digits: /pair CODE.\n", PAIR_CODE);
	else if (user_pair(t->user, code, t->now) == 1)
		turn_say(t, "That was the code. /help shows what you can do.\n");
	else
		turn_say_no(t, "That code does not work. You are known here anyway.\n");
}
