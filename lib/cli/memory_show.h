/* memory_show: what bgjob-memory prints of blocks, versions and proposals. Each function prints to
 * stdout, with the store open for reading, and returns an exit code; the reason for a refusal is in
 * the answer. */
#ifndef CLI_MEMORY_SHOW_H
#define CLI_MEMORY_SHOW_H

#include "cli/memory_request.h"

/* As words or as JSON, as bgjob-memory(1) says. */
int memory_show_list(const struct memory_request *r, struct memory_answer *a);
int memory_show_block(const struct memory_request *r, struct memory_answer *a);

/* All versions of a block, or the one of r->id. */
int memory_show_history(const struct memory_request *r, struct memory_answer *a);

/* The proposals of a user, or the one of r->id. */
int memory_show_proposals(const struct memory_request *r, struct memory_answer *a);

#endif
