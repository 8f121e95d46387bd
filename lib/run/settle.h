/* settle: find out how a running attempt ended and record it */
#ifndef RUN_SETTLE_H
#define RUN_SETTLE_H

#include <stdint.h>

#include "store/attempt.h"

/*
 * Three steps, so that the store's write lock is held as short as possible and
 * files go only after the commit: examine (outside), apply (inside the
 * transaction), clear (after the commit; or settle_leave() if there was none).
 * The lock of the state file is held from examine to clear: two who settle
 * the same attempt never meet, and whoever dies in between leaves it to the
 * next.
 */
struct settlement {
	int64_t job, attempt;
	const char *claim; /* the caller's */
	enum settle_finding {
		SETTLE_ALIVE,         /* its shim lives, or somebody else is settling it */
		SETTLE_RECORD,        /* a valid exit record */
		SETTLE_NEVER_STARTED, /* back to queued */
		SETTLE_INTERRUPTED,   /* nobody saw the end */
	} finding;
	int state; /* descriptor, locked; -1: the file is not there */
	int later; /* alive only because the disk is full or failing: try again after a pause */
	int streams[2]; /* its output files, as far as they were needed; -1: closed or not there */
	int ours;       /* the files are this attempt's and go in the end */
	int leftovers;
	int live; /* the caller has seen the shim die, nothing was restarted */
	struct state_record *record;
	char *kept[2]; /* names in results/ of large streams */
	/* what settle_apply() did */
	int changed;
	char status[16], reason[160];
};

/* live != 0: "runner killed" instead of "interrupted by restart". Test s->finding for SETTLE_ALIVE. */
void settle_examine(struct settlement *s, const struct attempt *a, int live);
void settle_apply(struct settlement *s, int64_t now);
void settle_clear(struct settlement *s);
void settle_leave(struct settlement *s);

#endif
