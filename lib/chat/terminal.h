/* terminal: the chat on a terminal; errors of the store end the program */
#ifndef CHAT_TERMINAL_H
#define CHAT_TERMINAL_H

#include "chat/reply.h"

/* Chat until the end of input or /quit. The store is open. */
void terminal_chat(void);

/* Begin the reply to a user of this machine; user and target are kept by reference. */
void terminal_turn(struct reply *reply, const char *user, const char *target);

/*
 * Handle a text in a transaction, and do what follows. Without a target, wait
 * for the answer as its workflow says, and print it. interrupt: a descriptor
 * that ends the wait when it is readable, -1: none.
 */
void terminal_say(struct reply *reply, const char *text, int interrupt);

#endif
