/* milestone: a job says how far it is; database errors and a bad setting end the program */
#ifndef NOTIFY_MILESTONE_H
#define NOTIFY_MILESTONE_H

#include <stdint.h>

/*
 * Record it, in a transaction, and have those told who are told of the job, as often as
 * BGJOB_MILESTONE_INTERVAL and BGJOB_MILESTONE_MAX allow. Returns 0, or -1 if the job does not run.
 */
int milestone_report(int64_t job, const char *text);

#endif
