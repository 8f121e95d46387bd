/* cancel: end queued and running jobs */
#ifndef RUN_CANCEL_H
#define RUN_CANCEL_H

#include <stdint.h>

enum cancel_result {
	CANCEL_DONE,     /* it was queued and is cancelled */
	CANCEL_ASKED,    /* it runs: its tree is being ended */
	CANCEL_FINISHED, /* it had already ended */
	CANCEL_UNKNOWN,  /* there is no such job */
};

/* Who asks: "user ID"; for NULL the login name of whoever runs this program. The caller frees it. */
char *cancel_asker(const char *user);

/*
 * Cancel a job on behalf of `by` ("user 42", a login name). Commits; a job
 * that changed from queued to running meanwhile is asked to end.
 */
enum cancel_result cancel_job(int64_t job, const char *by);

/*
 * The same in two parts: the mark inside the caller's transaction; and, after
 * the commit, for a job that was CANCEL_ASKED, the signal. It may be sent twice.
 */
enum cancel_result cancel_mark(int64_t job, const char *by);
void cancel_signal(int64_t job);

#endif
