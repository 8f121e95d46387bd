/* telegram_intake: store updates of the Bot API in the inbox, and offer them to be handled, a line each;
 * for a service: if the store fails, returns -1 and db_error() says why */
#ifndef CHAT_TELEGRAM_INTAKE_H
#define CHAT_TELEGRAM_INTAKE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct telegram_intake {
	int count;  /* updates in the answer; one without a number cannot be stored or confirmed */
	int stored; /* how many of them are new */
	int64_t next; /* the offset that confirms them; 0: there is nothing to confirm */
};

/*
 * Store the updates of an answer (the JSON array of getUpdates, n bytes) that
 * are not yet in the inbox, in one transaction, as messages of `source`. After
 * the commit, append a line "INBOX<TAB>USER<TAB>CHAT\n" for each. Returns 0, or
 * -1: nothing was stored, and nothing may be confirmed.
 *
 * USER is the sender's number; empty for a message sent in the name of a chat
 * (sender_chat: channels, anonymous administrators), whose sender is unknown.
 * CHAT is the target that an answer goes to, telegram:CHAT[/THREAD], or empty.
 */
int telegram_intake_store(const char *source, const char *json, size_t n, struct str *lines,
	struct telegram_intake *result);

/*
 * Append the lines of messages that are not handled and were last offered more
 * than `pause` ms ago, which doubles with each try; 0: of all that wait.
 * Returns how many wait, or -1: nothing was appended.
 */
int64_t telegram_intake_offer(int64_t pause, struct str *lines);

#endif
