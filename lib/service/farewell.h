/* farewell: the last word of a tool that is killed; no errors */
#ifndef SERVICE_FAREWELL_H
#define SERVICE_FAREWELL_H

#include <stdint.h>

/*
 * For a tool that records a job and is to tell of it whatever happens: call farewell_hold()
 * before the commit, and one of the others after it.
 *
 * Hold back TERM, INT and HUP. Those that the caller ignores stay ignored.
 */
void farewell_hold(void);

/*
 * Let them through. From now on each prints "PROGRAM: job N continues in the background" on
 * stderr and ends the program with exit status 128 + its number, also one that was held back.
 */
void farewell_to(int64_t job);

/* Let them through, with nothing to say. */
void farewell_release(void);

#endif
