/* milestone: a job reports progress; database errors and a bad setting end the program */
#ifndef NOTIFY_MILESTONE_H
#define NOTIFY_MILESTONE_H

#include <stdint.h>

/*
 * Record a milestone in a transaction and queue it for the job's targets, as often as
 * BGJOB_MILESTONE_INTERVAL and BGJOB_MILESTONE_MAX allow. Returns 0, or -1 if the job is not
 * running.
 */
int milestone_report(int64_t job, const char *text);

#endif
