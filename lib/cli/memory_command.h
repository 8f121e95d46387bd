/* memory_command: run a sub-command of bgjob-memory, from its operands to its output; returns the
 * exit code; bad operands and database errors end the program */
#ifndef CLI_MEMORY_COMMAND_H
#define CLI_MEMORY_COMMAND_H

#include "cli/memory_request.h"

struct memory_command {
	int (*run)(const struct memory_request *r, struct memory_answer *a);
	enum { MEMORY_SHOWS, MEMORY_DECIDES, MEMORY_WRITES } kind; /* WRITES: it takes a text */
	enum { MEMORY_LABEL, MEMORY_PROPOSAL } operand;
};

/* Read the operands and the text, open the store, run it, in a transaction if it changes something,
 * and print what it answers. */
int memory_command_run(const struct memory_command *c, struct memory_request *r);

#endif
