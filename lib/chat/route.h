/* route: find the command or workflow that a text means; database errors end the program */
#ifndef CHAT_ROUTE_H
#define CHAT_ROUTE_H

#include "chat/reply.h"

enum { ROUTE_TEXT_MAX = 1 << 20 }; /* bytes */

/*
 * Act on a text from an allowed user, put the answer into the reply and, if the reply has a target,
 * into the outbox. name: what they call themselves, NULL: unknown. Inside the caller's transaction;
 * call reply_follow() after the commit.
 */
void route_text(struct reply *reply, const char *name, const char *text);

#endif
