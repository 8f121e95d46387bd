#include "base/clock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000000;
}

#ifdef BGJOB_TEST
static const char *offset_file;

/* at the start: a shim's environ becomes the job's, and is freed */
__attribute__((constructor)) static void read_environment(void)
{
	offset_file = getenv("BGJOB_CLOCK");
}

/* how far the test's clock is ahead, from the file BGJOB_CLOCK: decimal ms, read at each look */
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
 * The fields with an offset of whole minutes, as RFC 3339 has no seconds in
 * it; a zone may (Africa/Monrovia until 1972).
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

/* Everything is rounded down: "12s" has passed in full. */
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
