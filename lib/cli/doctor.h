/* doctor: check this installation, row by row */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <stdint.h>

/*
 * Check everything a store needs. line() is called for each check: whether it is
 * ok, its name, and its status or the fix. The store is open if exists != 0;
 * broken, if not empty, says why it cannot be opened. min_free in bytes.
 * Returns how many checks failed.
 */
int doctor_run(int exists, const char *broken, int64_t min_free,
	void (*line)(int ok, const char *name, const char *text));

#endif
