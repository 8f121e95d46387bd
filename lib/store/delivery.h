/* delivery: the outbox; what somebody is still to be told */
#ifndef STORE_DELIVERY_H
#define STORE_DELIVERY_H

#include <stdint.h>

#include "store/job.h"

/*
 * A job has ended with this event: queue one delivery for each of its targets,
 * if its notify_on says so (NULL: always). "change" means the first failure and
 * the first success after failures among the jobs of the same label and type.
 * Inside the caller's transaction.
 */
void delivery_add(int64_t job, enum job_status status, int64_t event, int64_t now);

/* How many are not yet taken by their receiver. */
int64_t delivery_open(void);

/* Whether text has the form of a target: telegram:CHAT[/THREAD], https://..., mailto:ADDRESS, exec:PROGRAM, tty. */
int delivery_target_valid(const char *text);

#endif
