/* target: where a message goes, as text: telegram:CHAT[/THREAD], https://...,
 * mailto:ADDRESS, exec:PROGRAM, tty */
#ifndef STORE_TARGET_H
#define STORE_TARGET_H

#include <stdint.h>

#include "base/str.h"

/* All targets are shorter than this, bytes with the NUL. */
enum { TARGET_SIZE = 2048 };

enum target_kind { TARGET_TELEGRAM, TARGET_WEBHOOK, TARGET_MAIL, TARGET_EXEC, TARGET_TTY };

/*
 * The kind of a target, or -1 if the text is not one. CHAT is a
 * number, negative for groups, or @name; THREAD a number. "tty" is any
 * terminal of the user, "tty:/dev/..." the one that bgjob-submit was called on.
 */
int target_kind(const char *text);

/* The same for text that a person typed: -1 with "not a target (...): TEXT" appended to why. */
int target_check(const char *text, struct str *why);

/* Whether a valid target, or a receiver from target_receiver(), is a Telegram chat. */
int target_is_telegram(const char *target);

/*
 * A target as the caller of this program means it: "tty" becomes the terminal,
 * "exec:./program" a path relative to the current folder. The caller frees it.
 */
char *target_here(const char *target);

/* Append the receiver, which flood gates count by: the target without a thread. */
void target_receiver(const char *target, struct str *receiver);

/* Split a telegram target: *chat is its chat (the caller frees it); returns the thread, 0: none. */
int64_t target_chat(const char *target, char **chat);

#endif
