/* line_history: what was typed before, in the state folder; what cannot be read or kept is left out */
#ifndef CHAT_LINE_HISTORY_H
#define CHAT_LINE_HISTORY_H

#include <histedit.h>

/* Read it into an editor's history. */
void line_history_load(History *list);

/* Add a line to both. */
void line_history_add(History *list, const char *text);

#endif
