/* intent: which workflow or command a free text means; no errors, bad lines are reported */
#ifndef CHAT_INTENT_H
#define CHAT_INTENT_H

#include "base/str.h"

enum { INTENT_TEXT_MAX = 4096 }; /* how many bytes of a message are matched */

/*
 * The rules: config_folder()/intents or, where that is not there, paths_share()/intents. Lines are
 * NAME<TAB>EXPRESSION; "#" begins a comment line. NAME is a workflow's name or "/" and a command
 * with its arguments; EXPRESSION is a POSIX extended regular expression (regcomp(3)), which ignores
 * case and may not have back-references, since matching one can take for ever. A file that others
 * may write (trust_open()) is refused as a whole: then there are no rules.
 */
struct intents;

/*
 * Read the rules. Problems are appended to `problems` (may be NULL), a line each, "FILE:LINE: REASON"
 * or "FILE: REASON"; the good lines are used. Never returns NULL; free with intents_free().
 */
struct intents *intents_load(struct str *problems);

/*
 * The NAME of the first line whose expression matches the text, or NULL. It matches the first
 * INTENT_TEXT_MAX bytes, cleaned (base/text.h) and trimmed, as UTF-8 where the C.UTF-8 locale
 * exists. The name belongs to the rules.
 */
const char *intents_match(const struct intents *intents, const char *text);

void intents_free(struct intents *intents); /* legal on NULL */

/*
 * Load, match and free in one call, for one message. Returns 1 with *name, which the caller frees;
 * 0 with *name NULL if nothing matches.
 */
int intent_match(const char *text, char **name);

#endif
