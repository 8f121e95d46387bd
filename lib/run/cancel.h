/* cancel: end queued and running jobs */
#ifndef RUN_CANCEL_H
#define RUN_CANCEL_H

#include <stdint.h>

enum cancel_result {
	CANCEL_DONE,     /* it was queued and is cancelled */
	CANCEL_ASKED,    /* it is running: its process tree is being ended */
	CANCEL_FINISHED, /* it had already ended */
	CANCEL_UNKNOWN,  /* there is no such job */
};

/*
 * Who cancels: "user ID", or for NULL the login name of the caller of this program. The caller
 * frees it.
 */
char *cancel_asker(const char *user);

/*
 * Cancel a job on behalf of `by` ("user 42", a login name) and commit. A job that has started in
 * the meantime is asked to end.
 */
enum cancel_result cancel_job(int64_t job, const char *by);

/*
 * The same in two steps: set the mark inside the caller's transaction; after the commit, signal a
 * job that was CANCEL_ASKED. Sending the signal twice does no harm.
 */
enum cancel_result cancel_mark(int64_t job, const char *by);
void cancel_signal(int64_t job);

#endif
