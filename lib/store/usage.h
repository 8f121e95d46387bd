/* usage: what requests to models used, and whether there may be another; database errors end the program */
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
	int64_t cost_nano;          /* 10^-9 of the endpoint's currency unit; -1: it did not say */
	int estimated;              /* it did not count the tokens: the caller did */
};

/* Record it, inside the caller's transaction. Numbers beyond 10^12 are taken for 10^12, below 0 for 0. */
void usage_add(const struct usage *usage, int64_t now);

struct usage_sum {
	int64_t requests, prompt, completion; /* tokens */
	int64_t cost_nano;                    /* of those whose cost is known */
	int64_t unpriced, estimated; /* requests whose cost is not; whose tokens were estimated */
};

/* Of all attempts of a job, or of one. Zeroes if there are none. */
void usage_of_job(int64_t job, struct usage_sum *sum);
void usage_of_attempt(int64_t job, int64_t attempt, struct usage_sum *sum);

/* Of a user (NULL: of all) at or after `since`, ms since 1970. */
void usage_since(const char *user, int64_t since, struct usage_sum *sum);

/*
 * Whether there may be another request: 1, or 0 with the reason appended to
 * why. Caps are tokens, prompt and completion together: daily_cap for what the
 * user (NULL: everybody) used since midnight, local time; job_cap for all
 * attempts of the job (0: of none, then the cap says nothing). -1: no cap; 0
 * allows nothing. Requests under way are not counted yet: what is used may
 * exceed a cap by them.
 */
int usage_allows(const char *user, int64_t job, int64_t daily_cap, int64_t job_cap, int64_t now,
	struct str *why);

#endif
