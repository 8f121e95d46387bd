/* telegram_token: the form of a bot's token (Bot API, "Authorizing your bot"); no errors.
 * Apart from telegram.h, so that programs that only check a token need not link libcurl. */
#ifndef NET_TELEGRAM_TOKEN_H
#define NET_TELEGRAM_TOKEN_H

#include <stdint.h>

/*
 * The bot's number; -1 if the token is malformed: it is at most 18
 * digits, a colon, [A-Za-z0-9_-]+.
 */
int64_t telegram_bot_id(const char *token);

#endif
