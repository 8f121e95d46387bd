/* memory_row: what the two files of memory share, and nobody else; database errors end the program */
#ifndef STORE_MEMORY_ROW_H
#define STORE_MEMORY_ROW_H

#include <stdint.h>

/* A new version of a block; nothing may be NULL. */
struct memory_write {
	const char *user, *label, *title, *body, *by;
	int64_t proposal; /* 0: it is set without one */
};

/*
 * The body as it is kept, its last line ended as the others are: an edit of a
 * line that is not would have to say so. The caller frees it.
 */
char *memory_body(const char *body);

/* Write it behind the others; the block is made if there is none. Returns its number. */
int64_t memory_write(const struct memory_write *write, int64_t now);

#endif
