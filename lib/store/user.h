/* user: who has written, who may, and pairing codes; database errors end the program.
 * Writing functions belong inside the caller's transaction. */
#ifndef STORE_USER_H
#define STORE_USER_H

#include <stdint.h>

enum user_role { USER_STRANGER, USER_USER, USER_OPERATOR };

/* The role that the store gives a user; USER_STRANGER for one it does not know. */
enum user_role user_role(const char *id);

/* A message of theirs came now; name (may be NULL) as they call themselves. */
void user_seen(const char *id, const char *name, int64_t now);

/* A stranger is to be told that this is private: returns whether it is time to, and notes that it was done. */
int user_refuse(const char *id, int64_t interval, int64_t now);

/* A code that makes whoever says it first a user, until it expires. */
void user_pairing_add(const char *code, enum user_role role, int64_t expires_at, int64_t now);

/*
 * A stranger says a code. Returns 1: it was one, it is used up, they are known
 * now; 0: it is none; -1: too many wrong ones lately (5 in an hour), it was
 * not even looked at.
 */
int user_pair(const char *id, const char *code, int64_t now);

/* The last event that was shown to them on a terminal; the store's last one when they are new. */
int64_t user_notices(const char *id);
void user_set_notices(const char *id, int64_t event);

#endif
