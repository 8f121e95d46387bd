/* prune_messages: remove old messages that belong to no job */
#ifndef STORE_PRUNE_MESSAGES_H
#define STORE_PRUNE_MESSAGES_H

#include <stdint.h>

/*
 * Remove what is older than `before` (ms since 1970): messages that were sent
 * or dropped and belong to no job, messages that came in and were handled, and
 * pairing codes that nobody can use any more. Never anything unsent, refused
 * or unhandled, nor what may come in a second time. A few hundred in each
 * transaction. Errors die.
 */
void prune_messages(int64_t before);

#endif
