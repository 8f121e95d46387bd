/* clock: now, durations and points in time */
#include "base/clock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LONGEST (36525 * CLOCK_DAY) /* 100 years */

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000000;
}

#ifdef BGJOB_TEST
static const char *offset_file;

/* at the start: a shim's environ later becomes the job's, and is freed */
__attribute__((constructor)) static void read_environment(void)
{
	offset_file = getenv("BGJOB_CLOCK");
}

/* how many ms the test's clock is ahead: read each time from the file $BGJOB_CLOCK */
static int64_t offset(void)
{
	char text[32] = "";
	int fd = offset_file ? open(offset_file, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	return n > 0 ? strtoll(text, NULL, 10) : 0;
}
#else
#define offset() 0
#endif

int64_t clock_now(void)
{
	return read_clock(CLOCK_REALTIME) + offset();
}

int64_t clock_boot(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

int64_t clock_seconds(int64_t ms)
{
	return ms / CLOCK_SECOND - (ms % CLOCK_SECOND < 0);
}

static struct tm local_fields(int64_t ms)
{
	time_t t = (time_t)clock_seconds(ms);
	struct tm tm = { 0 };

	localtime_r(&t, &tm);
	return tm;
}

/*
 * The fields with the offset cut to whole minutes: RFC 3339 allows no seconds
 * in it, but a zone may have some (Africa/Monrovia until 1972).
 */
static struct tm rfc3339_fields(int64_t ms)
{
	struct tm tm = local_fields(ms);
	long offset = tm.tm_gmtoff - tm.tm_gmtoff % 60;

	if (offset != tm.tm_gmtoff) {
		time_t t = (time_t)clock_seconds(ms) + offset;

		gmtime_r(&t, &tm);
		tm.tm_gmtoff = offset;
	}
	return tm;
}

void clock_format_time(int64_t ms, char text[CLOCK_TEXT])
{
	struct tm tm = rfc3339_fields(ms);
	int millis = (int)((ms % CLOCK_SECOND + CLOCK_SECOND) % CLOCK_SECOND);
	int minutes = (int)(tm.tm_gmtoff / 60);
	char sign = minutes < 0 ? '-' : '+';
	int n;

	minutes = minutes < 0 ? -minutes : minutes;
	n = snprintf(text, CLOCK_TEXT, "%04lld-%02d-%02dT%02d:%02d:%02d", tm.tm_year + 1900LL,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	snprintf(text + n, CLOCK_TEXT - (size_t)n, ".%03d%c%02d:%02d", millis, sign, minutes / 60,
		minutes % 60);
}

void clock_format_short(int64_t ms, int64_t now, char text[CLOCK_TEXT])
{
	struct tm tm = local_fields(ms), today = local_fields(now);

	if (tm.tm_year != today.tm_year)
		snprintf(text, CLOCK_TEXT, "%04lld-%02d-%02d", tm.tm_year + 1900LL, tm.tm_mon + 1,
			tm.tm_mday);
	else if (tm.tm_yday != today.tm_yday)
		snprintf(text, CLOCK_TEXT, "%02d-%02d %02d:%02d", tm.tm_mon + 1, tm.tm_mday,
			tm.tm_hour, tm.tm_min);
	else
		snprintf(text, CLOCK_TEXT, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* "3d4h": a number of the unit and what is left in the next smaller one, unless that is 0. */
static void format_two(char *text, size_t size, int64_t big, char unit, int64_t small, char below)
{
	if (small)
		snprintf(text, size, "%" PRId64 "%c%" PRId64 "%c", big, unit, small, below);
	else
		snprintf(text, size, "%" PRId64 "%c", big, unit);
}

/* Rounded down: "12s" means 12 full seconds. */
static void format_positive(int64_t ms, char *text, size_t size)
{
	int64_t tenths = ms / 100 % 10;

	if (ms >= CLOCK_DAY)
		format_two(text, size, ms / CLOCK_DAY, 'd', ms % CLOCK_DAY / CLOCK_HOUR, 'h');
	else if (ms >= CLOCK_HOUR)
		format_two(text, size, ms / CLOCK_HOUR, 'h', ms % CLOCK_HOUR / CLOCK_MINUTE, 'm');
	else if (ms >= CLOCK_MINUTE)
		format_two(text, size, ms / CLOCK_MINUTE, 'm', ms % CLOCK_MINUTE / CLOCK_SECOND,
			's');
	else if (ms >= 10 * CLOCK_SECOND || (ms >= CLOCK_SECOND && tenths == 0))
		snprintf(text, size, "%" PRId64 "s", ms / CLOCK_SECOND);
	else if (ms >= CLOCK_SECOND)
		snprintf(text, size, "%" PRId64 ".%" PRId64 "s", ms / CLOCK_SECOND, tenths);
	else
		snprintf(text, size, ms ? "%" PRId64 "ms" : "%" PRId64 "s", ms);
}

void clock_format_duration(int64_t ms, char text[CLOCK_TEXT])
{
	if (ms >= 0) {
		format_positive(ms, text, CLOCK_TEXT);
		return;
	}
	text[0] = '-';
	format_positive(ms == INT64_MIN ? INT64_MAX : -ms, text + 1, CLOCK_TEXT - 1);
}

/* ---- reading ---- */

/* isdigit(3) depends on the locale. */
static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int fail_parse(const char **why, const char *text)
{
	*why = text;
	return -1;
}

/* ---- durations ---- */

static const struct unit {
	char name[3];
	int64_t ms;
} units[] = {
	{ "d", CLOCK_DAY },
	{ "h", CLOCK_HOUR },
	{ "m", CLOCK_MINUTE },
	{ "s", CLOCK_SECOND },
	{ "ms", 1 },
};

enum { UNITS = sizeof units / sizeof *units, SECONDS = 3 };

/* Read the unit at *text and move past it; UNITS if there is none. */
static int take_unit(const char **text)
{
	int unit;

	for (unit = UNITS - 1; unit >= 0; unit--) {
		size_t n = strlen(units[unit].name);

		if (strncmp(*text, units[unit].name, n) == 0) {
			*text += n;
			return unit;
		}
	}
	return UNITS;
}

/* Read the digits at *text; a value beyond the longest duration stays just beyond it. */
static int64_t take_whole(const char **text)
{
	int64_t value = 0;

	for (; is_digit(**text); ++*text)
		if (value <= LONGEST)
			value = value * 10 + (**text - '0');
	return value;
}

/* Read ".5" at *text as billionths; further digits are dropped. */
static int64_t take_fraction(const char **text)
{
	int64_t value = 0, scale = 100000000;

	for (++*text; is_digit(**text); ++*text, scale /= 10)
		value += (**text - '0') * scale;
	return value;
}

/* Read one number and its unit, which must be smaller than *unit; moves *text and sets *unit. */
static int take_part(const char **text, int *unit, int64_t *ms)
{
	const char *begin = *text;
	int64_t whole = take_whole(text), fraction = 0;
	int next, has_fraction;

	if (*text == begin)
		return -1;
	has_fraction = **text == '.' && is_digit((*text)[1]);
	if (has_fraction)
		fraction = take_fraction(text);
	next = *unit < 0 && **text == '\0' ? SECONDS : take_unit(text);
	if (next == UNITS || next <= *unit || (has_fraction && **text != '\0'))
		return -1;
	*unit = next;
	if (whole > LONGEST / units[next].ms)
		*ms = LONGEST + 1;
	else
		*ms = whole * units[next].ms + (fraction * units[next].ms + 500000000) / 1000000000;
	return 0;
}

int clock_parse_duration(const char *text, int64_t *ms, const char **why)
{
	int64_t total = 0, part;
	int unit = -1;

	do {
		if (take_part(&text, &unit, &part) < 0)
			return fail_parse(why, "not a duration");
		total += part;
	} while (*text);
	if (total > LONGEST)
		return fail_parse(why, "too long");
	*ms = total;
	return 0;
}

/* ---- the local zone ---- */

/* Seconds that the local zone is east of UTC at an instant. */
static int64_t offset_at(int64_t instant)
{
	time_t t = (time_t)instant;
	struct tm tm;

	return localtime_r(&t, &tm) ? tm.tm_gmtoff : 0;
}

/* The first instant in (from, to] whose local time is past `local`. */
static int64_t gap_end(int64_t local, int64_t from, int64_t to)
{
	while (to - from > 1) {
		int64_t middle = from + (to - from) / 2;

		if (middle + offset_at(middle) > local)
			to = middle;
		else
			from = middle;
	}
	return to;
}

/*
 * The instant, in milliseconds, of a local time: seconds as if it were UTC, and
 * milliseconds. Not by mktime(3), which does not say what it does with a gap or
 * an overlap. A day on either side brackets the instant, as no zone is a day
 * away from UTC.
 */
static int64_t from_local(int64_t local, int64_t ms)
{
	int64_t from = local - 86400, to = local + 86400;
	int64_t first = local - offset_at(from), second = local - offset_at(to);
	int first_is = first + offset_at(first) == local;
	int second_is = second + offset_at(second) == local;

	if (!first_is && !second_is)
		return gap_end(local, from, to) * CLOCK_SECOND;
	if (!first_is || (second_is && second < first))
		first = second;
	return first * CLOCK_SECOND + ms;
}

/* ---- points in time ---- */

/* What was read, in seconds as if it were UTC; has_offset: seconds east of UTC were given. */
struct reading {
	int64_t seconds;
	int ms;
	int leap;
	int has_offset;
	int64_t offset;
};

/* `digits` digits at *text; -1 if there are fewer. */
static int take_number(const char **text, int digits)
{
	int value = 0;

	for (; digits > 0; digits--, ++*text) {
		if (!is_digit(**text))
			return -1;
		value = value * 10 + (**text - '0');
	}
	return value;
}

static int take_char(const char **text, char c)
{
	if (**text != c)
		return 0;
	++*text;
	return 1;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

/* "2026-03-01" at *text. */
static int take_date(const char **text, struct reading *r, const char **why)
{
	int year = take_number(text, 4), month, day;
	struct tm tm = { 0 };

	if (year < 0 || !take_char(text, '-') || (month = take_number(text, 2)) < 0 ||
		!take_char(text, '-') || (day = take_number(text, 2)) < 0)
		return fail_parse(why, "not a time");
	if (year < 1970)
		return fail_parse(why, "before 1970");
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return fail_parse(why, "no such date");
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	r->seconds = (int64_t)timegm(&tm);
	return 0;
}

/* ":SS" at *text; 60 is a leap second, settled when the offset is known. */
static int take_seconds(const char **text, struct reading *r, const char **why)
{
	int second;

	if (!take_char(text, ':'))
		return 0;
	second = take_number(text, 2);
	if (second < 0)
		return fail_parse(why, "not a time");
	if (second > 60)
		return fail_parse(why, "no such second");
	r->leap = second == 60;
	r->seconds += second;
	if (**text == '.' && is_digit((*text)[1]))
		r->ms = (int)(take_fraction(text) / 1000000);
	return 0;
}

/* "09:00" or "09:00:30" at *text, added to the date. */
static int take_clock(const char **text, struct reading *r, const char **why)
{
	int hour = take_number(text, 2), minute;

	if (hour < 0 || !take_char(text, ':') || (minute = take_number(text, 2)) < 0)
		return fail_parse(why, "not a time");
	if (hour > 23)
		return fail_parse(why, "no such hour");
	if (minute > 59)
		return fail_parse(why, "no such minute");
	r->seconds += hour * 3600 + minute * 60;
	return take_seconds(text, r, why);
}

/* "Z" or "+01:00" at *text, or nothing. */
static int take_offset(const char **text, struct reading *r, const char **why)
{
	int sign = **text == '-' ? -1 : 1, hour, minute;

	if (take_char(text, 'Z') || take_char(text, 'z')) {
		r->has_offset = 1;
		return 0;
	}
	if (!take_char(text, '+') && !take_char(text, '-'))
		return 0;
	hour = take_number(text, 2);
	if (hour < 0 || !take_char(text, ':') || (minute = take_number(text, 2)) < 0)
		return fail_parse(why, "not a time");
	if (hour > 23 || minute > 59)
		return fail_parse(why, "no such offset");
	r->has_offset = 1;
	r->offset = sign * (hour * 3600 + minute * 60);
	return 0;
}

/* The instant of a reading. UTC inserts a leap second only as 23:59:60 (RFC 3339, 5.7). */
static int settle(const struct reading *r, int64_t *ms, const char **why)
{
	int64_t seconds = r->has_offset ? r->seconds - r->offset : 0;

	if (r->leap && (!r->has_offset || seconds % 86400 != 0))
		return fail_parse(why, "no such second");
	if (r->has_offset)
		*ms = seconds * CLOCK_SECOND + r->ms;
	else
		*ms = from_local(r->seconds, r->ms);
	return 0;
}

static int parse_dated(const char *text, int64_t *ms, const char **why)
{
	struct reading r = { 0 };

	if (take_date(&text, &r, why) < 0)
		return -1;
	if (take_char(&text, 'T') || take_char(&text, 't') || take_char(&text, ' ')) {
		if (take_clock(&text, &r, why) < 0 || take_offset(&text, &r, why) < 0)
			return -1;
	}
	if (*text)
		return fail_parse(why, "not a time");
	return settle(&r, ms, why);
}

/* "09:00", the whole text, on the day of the local time `local`. */
static int parse_clock(const char *text, int64_t local, int64_t *ms, const char **why)
{
	struct reading r = { .seconds = local - (local % 86400 + 86400) % 86400 };

	if (take_clock(&text, &r, why) < 0)
		return -1;
	if (*text)
		return fail_parse(why, "not a time");
	return settle(&r, ms, why);
}

/*
 * Today or tomorrow, or the day after where a clock set back over midnight has
 * already shown tomorrow's (America/St_Johns until 2011).
 */
static int parse_next(const char *text, int64_t local, int64_t now, int64_t *ms, const char **why)
{
	for (int day = 0; day <= 2; day++)
		if (parse_clock(text, local + day * 86400, ms, why) < 0)
			return -1;
		else if (*ms > now)
			return 0;
	return fail_parse(why, "no such time");
}

static int parse_after(const char *text, int64_t now, int64_t *ms, const char **why)
{
	int64_t duration;

	if (clock_parse_duration(text, &duration, why) < 0)
		return -1;
	if (now > INT64_MAX - duration)
		return fail_parse(why, "too long");
	*ms = now + duration;
	return 0;
}

int clock_parse_time(const char *text, int64_t now, int64_t *ms, const char **why)
{
	int64_t seconds = clock_seconds(now), local;

	if (strcmp(text, "now") == 0) {
		*ms = now;
		return 0;
	}
	if (text[0] == '+')
		return parse_after(text + 1, now, ms, why);
	if (strlen(text) >= 5 && text[4] == '-')
		return parse_dated(text, ms, why);

	local = seconds + offset_at(seconds);
	if (strncmp(text, "today ", 6) == 0)
		return parse_clock(text + 6, local, ms, why);
	if (strncmp(text, "tomorrow ", 9) == 0)
		return parse_clock(text + 9, local + 86400, ms, why);
	if (strcmp(text, "tomorrow") == 0) {
		*ms = from_local(local + 86400, now - seconds * CLOCK_SECOND);
		return 0;
	}
	return parse_next(text, local, now, ms, why);
}
