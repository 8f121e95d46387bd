/* user: users, their roles, and pairing codes; database errors end the program.
 * Writing functions are called inside the caller's transaction. */
#ifndef STORE_USER_H
#define STORE_USER_H

#include <stdint.h>

enum user_role { USER_STRANGER, USER_USER, USER_OPERATOR };

/* The stored role of a user; USER_STRANGER for an unknown one. */
enum user_role user_role(const char *id);

/* The user has written now; name (may be NULL) is what they call themselves. */
void user_seen(const char *id, const char *name, int64_t now);

/*
 * Whether to tell a stranger that this is private, at most once per `interval` ms;
 * records it if so.
 */
int user_refuse(const char *id, int64_t interval, int64_t now);

/* Add a code: until it expires, the first to send it gets that role. */
void user_pairing_add(const char *code, enum user_role role, int64_t expires_at, int64_t now);

/*
 * A stranger has sent a code. Returns 1 if it was valid: it is used up, and they have its role; 0
 * if it was not; -1 after too many wrong ones (5 in an hour), without checking it.
 */
int user_pair(const char *id, const char *code, int64_t now);

/*
 * The last event that was shown to the user on a terminal; for a new user the
 * latest event of the store.
 */
int64_t user_notices(const char *id);
void user_set_notices(const char *id, int64_t event);

#endif
