/* search: jobs by the words of what they were asked and what they answered (SQLite FTS5);
 * database errors end the program */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include <stdint.h>

#include "store/job.h"

/* Of each job at most this much of its input, and of its result, is searched, bytes. */
enum { SEARCH_REQUEST_MAX = 16 * 1024, SEARCH_RESULT_MAX = 240 * 1024 };

/*
 * Take in what finished since the last time, in transactions of its own: not
 * to be called inside one. Called before search_jobs().
 */
void search_update(void);

/*
 * Call each() for the jobs in which all words of the query occur, or, if no
 * job has them all, one of them; words match from their beginning, without
 * regard to case (and accents, in what has ended). Jobs that have not ended come first (type,
 * label and input are looked at), the latest first; then those that have, the
 * best match first. Of `filter` user, statuses (0: all) and limit count.
 * Returns how many; each() must not search.
 */
int64_t search_jobs(const char *query, const struct job_filter *filter,
	void (*each)(const struct job *job, void *arg), void *arg);

#endif
