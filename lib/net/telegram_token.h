/* telegram_token: the form of a bot's token (Bot API, "Authorizing your bot"); no errors.
 * Apart from telegram.h, so that who only looks at a token needs no network library. */
#ifndef NET_TELEGRAM_TOKEN_H
#define NET_TELEGRAM_TOKEN_H

#include <stdint.h>

/*
 * The bot's number; -1 if the token has not the form of one: at most 18
 * digits, a colon, [A-Za-z0-9_-]+.
 */
int64_t telegram_bot_id(const char *token);

#endif
