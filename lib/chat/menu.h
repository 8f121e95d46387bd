/* menu: the commands that Telegram's clients offer for "/" (setMyCommands); no errors */
#ifndef CHAT_MENU_H
#define CHAT_MENU_H

#include "net/outcome.h"

struct telegram;

/* Set it to the commands and the workflows there are now, at most 100 as Telegram has it. */
void menu_set(struct telegram *t, struct outcome_call then);

#endif
