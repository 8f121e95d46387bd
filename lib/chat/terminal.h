/* terminal: the chat on a terminal; errors of the store end the program */
#ifndef CHAT_TERMINAL_H
#define CHAT_TERMINAL_H

#include "chat/reply.h"

/* Talk until the end of input or /quit. The store is open. */
void terminal_chat(void);

/* A turn of somebody on this machine; user and target are kept by reference. */
void terminal_turn(struct reply *reply, const char *user, const char *target);

/*
 * Handle a text in a transaction, and do what follows; without a target the
 * answer, waited for as far as it has to be, is printed. interrupt: a
 * descriptor that ends the wait, -1: none.
 */
void terminal_say(struct reply *reply, const char *text, int interrupt);

#endif
