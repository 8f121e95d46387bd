/* attempt: the runs of a job, past and present; database errors end the program */
#ifndef STORE_ATTEMPT_H
#define STORE_ATTEMPT_H

#include <stddef.h>
#include <stdint.h>

struct attempt {
	int64_t job, attempt;
	const char *launcher, *claim, *boot;
	int64_t pool, slot;                    /* -1: none */
	int64_t started_at, ended_at;          /* ms; -1: not yet */
	const char *outcome;                   /* NULL: not yet */
	int64_t wait_status;                   /* -1: nobody saw it */
	int64_t utime_us, stime_us, maxrss_kb; /* -1: unknown */
	int64_t stdout_bytes, stderr_bytes;    /* -1: unknown */
};

/* The attempts of a job in order. The strings are valid during the call. */
void attempt_list(int64_t job, void (*each)(const struct attempt *a, void *arg), void *arg);

/* Copies of all running attempts of a launcher; free with attempt_free_list(). Returns how many. */
size_t attempt_running(const char *launcher, struct attempt **list);

/* The number of a job's latest attempt; 0: it was never started. */
int64_t attempt_latest(int64_t job);

/* Whether the job is running, and this is the attempt that runs. */
int attempt_runs(int64_t job, int64_t attempt);

/* The running attempt of one job, as a list of at most one. */
size_t attempt_of(int64_t job, struct attempt **list);
void attempt_free_list(struct attempt *list, size_t count);

/*
 * Take over a running attempt whose pool is gone, in a transaction of its own.
 * Returns 1; 0 if another pool was first; -1 if the store could not be written:
 * db_error().
 */
int attempt_adopt(const struct attempt *a, int64_t pool);

/* The latest attempts of queued jobs that wait until the processes it left behind are gone. */
size_t attempt_with_leftovers(struct attempt **list);

/* The running jobs whose cancellation was requested. each() may read the store, not write. */
void attempt_cancelling(void (*each)(int64_t job, void *arg), void *arg);

#endif
