/* memory_row: what only the two files of memory share; database errors end the program */
#ifndef STORE_MEMORY_ROW_H
#define STORE_MEMORY_ROW_H

#include <stdint.h>

/* A new version of a block; nothing may be NULL. */
struct memory_write {
	const char *user, *label, *title, *body, *by;
	int64_t proposal; /* 0: none, it is set directly */
};

/*
 * The body as it is stored: its last line ends with a newline, too. (A diff has
 * to mention a last line without one.) The caller frees it.
 */
char *memory_body(const char *body);

/*
 * Write it as the next version; the block is created if there is none. Returns the
 * version number.
 */
int64_t memory_write(const struct memory_write *write, int64_t now);

#endif
