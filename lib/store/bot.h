/* bot: the Telegram bot whose token is set: its form, its poller's lock, and what the poller last met;
 * needs no network library. A state folder that fails ends the program. */
#ifndef STORE_BOT_H
#define STORE_BOT_H

#include <stdint.h>

#include "base/str.h"

/* The token that is set, NULL: none. It appears nowhere: in no message, argument or file. */
const char *bot_token(void);

/* What the inbox calls this bot: "telegram:ID". The caller frees it. */
char *bot_source(int64_t id);

/* Become the one poller of this bot: a descriptor to keep, or -1 if there is another. */
int bot_lock(int64_t id);

/* Whether somebody polls this bot. */
int bot_polled(int64_t id);

/*
 * What keeps a poller from its work, since when; NULL: nothing any more. A
 * small file, since nothing may be written while all is well. Failing to
 * write it is a warning.
 */
void bot_set_trouble(int64_t id, const char *text, int64_t now);

/* Append what it is. Returns since when, or 0 if there is nothing. */
int64_t bot_trouble(int64_t id, struct str *text);

#endif
