/* cancelling: cancels whose asker died between the mark in the store and the signal */
#include "run/cancelling.h"

#include <stddef.h>

#include "run/cancel.h"
#include "run/running.h"
#include "store/attempt.h"

static void deliver(int64_t job, void *arg)
{
	const struct running *r = arg;

	for (struct member *m = r->first; m; m = m->next) {
		if (m->attempt.job != job || m->cancelled)
			continue;
		m->cancelled = 1;
		cancel_signal(job);
	}
}

void cancelling_deliver(struct running *r)
{
	attempt_cancelling(deliver, r);
}
