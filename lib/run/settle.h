/* settle: find out how a running attempt ended and record it */
#ifndef RUN_SETTLE_H
#define RUN_SETTLE_H

#include <stdint.h>

#include "store/attempt.h"

/*
 * Three steps keep the store's write lock short and remove files only after the commit: examine
 * (before the transaction), apply (inside it), clear (after the commit, or settle_leave() if there
 * was none). The state file's lock is held from examine to clear, so that no two processes settle
 * the same attempt; if one dies in between, the next does it.
 */
struct settlement {
	int64_t job, attempt;
	const char *claim; /* belongs to the caller */
	enum settle_finding {
		SETTLE_ALIVE,         /* its shim is alive, or another process is settling it */
		SETTLE_RECORD,        /* a valid exit record */
		SETTLE_NEVER_STARTED, /* back to queued */
		SETTLE_INTERRUPTED,   /* nobody saw the end */
	} finding;
	int state; /* descriptor, locked; -1: the file is not there */
	int later; /* SETTLE_ALIVE only because the disk is full or failing: try again after a pause */
	int streams[2]; /* its output files that were needed; -1: closed or not there */
	int ours;       /* the files belong to this attempt and are removed at the end */
	int leftovers;
	int live; /* the caller saw the shim die; nothing was restarted */
	struct state_record *record;
	char *kept[2]; /* names in results/ of large streams */
	/* what settle_apply() did */
	int changed;
	char status[16], reason[160];
};

/*
 * live != 0: the reason is "runner killed", not "interrupted by restart". Check s->finding for
 * SETTLE_ALIVE afterwards.
 */
void settle_examine(struct settlement *s, const struct attempt *a, int live);
void settle_apply(struct settlement *s, int64_t now);
void settle_clear(struct settlement *s);
void settle_leave(struct settlement *s);

#endif
