/* search: find jobs by words of their request and their result (SQLite FTS5);
 * database errors end the program */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include <stdint.h>

#include "store/job.h"

/* At most this many bytes of each job's input, and of its result, are searched. */
enum { SEARCH_REQUEST_MAX = 16 * 1024, SEARCH_RESULT_MAX = 240 * 1024 };

/*
 * Index the jobs that have ended since the last call, in transactions of its own
 * (do not call it inside one). Call it before search_jobs().
 */
void search_update(void);

/*
 * Call each() for the jobs that contain all words of the query or, if no job
 * does, one of them. A word matches the beginning of a word; case does not matter,
 * and in ended jobs accents do not either. Unfinished jobs come first, latest
 * first (type, label and input are searched); then ended ones, best match first.
 * Only user, statuses (0: all) and limit of `filter` are read. Returns how many;
 * each() must not search.
 */
int64_t search_jobs(const char *query, const struct job_filter *filter,
	void (*each)(const struct job *job, void *arg), void *arg);

#endif
