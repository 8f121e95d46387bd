/* clock_time: points in time as they are typed, especially around daylight-saving changes */
#include "base/clock.h"

#include <time.h>

#include "tap.h"

static void zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

/* What `text` means at `now`, both written by clock_format_time() in the zone set. */
static void is_time(const char *now, const char *text, const char *wanted)
{
	int64_t from = 0, ms = 0;
	const char *why = "parsed";
	char got[CLOCK_TEXT] = "";

	if (clock_parse_time(now, 0, &from, &why) == 0 &&
		clock_parse_time(text, from, &ms, &why) == 0)
		clock_format_time(ms, got);
	is_str(*got ? got : why, wanted, "%s: at %s, %s", getenv("TZ"), now, text);
}

static void no_time(const char *text, const char *wanted)
{
	const char *why = NULL;
	int64_t ms = -77;

	ok(clock_parse_time(text, 0, &ms, &why) == -1 && ms == -77, "no time: %s", text);
	is_str(why, wanted, "%s: why", text);
}

#define NOON "2026-03-01T12:00:00.250Z"

static void test_times(void)
{
	zone("UTC");
	is_time(NOON, "now", "2026-03-01T12:00:00.250+00:00");
	is_time(NOON, "+0", "2026-03-01T12:00:00.250+00:00");
	is_time(NOON, "+10m", "2026-03-01T12:10:00.250+00:00");
	is_time(NOON, "+1d1.5s", "2026-03-02T12:00:01.750+00:00");
	is_time(NOON, "12:00", "2026-03-02T12:00:00.000+00:00");
	is_time("2026-03-01T12:00:00Z", "12:00", "2026-03-02T12:00:00.000+00:00");
	is_time(NOON, "12:00:01", "2026-03-01T12:00:01.000+00:00");
	is_time(NOON, "12:00:00.251", "2026-03-01T12:00:00.251+00:00");
	is_time(NOON, "00:00", "2026-03-02T00:00:00.000+00:00");
	is_time(NOON, "23:59:59", "2026-03-01T23:59:59.000+00:00");
	is_time(NOON, "today 09:00", "2026-03-01T09:00:00.000+00:00");
	is_time(NOON, "tomorrow 09:00", "2026-03-02T09:00:00.000+00:00");
	is_time(NOON, "tomorrow 09:00:30", "2026-03-02T09:00:30.000+00:00");
	is_time(NOON, "tomorrow", "2026-03-02T12:00:00.250+00:00");
	is_time("2026-12-31T12:00Z", "tomorrow 09:00", "2027-01-01T09:00:00.000+00:00");
	is_time("2028-02-28T12:00Z", "09:00", "2028-02-29T09:00:00.000+00:00");
	is_time(NOON, "2026-03-01", "2026-03-01T00:00:00.000+00:00");
	is_time(NOON, "2026-03-01T09:00", "2026-03-01T09:00:00.000+00:00");
	is_time(NOON, "2026-03-01 09:00+01:00", "2026-03-01T08:00:00.000+00:00");
	is_time(NOON, "2026-03-01t09:00:00z", "2026-03-01T09:00:00.000+00:00");
	is_time(NOON, "2026-03-01T09:00:00-00:00", "2026-03-01T09:00:00.000+00:00");
	is_time(NOON, "2026-03-01T23:30:00-23:59", "2026-03-02T23:29:00.000+00:00");
	is_time(NOON, "2026-03-01T09:00:00.1239999999999Z", "2026-03-01T09:00:00.123+00:00");
	is_time(NOON, "2024-02-29", "2024-02-29T00:00:00.000+00:00");
	is_time(NOON, "2000-02-29", "2000-02-29T00:00:00.000+00:00");
	is_time(NOON, "1970-01-01", "1970-01-01T00:00:00.000+00:00");
	is_time(NOON, "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999+00:00");
	is_time(NOON, "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000+00:00");
	is_time(NOON, "2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00.000+00:00");
}

