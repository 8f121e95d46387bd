/* line: a line typed on a terminal (libedit), with history and completion, while something else may
 * be shown above it; no errors but of the terminal, which end the input */
#ifndef CHAT_LINE_EDITOR_H
#define CHAT_LINE_EDITOR_H

#include "base/str.h"

struct line;

struct line_watch {
	int wake;    /* when it is readable, news is called; -1: once a second */
	int signals; /* a signalfd of INT, TERM and HUP (exec/events.h) */
	/* append what is to be shown, whole lines; nothing: the line is left as it is */
	void (*news)(struct str *text, void *arg);
	void *arg;
};

/* On stdin and stdout. watch must live as long. Free with line_free(). */
struct line *line_new(const struct line_watch *watch);
void line_free(struct line *line);

/* The next line without its end, to be freed by the caller; "" after ^C; NULL at the end of input, or after TERM or HUP. */
char *line_read(struct line *line);

#endif
