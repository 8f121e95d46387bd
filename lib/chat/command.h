/* command: the one table of what can be said to the chat; no errors */
#ifndef CHAT_COMMAND_H
#define CHAT_COMMAND_H

#include <stddef.h>

struct reply;

/* A command: name as [a-z]+, argument as shown in the help (NULL: none), one sentence. */
struct command {
	const char *name, *argument, *description;
	void (*run)(struct reply *reply, const char *argument);
};

/* All of them, in the order of the help. */
const struct command *command_table(size_t *count);

/* The one of this name, or NULL. */
const struct command *command_find(const char *name);

/* The command or workflow whose name is most like this one, or NULL; the caller frees it. */
char *command_nearest(const char *name);

#endif
