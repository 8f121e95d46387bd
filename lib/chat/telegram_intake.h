/* telegram_intake: updates of the Bot API into the inbox, and the lines that offer them to be handled;
 * for a service: a store that fails returns -1, db_error() says why */
#ifndef CHAT_TELEGRAM_INTAKE_H
#define CHAT_TELEGRAM_INTAKE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct telegram_intake {
	int count;  /* updates in the answer; one without a number cannot be stored or confirmed */
	int stored; /* of these: new */
	int64_t next; /* the offset that confirms them; 0: there is nothing to confirm */
};

/*
 * Store the updates of an answer (the JSON array of getUpdates, n bytes) that
 * the inbox has not yet, in one transaction, as messages of `source`. When it
 * is committed, append a line "INBOX<TAB>USER<TAB>CHAT\n" for each. Returns 0,
 * or -1: nothing is stored, and nothing may be confirmed.
 *
 * USER is the sender's number; empty for a message sent in the name of a chat
 * (sender_chat: channels, anonymous administrators), whose sender nobody knows.
 * CHAT is the target that an answer goes to, telegram:CHAT[/THREAD], or empty.
 */
int telegram_intake_store(const char *source, const char *json, size_t n, struct str *lines,
	struct telegram_intake *result);

/*
 * Append lines of those that are not handled and were offered longer than
 * `pause` ago (ms), twice that after the second try and so on; 0: of all.
 * Returns how many wait, or -1: nothing was appended.
 */
int64_t telegram_intake_offer(int64_t pause, struct str *lines);

#endif
