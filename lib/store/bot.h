/* bot: the Telegram bot whose token is set, the lock of its poller, and the trouble the poller has;
 * needs no network library. Errors of the state folder end the program. */
#ifndef STORE_BOT_H
#define STORE_BOT_H

#include <stdint.h>

#include "base/str.h"

/* The configured token; NULL: none. It must not appear in any message, argument or file. */
const char *bot_token(void);

/* What the inbox calls this bot: "telegram:ID". The caller frees it. */
char *bot_source(int64_t id);

/*
 * Become the only poller of this bot. Returns a descriptor to keep open, or -1 if
 * there is another poller.
 */
int bot_lock(int64_t id);

/* Whether a program polls this bot. */
int bot_polled(int64_t id);

/*
 * Record what keeps the poller from working, and since when; NULL: it works
 * again. Kept in a small file, so that nothing is written while all is well. A
 * failure to write it is a warning.
 */
void bot_set_trouble(int64_t id, const char *text, int64_t now);

/* Append that text. Returns since when, or 0 if there is no trouble. */
int64_t bot_trouble(int64_t id, struct str *text);

#endif
