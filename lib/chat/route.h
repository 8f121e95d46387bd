/* route: what somebody said becomes a command or a workflow; database errors end the program */
#ifndef CHAT_ROUTE_H
#define CHAT_ROUTE_H

#include "chat/reply.h"

enum { ROUTE_TEXT_MAX = 1 << 20 }; /* bytes */

/*
 * Answer a text of somebody who may: do what it says and put the answer into
 * the turn, and into the outbox if that has a target. name: what they call
 * themselves, NULL: unknown. Inside the caller's transaction; reply_follow()
 * belongs behind the commit.
 */
void route_text(struct reply *reply, const char *name, const char *text);

#endif
