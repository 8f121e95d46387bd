/* memory_change: what bgjob-memory changes. Each function belongs inside the caller's transaction
 * and returns an exit code; if it sets `why`, the caller rolls back. Database errors end the
 * program, as db.h says. */
#ifndef CLI_MEMORY_CHANGE_H
#define CLI_MEMORY_CHANGE_H

#include "cli/memory_request.h"

/* Whether text and title may be kept, as far as that is known without the store. */
int memory_change_check(const struct memory_request *r, struct memory_answer *a);

/* Write a block; propose a change. The number in the answer is the version, or the proposal's id. */
int memory_change_set(const struct memory_request *r, struct memory_answer *a);
int memory_change_propose(const struct memory_request *r, struct memory_answer *a);

/* Decide on proposal r->id. */
int memory_change_approve(const struct memory_request *r, struct memory_answer *a);
int memory_change_reject(const struct memory_request *r, struct memory_answer *a);

/* Get a proposal of r->user. Free it with memory_proposal_free(). */
struct memory_proposal;
int memory_change_find(const struct memory_request *r, struct memory_proposal *p,
	struct memory_answer *a);

#endif
