#include "task/cron.h"

#include "task/civil.h"

enum { LAST_YEAR = 2600 };

static const int64_t none = INT64_MAX;

/* The first meant day of the year and month, or later, counted from that month's day. */
static int64_t next_day(const struct cron *c, struct civil from)
{
	for (; from.year <= LAST_YEAR; from.year++, from.month = 1) {
		for (; from.month <= 12; from.month++, from.day = 1) {
			int64_t first;
			uint64_t days;

			if (!(c->months >> from.month & 1))
				continue;
			first = civil_days(from.year, from.month, 1);
			days = c->days[civil_month_length(from.year, from.month) - 28]
				      [civil_weekday(first)];
			days = days >> from.day << from.day;
			if (days)
				return first + __builtin_ctzll(days) - 1;
		}
	}
	return none;
}

static int is_meant(const struct cron *c, int64_t day, const struct civil *date)
{
	int length = civil_month_length(date->year, date->month);
	int weekday = civil_weekday(day - (date->day - 1));

	return c->months >> date->month & c->days[length - 28][weekday] >> date->day & 1;
}

/* The first meant minute of a day not before this one, -1: none. */
static int next_minute(const struct cron *c, int minute)
{
	int hour = minute / 60;
	uint64_t minutes = c->minutes >> minute % 60 << minute % 60;
	uint32_t hours;

	if (c->hours >> hour & 1 && minutes)
		return hour * 60 + __builtin_ctzll(minutes);
	hours = c->hours >> hour >> 1;
	if (!hours)
		return -1;
	return (hour + 1 + __builtin_ctz(hours)) * 60 + __builtin_ctzll(c->minutes);
}

/* The first meant local time not before this one, or none. */
static int64_t next_local(const struct cron *c, int64_t local)
{
	int64_t day = civil_floor(local, CIVIL_DAY);
	int second = (int)(local - day * CIVIL_DAY);
	struct civil date = civil_date(day);
	int minute = -1;

	if (date.year <= LAST_YEAR && second <= CIVIL_DAY - 60 && is_meant(c, day, &date))
		minute = next_minute(c, (second + 59) / 60);
	if (minute < 0) {
		date.day++;
		day = next_day(c, date);
		minute = next_minute(c, 0);
	}
	return day == none ? none : day * CIVIL_DAY + minute * 60;
}

static int64_t next_fixed(const struct cron *c, const struct zone *z, int64_t after)
{
	int64_t local = next_local(c, zone_reached(z, after) + 1);

	return local == none ? none : zone_instant(z, local);
}

/* From `searched` to `local` nothing is meant, which holds in the next segment, too. */
static int64_t next_wildcard(const struct cron *c, const struct zone *z, int64_t after)
{
	int64_t searched = 0, local = -1, t = after + 1, until;

	for (;; t = until) {
		int32_t offset = zone_offset(z, t, NULL, &until);

		if (t + offset < searched || t + offset > local) {
			searched = t + offset;
			local = next_local(c, searched);
		}
		if (local == none)
			return none;
		if (local - offset < until)
			return local - offset;
	}
}

int64_t cron_next(const struct cron *c, const struct zone *z, int64_t after_ms)
{
	int64_t after = clock_seconds(after_ms), t;

	t = c->fixed ? next_fixed(c, z, after) : next_wildcard(c, z, after);
	return t == none ? -1 : t * CLOCK_SECOND;
}
