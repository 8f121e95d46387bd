/* command: the table of the chat's commands; no errors */
#ifndef CHAT_COMMAND_H
#define CHAT_COMMAND_H

#include <stddef.h>

struct reply;

/* name is [a-z]+; argument is as shown in the help, NULL: none; description is one phrase. */
struct command {
	const char *name, *argument, *description;
	void (*run)(struct reply *reply, const char *argument);
};

/* All commands, in the order of the help. */
const struct command *command_table(size_t *count);

/* The one of this name, or NULL. */
const struct command *command_find(const char *name);

/* The closest name of a command or workflow, for "Did you mean"; NULL: none is close. The caller frees it. */
char *command_nearest(const char *name);

#endif
