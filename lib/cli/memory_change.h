/* memory_change: what bgjob-memory writes; each returns an exit code. Bad input, the store and the
 * disk end the program. */
#ifndef CLI_MEMORY_CHANGE_H
#define CLI_MEMORY_CHANGE_H

#include "cli/memory_request.h"

/* Each is one transaction, and prints what bgjob-memory(1) says. */
int memory_change_set(const struct memory_request *request);
int memory_change_propose(const struct memory_request *request);
int memory_change_approve(const struct memory_request *request);
int memory_change_reject(const struct memory_request *request);

#endif
