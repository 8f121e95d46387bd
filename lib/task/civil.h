/* civil: dates of the Gregorian calendar, in any year, as day numbers; no errors */
#ifndef TASK_CIVIL_H
#define TASK_CIVIL_H

#include <stdint.h>

/* Dates and days of the week repeat after this many days: 400 years, a whole number of weeks. */
#define CIVIL_CYCLE 146097
#define CIVIL_DAY INT64_C(86400) /* seconds */

struct civil {
	int64_t year;
	int month, day; /* from 1 */
};

/* From a date that exists to days since 1970-01-01, and back. Years within 2^40 of 0. */
int64_t civil_days(int64_t year, int month, int day);
struct civil civil_date(int64_t days);

int civil_weekday(int64_t days); /* 0 is Sunday */
int civil_is_leap(int64_t year);
int civil_month_length(int64_t year, int month);

/* n / d rounded down, d > 0. */
int64_t civil_floor(int64_t n, int64_t d);

#endif
