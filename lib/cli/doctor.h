/* doctor: whether this installation can keep its promises */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <stdint.h>

/*
 * Look at everything a store needs. line() gets, for each thing, whether it is
 * in order, its name, and how it stands or what to do. The store is open if
 * exists != 0; broken, if it is not empty, says why it cannot be opened.
 * min_free in bytes. Returns how many things are not in order.
 */
int doctor_run(int exists, const char *broken, int64_t min_free,
	void (*line)(int ok, const char *name, const char *text));

#endif
