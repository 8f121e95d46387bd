/* complete: completions of what was typed in a chat; no errors */
#ifndef CHAT_COMPLETE_H
#define CHAT_COMPLETE_H

#include <stddef.h>

struct complete {
	char **names; /* commands and workflows that begin with what was typed */
	size_t count;
	char *insert; /* what to add: the rest that all names share, with a space if there is only one */
};

/*
 * For the n bytes before the cursor: commands and workflows after "/", workflows after "#" and
 * "/run ". Free with complete_free().
 */
void complete_find(struct complete *c, const char *typed, size_t n);
void complete_free(struct complete *c);

#endif
