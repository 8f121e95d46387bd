/* fuzz: durations and times are parsed or refused; what is parsed survives formatting and parsing
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

/* Rounded down when written: at most, and never by as much as a unit of the smaller kind. */
static void check_duration(const char *text)
{
	int64_t ms = -1, again = -1;
	const char *why = NULL;
	char written[CLOCK_TEXT];

	if (clock_parse_duration(text, &ms, &why) < 0) {
		require(why && ms == -1);
		return;
	}
	require(!why && ms >= 0 && ms <= 36525 * CLOCK_DAY);
	clock_format_duration(ms, written);
	require(strlen(written) < CLOCK_TEXT);
	require(clock_parse_duration(written, &again, &why) == 0);
	require(again <= ms && ms - again < CLOCK_HOUR && (ms >= CLOCK_SECOND || again == ms));
}

/* A day from the ends, where the zone cannot leave the years 1970 to 9999. */
static int has_four_digits(int64_t ms)
{
	return ms >= CLOCK_DAY && ms <= INT64_C(253402300799999) - CLOCK_DAY;
}

static void check_time(const char *text, int64_t now)
{
	int64_t ms = -77, again = -77;
	const char *why = NULL;
	char written[CLOCK_TEXT];

	if (clock_parse_time(text, now, &ms, &why) < 0) {
		require(why && ms == -77);
		return;
	}
	require(!why);
	if (strchr(text, ':') && strlen(text) < 9)
		require(ms > now && ms <= now + 3 * CLOCK_DAY);
	clock_format_short(ms, now, written);
	clock_format_time(ms, written);
	require(strlen(written) >= strlen("2026-03-01T09:00:00.123+01:00"));
	if (!has_four_digits(ms))
		return;
	require(clock_parse_time(written, now, &again, &why) == 0);
	require(again == ms);
}

/* Any number at all can be written. */
static void check_any(int64_t ms)
{
	char written[CLOCK_TEXT];

	clock_format_time(ms, written);
	require(strlen(written) < CLOCK_TEXT);
	clock_format_duration(ms, written);
	require(strlen(written) < CLOCK_TEXT);
}

/* The first byte chooses the zone, the next eight are now, the rest is the text. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	static const char *const zones[] = { "UTC", "Europe/Berlin", "America/New_York",
		"Australia/Lord_Howe", "Pacific/Apia", "Europe/Dublin", "Africa/Monrovia",
		"America/St_Johns", "<-12>12" };
	int64_t now;
	char *text;

	if (n < 9)
		return 0;
	setenv("TZ", zones[data[0] % (sizeof zones / sizeof *zones)], 1);
	tzset();
	memcpy(&now, data + 1, sizeof now);
	check_any(now);
	now = (int64_t)((uint64_t)now % (uint64_t)INT64_C(253402300800000));
	text = strndup((const char *)data + 9, n - 9);
	check_duration(text);
	check_time(text, now);
	free(text);
	return 0;
}
