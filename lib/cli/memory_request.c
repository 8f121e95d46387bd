/* memory_request: what was asked of bgjob-memory */
#include "cli/memory_request.h"

#include <string.h>

#include "base/die.h"
#include "store/memory.h"

const char *memory_request_label(const struct memory_request *r)
{
	if (!memory_label_valid(r->names[0]))
		die_usage("not a label (1 to 64 of A-Z a-z 0-9 . _ -): %s", r->names[0]);
	return r->names[0];
}

/* of the user that is meant: a number that was mistyped is rarely another one of theirs */
void memory_request_find(const struct memory_request *r, int64_t id, struct memory_proposal *p)
{
	if (memory_proposal_get(id, p) < 0 || strcmp(p->user, r->user) != 0)
		die_usage("no proposal %lld for %s", (long long)id, r->user);
}
