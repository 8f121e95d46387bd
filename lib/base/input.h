/* input: all that a descriptor or a file holds, up to a limit; errors are returned, with the reason */
#ifndef BASE_INPUT_H
#define BASE_INPUT_H

#include <stddef.h>

#include "base/str.h"

enum input_option {
	INPUT_NUL_REFUSED = 1, /* a NUL byte is an error; without this and the next it is data */
	INPUT_NUL_BLANK = 2,   /* a NUL byte becomes a space */
	INPUT_NOFOLLOW = 4,    /* do not open a symbolic link */
	INPUT_REGULAR = 8,     /* open only a regular file, and never wait for a FIFO's writer */
	INPUT_STDIN = 16,      /* the path "-" is standard input */
};

/* How reading failed. With the first two, errno says why; EINVAL: not a regular file. */
enum input_error {
	INPUT_NOT_OPENED = -1,
	INPUT_NOT_READ = -2,
	INPUT_TOO_LONG = -3,
	INPUT_HAS_NUL = -4,
};

/*
 * Append everything from a descriptor up to its end. Returns 0, or an
 * input_error (negative) after appending the reason to *why, which may be NULL:
 * "Is a directory", "longer than 64 KiB", "contains a NUL byte". More than
 * `limit` bytes is INPUT_TOO_LONG: text then has the first `limit` of them and
 * the rest stays unread. text->data is never NULL afterwards. A signal does not
 * interrupt it; the descriptor stays open.
 */
int input_read(int fd, size_t limit, int options, struct str *text, struct str *why);

/* The same for a file, relative to an open folder or AT_FDCWD. */
int input_file(int folder, const char *path, size_t limit, int options, struct str *text,
	struct str *why);

#endif
