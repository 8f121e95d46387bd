/* diff: unified differences between texts (POSIX.1-2017, diff -u); functions return errors */
#ifndef BASE_DIFF_H
#define BASE_DIFF_H

#include <stddef.h>

#include "base/str.h"

/*
 * Append what makes `after` from `before`, with three lines of context around
 * each change and the names in its first two lines; nothing if they are the
 * same. The shortest script (E. Myers, 1986), unless the texts differ in more
 * than some hundred lines: then all between their common beginning and end is
 * replaced.
 */
void diff_make(struct str *out, const char *before_name, const char *before, size_t before_size,
	const char *after_name, const char *after, size_t after_size);

/*
 * Append what the difference makes of a text. Nothing is guessed: line numbers,
 * counts, context and removed lines have to be exactly right. The two lines
 * with names may be missing; of an empty line of context its blank may be.
 * Returns 0; or -1, with nothing appended to out and what is wrong to why
 * ("line 3 of the edit: line 7 of the text is another").
 */
int diff_apply(struct str *out, const char *text, size_t n, const char *diff, size_t diff_size,
	struct str *why);

#endif
