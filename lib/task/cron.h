/* cron: cron expressions and the moments they mean; returns -1 and says why */
#ifndef TASK_CRON_H
#define TASK_CRON_H

#include <stdint.h>

#include "base/str.h"
#include "task/zone.h"

/*
 * Five fields, separated by blanks, as in crontab(5): minute 0-59, hour 0-23,
 * day of the month 1-31, month 1-12 or jan-dec, day of the week 0-7 (0 and 7
 * are Sunday) or sun-sat. Or @yearly = @annually, @monthly, @weekly,
 * @daily = @midnight, @hourly. Letters in any case. A field is a list,
 * separated by commas, of
 *
 *	*  7  1-5  fri-sun     all, one, a range (of weekdays: up to Sunday)
 *	/ and a step after *, a range or a number (5/15 is 5-59/15)
 *	H  H(0-7)              one of all, or of the range, chosen by a hash of the
 *	                       name, different in each field; days of the month: 1-28
 *	H/15  H(0-29)/10       the same with a step: the hash chooses the first
 *	L  L-3                 (day of the month) the last, three days before it
 *	friL  5L  fri#2        (day of the week) the last Friday of the month, the second;
 *	                       numbers are cron's here too, not Quartz's (1 is Monday)
 *
 * Days: if neither day field begins with "*", a day matches if either field
 * does, else only if both do (POSIX crontab; Vixie cron's reading of "*" with a step).
 *
 * Moments: a schedule is *fixed* if neither its minute nor its hour field
 * begins with "*". Each local time of a fixed schedule is due once: at its
 * first occurrence if it is repeated, at the first instant after the gap if
 * the clocks skip it; several that meet in one instant are one moment. Any
 * other schedule is *wildcard* and follows real time: due at each instant
 * whose local time is meant, so not in a gap, and twice where it is repeated.
 */
struct cron {
	uint64_t minutes; /* bit n: minute n */
	uint32_t hours;
	uint32_t months;     /* bits 1 to 12 */
	uint32_t days[4][7]; /* bits 1 to 31, for months of 28 + i days that begin on weekday j */
	int fixed;
};

/*
 * name: what H is the hash of, not NULL. Returns 0, or -1 with why appended to
 * ("minute: 61 is above 59") and *cron undefined, also for an expression
 * without any date (30 February). No memory is held.
 */
int cron_parse(const char *text, const char *name, struct cron *cron, struct str *why);

/* The first moment strictly after after_ms (ms since 1970); -1: none before the year 2601. */
int64_t cron_next(const struct cron *c, const struct zone *z, int64_t after_ms);

#endif