static void test_no_times(void)
{
	static const char *const bad[] = {
		"",
		" ",
		"9:00",
		"09:0",
		"0900",
		"09:00 ",
		" 09:00",
		"09:00:0",
		"09:00:00:00",
		"09:00Z",
		"09:00am",
		"-5m",
		"5m",
		"90",
		"noon",
		"Now",
		"now ",
		"today",
		"today ",
		"today  09:00",
		"tomorrow ",
		"tomorrow09:00",
		"tomorrow 2026-03-01",
		"yesterday",
		"2026",
		"2026-03",
		"2026-3-1",
		"26-03-01",
		"2026/03/01",
		"2026-03-01T",
		"2026-03-01T09",
		"2026-03-01  09:00",
		"2026-03-01T09:00+1",
		"2026-03-01T09:00+0100",
		"2026-03-01T09:00+01",
		"2026-03-01T09:00 Z",
		"2026-03-01T09:00ZZ",
		"2026-03-01Z",
		"2026-03-01T09:00.5",
		"2026-03-01T09:00:00.Z",
		"2026-03-01T09:00:00,5Z",
		"02026-03-01",
		"10000-01-01",
		"-026-03-01",
		"+2026-03-01",
		"2026-03-01\n",
		"20\303\244-03-01",
		"09:00:00.",
		"0x:10",
		"1e:30",
	};

	zone("UTC");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (bad[i][0] != '+')
			no_time(bad[i], "not a time");
	no_time("+", "not a duration");
	no_time("+5x", "not a duration");
	no_time("++5", "not a duration");
	no_time("+2026-03-01", "not a duration");
	no_time("+9223372036854775807d", "too long");
	no_time("2026-02-29", "no such date");
	no_time("2026-02-30", "no such date");
	no_time("1900-02-29", "before 1970");
	no_time("2100-02-29", "no such date");
	no_time("2026-04-31", "no such date");
	no_time("2026-00-10", "no such date");
	no_time("2026-13-10", "no such date");
	no_time("2026-03-00", "no such date");
	no_time("2026-03-32T09:00Z", "no such date");
	no_time("1969-12-31", "before 1970");
	no_time("0000-01-01", "before 1970");
	no_time("24:00", "no such hour");
	no_time("2026-03-01T24:00:00Z", "no such hour");
	no_time("09:60", "no such minute");
	no_time("today 99:00", "no such hour");
	no_time("09:00:60", "no such second");
	no_time("09:00:61", "no such second");
	no_time("2026-03-01T09:00:60Z", "no such second");
	no_time("2026-03-01T23:59:60", "no such second");
	no_time("2026-03-01T09:00+24:00", "no such offset");
	no_time("2026-03-01T09:00+01:60", "no such offset");
}

static void test_far_now(void)
{
	const char *why = NULL;
	int64_t ms;

	ok(clock_parse_time("+1d", INT64_MAX, &ms, &why) == -1, "no overflow behind the last ms");
	is_str(why, "too long", "but an error");
	ok(clock_parse_time("+0", INT64_MAX, &ms, &why) == 0 && ms == INT64_MAX, "the last ms");
	is_int(clock_seconds(-1), -1, "seconds are rounded down");
	is_int(clock_seconds(-1000), -1, "also when they are whole");
	is_int(clock_seconds(1999), 1, "and after 1970");
}

static void test_gaps(void)
{
	zone("Europe/Berlin"); /* 02:00 CET is 03:00 CEST on 2026-03-29 */
	is_time(NOON, "2026-03-29T01:59:59.999", "2026-03-29T01:59:59.999+01:00");
	is_time(NOON, "2026-03-29T02:00", "2026-03-29T03:00:00.000+02:00");
	is_time(NOON, "2026-03-29T02:30", "2026-03-29T03:00:00.000+02:00");
	is_time(NOON, "2026-03-29T02:59:59", "2026-03-29T03:00:00.000+02:00");
	is_time(NOON, "2026-03-29T03:00", "2026-03-29T03:00:00.000+02:00");
	is_time(NOON, "2026-03-29T02:30:00.250", "2026-03-29T03:00:00.000+02:00");
	is_time("2026-03-28T12:00", "tomorrow 02:30", "2026-03-29T03:00:00.000+02:00");
	is_time("2026-03-28T12:00", "02:30", "2026-03-29T03:00:00.000+02:00");
	is_time("2026-03-29T03:10", "02:30", "2026-03-30T02:30:00.000+02:00");
	is_time("2026-03-28T02:30:00.250", "tomorrow", "2026-03-29T03:00:00.000+02:00");
	is_time("2026-03-28T23:30", "tomorrow 23:30", "2026-03-29T23:30:00.000+02:00");
	is_time("2026-03-28T23:30", "+1d", "2026-03-30T00:30:00.000+02:00");
	zone("America/New_York"); /* 02:00 EST is 03:00 EDT on 2026-03-08 */
	is_time(NOON, "2026-03-08T01:59:59", "2026-03-08T01:59:59.000-05:00");
	is_time(NOON, "2026-03-08T02:15", "2026-03-08T03:00:00.000-04:00");
	zone("Australia/Lord_Howe"); /* half an hour: 02:00 +10:30 is 02:30 +11 on 2026-10-04 */
	is_time(NOON, "2026-10-04T01:59:59", "2026-10-04T01:59:59.000+10:30");
	is_time(NOON, "2026-10-04T02:15", "2026-10-04T02:30:00.000+11:00");
	is_time(NOON, "2026-10-04T02:30", "2026-10-04T02:30:00.000+11:00");
	zone("Pacific/Apia"); /* 2011-12-30 was left out */
	is_time(NOON, "2011-12-29T23:59:59", "2011-12-29T23:59:59.000-10:00");
	is_time(NOON, "2011-12-30T12:00", "2011-12-31T00:00:00.000+14:00");
	zone("America/Santiago"); /* midnight itself was left out */
	is_time(NOON, "2026-09-06", "2026-09-06T01:00:00.000-03:00");
}

