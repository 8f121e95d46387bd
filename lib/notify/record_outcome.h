/* record_outcome: what happens after a message was sent or refused */
#ifndef NOTIFY_RECORD_OUTCOME_H
#define NOTIFY_RECORD_OUTCOME_H

#include <stdint.h>

struct sending;

/*
 * Record the outcome of a message that is done, inside the caller's transaction. What people should
 * know is written to stderr.
 */
void record_outcome(const struct sending *s, int64_t now);

#endif
