/* usage: tokens used by requests to models, and whether another request is
 * allowed; database errors end the program */
#ifndef STORE_USAGE_H
#define STORE_USAGE_H

#include <stdint.h>

#include "base/str.h"

/* One request. */
struct usage {
	int64_t session, job, attempt; /* 0: none */
	const char *user;              /* NULL: nobody */
	const char *model;
	int64_t prompt, completion; /* tokens */
	int64_t cost_nano;          /* 10^-9 of the endpoint's currency unit; -1: unknown */
	int estimated;              /* the tokens were counted by the caller, not by the endpoint */
};

/* Record it, inside the caller's transaction. Numbers are limited to 0 ... 10^12. */
void usage_add(const struct usage *usage, int64_t now);

struct usage_sum {
	int64_t requests, prompt, completion; /* tokens */
	int64_t cost_nano;                    /* of those whose cost is known */
	int64_t unpriced, estimated; /* requests of unknown cost; requests with estimated tokens */
};

/* The sums over all attempts of a job, or over one. Zeroes if there were no requests. */
void usage_of_job(int64_t job, struct usage_sum *sum);
void usage_of_attempt(int64_t job, int64_t attempt, struct usage_sum *sum);

/* The sums for a user (NULL: everybody) at or after `since`, ms since 1970. */
void usage_since(const char *user, int64_t since, struct usage_sum *sum);

/*
 * Whether another request is allowed: 1, or 0 with the reason appended to why. Caps count prompt
 * and completion tokens together: daily_cap those that the user (NULL: everybody) has used since
 * local midnight, job_cap those of all attempts of the job (job 0: ignored). A cap of -1 is no cap,
 * a cap of 0 allows nothing. Requests in progress are not counted yet, so they may exceed a cap.
 */
int usage_allows(const char *user, int64_t job, int64_t daily_cap, int64_t job_cap, int64_t now,
	struct str *why);

#endif
