/* sending: a message being sent, and how it ended */
#include "notify/sending.h"

#include <string.h>

void sending_finish(struct sending *s, enum outcome_kind kind, const char *reason)
{
	s->outcome = (struct outcome){ .kind = kind };
	outcome_reason(&s->outcome, reason, strlen(reason), NULL);
	s->done = 1;
}

void sending_outcome(void *arg, const struct outcome *outcome)
{
	struct sending *s = arg;

	s->outcome = *outcome;
	s->done = 1;
}