static void test_overlaps(void)
{
	zone("Europe/Berlin"); /* 03:00 CEST is 02:00 CET on 2026-10-25 */
	is_time(NOON, "2026-10-25T01:59:59", "2026-10-25T01:59:59.000+02:00");
	is_time(NOON, "2026-10-25T02:00", "2026-10-25T02:00:00.000+02:00");
	is_time(NOON, "2026-10-25T02:59:59", "2026-10-25T02:59:59.000+02:00");
	is_time(NOON, "2026-10-25T03:00", "2026-10-25T03:00:00.000+01:00");
	is_time(NOON, "2026-10-25T02:30+01:00", "2026-10-25T02:30:00.000+01:00");
	is_time("2026-10-25T12:00", "today 02:30", "2026-10-25T02:30:00.000+02:00");
	is_time("2026-10-25T02:45+02:00", "02:30", "2026-10-26T02:30:00.000+01:00");
	zone("America/New_York"); /* 02:00 EDT is 01:00 EST on 2026-11-01 */
	is_time(NOON, "2026-11-01T01:30", "2026-11-01T01:30:00.000-04:00");
	is_time(NOON, "2026-11-01T02:00", "2026-11-01T02:00:00.000-05:00");
	zone("Australia/Lord_Howe"); /* 02:00 +11 is 01:30 +10:30 on 2026-04-05 */
	is_time(NOON, "2026-04-05T01:45", "2026-04-05T01:45:00.000+11:00");
	is_time(NOON, "2026-04-05T02:00", "2026-04-05T02:00:00.000+10:30");
	zone("America/St_Johns"); /* 00:01 NDT was 23:01 NST of the day before on 2010-11-07 */
	is_time("2010-11-06T23:30-03:30", "00:00", "2010-11-08T00:00:00.000-03:30");
	zone("Europe/Dublin"); /* its winter time is a negative daylight-saving time */
	is_time(NOON, "2026-10-25T01:30", "2026-10-25T01:30:00.000+01:00");
	is_time(NOON, "2026-03-29T01:30", "2026-03-29T02:00:00.000+01:00");
}

/* Each quarter of an hour around changes, formatted and parsed again. */
static void test_round_trip(void)
{
	static const char *const zones[] = { "UTC", "Europe/Berlin", "America/New_York",
		"Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Africa/Monrovia",
		"CET-1CEST" };
	static const int64_t starts[] = { 0, 1325160000, 1774742400, 1792800000, 1774900000 };

	for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
		int wrong = 0;

		zone(zones[z]);
		for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
			for (int64_t i = s ? -300 : 96; i < 300; i++) {
				int64_t ms = (starts[s] + i * 900) * 1000 + 7, back = 0;
				char text[CLOCK_TEXT];
				const char *why;

				clock_format_time(ms, text);
				wrong += clock_parse_time(text, 0, &back, &why) != 0 || back != ms;
			}
		}
		is_int(wrong, 0, "%s: what is written is read as the same ms", zones[z]);
	}
}

int main(void)
{
	ok(access("/usr/share/zoneinfo/Europe/Berlin", R_OK) == 0, "there is zone data (tzdata)");
	test_times();
	test_no_times();
	test_far_now();
	test_gaps();
	test_overlaps();
	test_round_trip();
	return done();
}
