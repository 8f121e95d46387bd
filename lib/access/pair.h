/* pair: the codes that turn a stranger into a user; dies if the system has no random numbers */
#ifndef ACCESS_PAIR_H
#define ACCESS_PAIR_H

#include <stdint.h>

#include "store/user.h"

enum { PAIR_CODE = 8 /* characters */, PAIR_LIFE = 600000 /* ms */ };

/* A new code, stored for PAIR_LIFE; inside the caller's transaction. */
void pair_add(enum user_role role, int64_t now, char code[PAIR_CODE + 1]);

/*
 * Read a code as it was typed: the first word, in either case. Returns 0, or -1 if it is not a
 * code.
 */
int pair_read(const char *text, char code[PAIR_CODE + 1]);

#endif
