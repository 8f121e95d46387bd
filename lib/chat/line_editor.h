/* line_editor: edit a line on a terminal (libedit), with history and completion, while news may appear
 * above it; errors of the terminal end the input */
#ifndef CHAT_LINE_EDITOR_H
#define CHAT_LINE_EDITOR_H

#include "base/str.h"

struct line_editor;

struct line_editor_watch {
	int wake;    /* when it is readable, news() is called; -1: once a second */
	int signals; /* a signalfd of INT, TERM and HUP (service/events.h) */
	/* append whole lines to show; if there are none, the typed line is not redrawn */
	void (*news)(struct str *text, void *arg);
	void *arg;
};

/* On stdin and stdout. watch must live as long. Free with line_editor_free(). */
struct line_editor *line_editor_new(const struct line_editor_watch *watch);
void line_editor_free(struct line_editor *line);

/* The next line without its end, to be freed by the caller; "" after ^C; NULL at the end of input, or after TERM or HUP. */
char *line_editor_read(struct line_editor *line);

#endif
