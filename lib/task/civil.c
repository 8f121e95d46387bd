/* civil: dates of the Gregorian calendar as day numbers */
#include "task/civil.h"

int64_t civil_floor(int64_t n, int64_t d)
{
	return n / d - (n % d < 0);
}

/*
 * Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years that
 * begin in March end with the leap day, and 719468 days lie between the first
 * of March of year 0 and 1970.
 */
int64_t civil_days(int64_t year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t era = civil_floor(y, 400);
	int64_t of_era = y - era * 400;
	int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * CIVIL_CYCLE + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct civil civil_date(int64_t days)
{
	int64_t era = civil_floor(days + 719468, CIVIL_CYCLE);
	int of_era = (int)(days + 719468 - era * CIVIL_CYCLE);
	int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * year + year / 4 - year / 100);
	int month = (5 * of_year + 2) / 153;
	struct civil date;

	date.day = of_year - (153 * month + 2) / 5 + 1;
	date.month = month < 10 ? month + 3 : month - 9;
	date.year = era * 400 + year + (date.month <= 2);
	return date;
}

int civil_weekday(int64_t days)
{
	int past = (int)(days % 7);

	return (past + 7 + 4) % 7; /* 1970 began on a Thursday */
}

int civil_is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int civil_month_length(int64_t year, int month)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && civil_is_leap(year) ? 29 : length[month - 1];
}
