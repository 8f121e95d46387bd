/* record_outcome: what follows from what became of a message */
#ifndef NOTIFY_RECORD_OUTCOME_H
#define NOTIFY_RECORD_OUTCOME_H

#include <stdint.h>

struct sending;

/* Record the outcome of one that is done, inside the caller's transaction; what people should know goes to stderr. */
void record_outcome(const struct sending *s, int64_t now);

#endif
