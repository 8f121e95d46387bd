/* telegram_token: the form of a bot's token */
#include "net/telegram_token.h"

#include <stdlib.h>
#include <string.h>

enum { BOT_ID_DIGITS = 18 };

int64_t telegram_bot_id(const char *token)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t digits = strspn(token, "0123456789");
	const char *secret = token + digits + 1;

	if (digits == 0 || digits > BOT_ID_DIGITS || token[digits] != ':')
		return -1;
	if (!*secret || secret[strspn(secret, letters)] != '\0')
		return -1;
	return strtoll(token, NULL, 10);
}
