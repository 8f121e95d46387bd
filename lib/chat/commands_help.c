/* commands_help: /help, /start and /pair */
#include <string.h>

#include "access/pair.h"
#include "chat/command.h"
#include "chat/commands.h"

void commands_help(struct reply *reply, const char *unused)
{
	size_t count;
	const struct command *table = command_table(&count);

	(void)unused;
	for (size_t i = 0; i < count; i++)
		reply_say(reply, "/%s%s%s — %s\n", table[i].name, table[i].argument ? " " : "",
			table[i].argument ? table[i].argument : "", table[i].description);
	reply_say(reply, "#NAME TEXT — start a workflow and go on\n");
}

void commands_greet(struct reply *reply, const char *argument)
{
	if (*argument) {
		commands_pair(reply, argument);
		return;
	}
	reply_say(reply,
		"Hello. I run things for you and message you when they are done.\n"
		"/workflows shows what I can run, /help everything else.\n");
}

void commands_pair(struct reply *reply, const char *argument)
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
