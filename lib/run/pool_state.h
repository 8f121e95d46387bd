/* pool_state: what a pool knows while it runs; for lib/exec/pool*.c only */
#ifndef RUN_POOL_STATE_H
#define RUN_POOL_STATE_H

#include <stdint.h>

#include "run/pool.h"
#include "run/pool_watch.h"
#include "run/running.h"

/* tags of what an epoll event is about, beside members and neighbours */
enum source { SIGNALS, WAKE, DUE, WATCHDOG, SOURCES };

struct pool {
	const struct pool_options *options;
	struct running roster;
	struct pool_watch neighbours;
	int64_t id;
	int lock, autorun; /* locks; -1: not held */
	int fds[SOURCES];  /* -1: not there */
	int tags[SOURCES]; /* events point to these */
	int look;          /* there may be work: look */
	int recover;       /* another pool died: look for what it ran */
	int dying;         /* and its lock is still held: look again */
	int leftovers;     /* look whether processes are gone that a retry waits for */
	int stop;
	int64_t due;                               /* what the timer is set to; -1: nothing */
	int64_t tick_due;                          /* when to call options->tick(); -1: no need */
	int64_t retry_at, pause_until, idle_since; /* clock_boot(); 0: not set */
	int64_t patience; /* ms, before what was not to be had a moment ago is tried again */
	int said_no_space, said_error;
	int started, failed;
	int no_room; /* --drain gives up: too little space, or no process can be started */
};

/* Whether to leave, as its mode says; called after each look. What it held is given up then. */
int pool_finished(struct pool *p);

#endif
