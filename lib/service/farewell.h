/* farewell: the last message of a tool that is killed; no errors */
#ifndef SERVICE_FAREWELL_H
#define SERVICE_FAREWELL_H

#include <stdint.h>

/*
 * For a tool that records a job and must name it even when it is killed: call farewell_hold()
 * before the commit and one of the others after it. Holds back TERM, INT and HUP.
 */
void farewell_hold(void);

/*
 * Let them through, also those held back. From now on each one prints "PROGRAM: job N continues in
 * the background" on stderr and ends the program with status 128 + its number. Signals that are
 * ignored stay ignored.
 */
void farewell_to(int64_t job);

/* Let them through, without a message. */
void farewell_release(void);

#endif
