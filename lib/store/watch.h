/* watch: processes that we did not start and whose end is reported; database
 * errors end the program */
#ifndef STORE_WATCH_H
#define STORE_WATCH_H

#include <stdint.h>

struct watch {
	int64_t id, pid, started; /* started: field 22 of proc(5)'s stat */
	const char *boot, *name, *target;
};

/* Add one inside the caller's transaction. Returns its id. */
int64_t watch_add(const struct watch *watch, int64_t now);

/*
 * Call each() for those with an id above `after`, oldest first. The texts are
 * valid during the call.
 */
void watch_list(int64_t after, void (*each)(const struct watch *watch, void *arg), void *arg);

/*
 * It has ended: queue the message and delete the row, inside the caller's transaction. Returns 0 if
 * another process was first.
 */
int watch_ended(int64_t id, int64_t now);

#endif
