/* menu: the commands that Telegram's clients offer for "/" (setMyCommands); no errors */
#ifndef CHAT_MENU_H
#define CHAT_MENU_H

#include "net/outcome.h"

struct telegram;

/* Set the menu to the commands and workflows there are now; Telegram takes at most 100. */
void menu_set(struct telegram *t, struct outcome_call then);

#endif
