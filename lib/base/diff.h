/* diff: unified differences between texts (POSIX.1-2017, diff -u); functions return errors */
#ifndef BASE_DIFF_H
#define BASE_DIFF_H

#include <stddef.h>

#include "base/str.h"

/*
 * Append the changes from `before` to `after`, with three lines of context around each and the
 * names in the first two lines; nothing if the texts are equal. It is the shortest script (E.
 * Myers, 1986), unless more than a few hundred lines differ: then everything between the common
 * start and end is replaced.
 */
void diff_make(struct str *out, const char *before_name, const char *before, size_t before_size,
	const char *after_name, const char *after, size_t after_size);

/*
 * Append the text with the changes applied. Nothing is guessed: line numbers,
 * counts, context and removed lines must match exactly. The two lines with
 * names may be missing, and so may the blank of an empty context line. Returns
 * 0, or -1 with nothing appended to out and the reason appended to why ("line 3
 * of the edit: line 7 of the text is different").
 */
int diff_apply(struct str *out, const char *text, size_t n, const char *diff, size_t diff_size,
	struct str *why);

#endif
