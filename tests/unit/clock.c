/* clock: durations, and how durations and times are written */
#include "base/clock.h"

#include <time.h>

#include "tap.h"

static void zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static void is_duration(const char *text, int64_t wanted)
{
	const char *why = NULL;
	int64_t ms = -1;

	if (ok(clock_parse_duration(text, &ms, &why) == 0, "duration %s", text))
		is_int(ms, wanted, "%s is %" PRId64 " ms", text, wanted);
}

static void no_duration(const char *text, const char *wanted)
{
	const char *why = NULL;
	int64_t ms = -77;

	ok(clock_parse_duration(text, &ms, &why) == -1 && ms == -77, "no duration: %s", text);
	is_str(why, wanted, "%s: why", text);
}

static void test_durations(void)
{
	is_duration("0", 0);
	is_duration("0s", 0);
	is_duration("90", 90000);
	is_duration("090", 90000);
	is_duration("90s", 90000);
	is_duration("5m", 5 * CLOCK_MINUTE);
	is_duration("2h", 2 * CLOCK_HOUR);
	is_duration("3d", 3 * CLOCK_DAY);
	is_duration("1h30m", 90 * CLOCK_MINUTE);
	is_duration("1h90m", 150 * CLOCK_MINUTE);
	is_duration("1d2h3m4s5ms", CLOCK_DAY + 2 * CLOCK_HOUR + 3 * CLOCK_MINUTE + 4005);
	is_duration("1d5ms", CLOCK_DAY + 5);
	is_duration("250ms", 250);
	is_duration("1.5s", 1500);
	is_duration("1.5", 1500);
	is_duration("0.5h", 30 * CLOCK_MINUTE);
	is_duration("1h0.5m", CLOCK_HOUR + 30000);
	is_duration("1.0005s", 1001);
	is_duration("0.0004s", 0);
	is_duration("0.1s", 100);
	is_duration("1.99999999999999999999999999999999999s", 2000);
	is_duration("0.00000000000000000000000000000001d", 0);
	is_duration("36525d", 36525 * CLOCK_DAY);
	is_duration("3155760000", 36525 * CLOCK_DAY);
	is_duration("3155760000000ms", 36525 * CLOCK_DAY);
	is_duration("0000000000000000000000000000000000001s", 1000);
}

static void test_no_durations(void)
{
	static const char *const bad[] = {
		"",
		"s",
		"-5",
		"-5s",
		"+5",
		" 5",
		"5 ",
		"5 s",
		"0x10",
		"1e3",
		"1h1h",
		"1s1h",
		"1m1h",
		"1ms1s",
		"5M",
		"5S",
		"1w",
		"1y",
		"5min",
		"5ss",
		".5",
		".5s",
		"5.",
		"5.s",
		"1..5",
		"1.5.5",
		"1,5",
		"1.5h30m",
		"1.0h30m",
		"1h30",
		"nan",
		"inf",
		"1h-5m",
		"1h+5m",
		"1h 5m",
		"5m\n",
		"\t5m",
		"5\303\244",
		"5mms",
		"99999999999999999999999999x",
		"d",
		"1dd",
		"\357\274\225m",
	};
	static const char *const longer[] = {
		"36526d",
		"36525d1ms",
		"36525d0.001s",
		"3155760001",
		"3155760000001ms",
		"9223372036854775807d",
		"9223372036854775808",
		"18446744073709551616s",
		"99999999999999999999999999999999",
		"36525.1d",
		"9223372036854775807d9223372036854775807h9223372036854775807m1s1ms",
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		no_duration(bad[i], "not a duration");
	for (size_t i = 0; i < sizeof longer / sizeof *longer; i++)
		no_duration(longer[i], "too long");
}

static void test_duration_text(void)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = {
		{ 0, "0s" },
		{ 1, "1ms" },
		{ 35, "35ms" },
		{ 999, "999ms" },
		{ 1000, "1s" },
		{ 1099, "1s" },
		{ 1250, "1.2s" },
		{ 9999, "9.9s" },
		{ 10000, "10s" },
		{ 12700, "12s" },
		{ 59999, "59s" },
		{ 60000, "1m" },
		{ 61000, "1m1s" },
		{ 300000, "5m" },
		{ 90 * CLOCK_MINUTE, "1h30m" },
		{ CLOCK_HOUR + 30000, "1h" },
		{ CLOCK_DAY - 1, "23h59m" },
		{ CLOCK_DAY, "1d" },
		{ 3 * CLOCK_DAY + 4 * CLOCK_HOUR + 59 * CLOCK_MINUTE, "3d4h" },
		{ -1500, "-1.5s" },
		{ INT64_MAX, "106751991167d7h" },
		{ INT64_MIN, "-106751991167d7h" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[CLOCK_TEXT];

		clock_format_duration(cases[i].ms, text);
		is_str(text, cases[i].text, "%" PRId64 " ms in words", cases[i].ms);
	}
}

static void is_text(int64_t ms, const char *wanted)
{
	char text[CLOCK_TEXT];

	clock_format_time(ms, text);
	is_str(text, wanted, "%" PRId64 " written", ms);
}

static void is_short(const char *time, const char *now, const char *wanted)
{
	char text[CLOCK_TEXT];
	int64_t ms = 0, at = 0;
	const char *why;

	clock_parse_time(time, 0, &ms, &why);
	clock_parse_time(now, 0, &at, &why);
	clock_format_short(ms, at, text);
	is_str(text, wanted, "%s in a table at %s", time, now);
}

static void test_text(void)
{
	zone("UTC");
	is_text(0, "1970-01-01T00:00:00.000+00:00");
	is_text(-1, "1969-12-31T23:59:59.999+00:00");
	is_text(INT64_MAX, "292278994-08-17T07:12:55.807+00:00");
	is_text(INT64_MIN, "-292275055-05-16T16:47:04.192+00:00");
	zone("America/St_Johns");
	is_text(0, "1969-12-31T20:30:00.000-03:30");
	zone("Europe/Berlin");
	is_short("2026-03-01T09:00:05", "2026-03-01T23:59:59", "09:00:05");
	is_short("2026-03-01T09:00:05", "2026-03-02T00:00:00", "03-01 09:00");
	is_short("2025-12-31T23:00", "2026-01-01T00:00", "2025-12-31");
	is_short("2025-12-31T23:30Z", "2026-01-01T12:00", "00:30:00");
}

static void test_clocks(void)
{
	int64_t before = (int64_t)time(NULL) * 1000, now = clock_now(), boot = clock_boot();

	ok(now >= before && now < before + 60000, "now is in milliseconds since 1970");
	ok(boot > 0 && clock_boot() >= boot, "the time since boot grows");
}

int main(void)
{
	test_durations();
	test_no_durations();
	test_duration_text();
	test_text();
	test_clocks();
	return done();
}
