/*
 * cron.c: what expressions mean, which are refused and why.
 * As `cron next` it answers the questions of tests/cron-peers.t instead: lines
 * of EXPRESSION, ZONE, seconds since 1970 and a count, separated by tabs.
 */
#include "tap.h"
#include "task/civil.h"
#include "task/cron.h"

static struct str why;

static const struct zone *zone_named(const char *name)
{
	const struct zone *z;

	str_clear(&why);
	z = zone_open(name, &why);
	if (!z) {
		printf("# %s\nBail out! the tz database is needed: sh share/setup test\n",
			why.data);
		exit(1);
	}
	return z;
}

static struct cron parsed(const char *text, const char *name)
{
	struct cron cron = { 0 };

	str_clear(&why);
	if (cron_parse(text, name, &cron, &why) < 0) {
		printf("# %s: %s\n", text, why.data);
		exit(1);
	}
	return cron;
}

/* ms since 1970 of "2026-03-01T09:00:00+01:00" */
static int64_t moment(const char *text)
{
	const char *problem;
	int64_t ms;

	if (clock_parse_time(text, 0, &ms, &problem) < 0)
		abort();
	return ms;
}

/* The moments after `from` are these, separated by blanks; "-" means none. */
static void check_next(const char *text, const char *zone, const char *from, const char *wanted)
{
	const struct zone *z = zone_named(zone);
	struct cron cron = parsed(text, "");
	struct str got = { 0 };
	int64_t at = moment(from);

	for (const char *p = wanted; p && at >= 0; p = strchr(p + 1, ' ')) {
		char part[CLOCK_TEXT] = "-";

		at = cron_next(&cron, z, at);
		if (at >= 0)
			zone_format(z, at, part);
		str_addf(&got, "%s%s", got.len ? " " : "", part);
	}
	is_str(got.data, wanted, "%s in %s after %s", text, zone, from);
	str_free(&got);
}

/* The days of one month on which an expression is due at midnight UTC. */
static void check_days(const char *text, const char *month, const char *wanted)
{
	struct cron cron = parsed(text, "");
	struct str got = { 0 };
	char from[CLOCK_TEXT];
	int64_t at, end;

	snprintf(from, sizeof from, "%s-01T00:00:00Z", month);
	at = moment(from);
	snprintf(from, sizeof from, "%s-28T00:00:00Z", month);
	end = moment(from) + 5 * CLOCK_DAY;
	str_add(&got, "");
	for (at = cron_next(&cron, zone_named("UTC"), at - 1); at >= 0 && at < end;
		at = cron_next(&cron, zone_named("UTC"), at)) {
		char part[CLOCK_TEXT];

		zone_format(zone_named("UTC"), at, part);
		if (strncmp(part, month, 7) == 0)
			str_addf(&got, "%s%d", got.len ? " " : "", atoi(part + 8));
	}
	is_str(got.data, wanted, "%s in %s", text, month);
	str_free(&got);
}

static void ordinary(void)
{
	static const char from[] = "2026-01-01T00:00:00Z"; /* a Thursday */

	check_next("* * * * *", "UTC", from, "2026-01-01T00:01:00+00:00 2026-01-01T00:02:00+00:00");
	check_next("* * * * *", "UTC", "2025-12-31T23:59:59.999Z", "2026-01-01T00:00:00+00:00");
	check_next("0 3 * * *", "UTC", from, "2026-01-01T03:00:00+00:00 2026-01-02T03:00:00+00:00");
	check_next("0 0 * * *", "UTC", from, "2026-01-02T00:00:00+00:00");
	check_next("59 23 31 12 *", "UTC", from,
		"2026-12-31T23:59:00+00:00 2027-12-31T23:59:00+00:00");
	check_next("*/20 22 * * *", "UTC", from,
		"2026-01-01T22:00:00+00:00 2026-01-01T22:20:00+00:00 2026-01-01T22:40:00+00:00 "
		"2026-01-02T22:00:00+00:00");
	check_next("1-30/14 0 * * *", "UTC", from,
		"2026-01-01T00:01:00+00:00 2026-01-01T00:15:00+00:00 2026-01-01T00:29:00+00:00 "
		"2026-01-02T00:01:00+00:00");
	check_next("5/20 0 * * *", "UTC", from,
		"2026-01-01T00:05:00+00:00 2026-01-01T00:25:00+00:00 2026-01-01T00:45:00+00:00 "
		"2026-01-02T00:05:00+00:00");
	check_next("7,3,5 4 * * *", "UTC", from,
		"2026-01-01T04:03:00+00:00 2026-01-01T04:05:00+00:00 2026-01-01T04:07:00+00:00");
	check_next(" \t0  0\t1 Feb,NOV * ", "UTC", from,
		"2026-02-01T00:00:00+00:00 2026-11-01T00:00:00+00:00 2027-02-01T00:00:00+00:00");
	check_next("0 0 29 2 *", "UTC", from,
		"2028-02-29T00:00:00+00:00 2032-02-29T00:00:00+00:00");
	check_next("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00+00:00");
	check_next("0 0 */28 2 mon#5", "UTC", "2026-01-01T00:00:00Z", "2044-02-29T00:00:00+00:00");
	check_next("0 9 * * *", "Europe/Berlin", from, "2026-01-01T09:00:00+01:00");
	check_next("@daily", "America/New_York", from, "2026-01-01T00:00:00-05:00");
	check_next("@hourly", "Asia/Kathmandu", from, "2026-01-01T06:00:00+05:45");
	check_next("0 0 * * *", "UTC", "2600-12-30T00:00:00Z", "2600-12-31T00:00:00+00:00 -");
	check_next("0 0 1 1 *", "UTC", "9000-01-01T00:00:00Z", "-");
}

static void words(void)
{
	static const char from[] = "2026-01-07T12:30:00Z"; /* a Wednesday */

	check_next("@yearly", "UTC", from, "2027-01-01T00:00:00+00:00 2028-01-01T00:00:00+00:00");
	check_next("@annually", "UTC", from, "2027-01-01T00:00:00+00:00");
	check_next("@monthly", "UTC", from, "2026-02-01T00:00:00+00:00 2026-03-01T00:00:00+00:00");
	check_next("@weekly", "UTC", from, "2026-01-11T00:00:00+00:00 2026-01-18T00:00:00+00:00");
	check_next("@daily", "UTC", from, "2026-01-08T00:00:00+00:00 2026-01-09T00:00:00+00:00");
	check_next(" @Midnight ", "UTC", from, "2026-01-08T00:00:00+00:00");
	check_next("@hourly", "UTC", from, "2026-01-07T13:00:00+00:00 2026-01-07T14:00:00+00:00");
}

/* February 2024 has 29 days and begins on a Thursday; March begins on a Friday. */
static void days(void)
{
	check_days("0 0 * * *", "2023-02",
		"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28");
	check_days("0 0 10-13,31 * *", "2024-03", "10 11 12 13 31");
	check_days("0 0 */10 * *", "2024-03", "1 11 21 31");
	check_days("0 0 L * *", "2024-02", "29");
	check_days("0 0 l * *", "2023-02", "28");
	check_days("0 0 L-3,1 * *", "2024-02", "1 26");
	check_days("0 0 L-28 * *", "2024-02", "1");
	check_days("0 0 L-28 * *", "2023-02", "");
	check_days("0 0 L-30 * *", "2024-03", "1");
	check_days("0 0 L-30 * *", "2024-04", "");
	check_days("0 0 * * 0", "2024-02", "4 11 18 25");
	check_days("0 0 * * 7", "2024-02", "4 11 18 25");
	check_days("0 0 * * sun", "2024-02", "4 11 18 25");
	check_days("0 0 * * MON-wed", "2024-02", "5 6 7 12 13 14 19 20 21 26 27 28");
	check_days("0 0 * * fri-sun", "2024-02", "2 3 4 9 10 11 16 17 18 23 24 25");
	check_days("0 0 * * 5-7", "2024-02", "2 3 4 9 10 11 16 17 18 23 24 25");
	check_days("0 0 * * 5-0", "2024-02", "2 3 4 9 10 11 16 17 18 23 24 25");
	check_days("0 0 * * sun-sun", "2024-02", "4 11 18 25");
	check_days("0 0 * * fri-sun/2", "2024-02", "2 4 9 11 16 18 23 25");
	check_days("0 0 * * */3", "2024-02", "3 4 7 10 11 14 17 18 21 24 25 28");
	check_days("0 0 * * 5/2", "2024-02", "2 4 9 11 16 18 23 25");
	check_days("0 0 * * friL", "2024-02", "23");
	check_days("0 0 * * 4l", "2024-02", "29");
	check_days("0 0 * * 7L,0#1", "2024-03", "3 31");
	check_days("0 0 * * FRI#2", "2024-02", "9");
	check_days("0 0 * * thu#5", "2024-02", "29");
	check_days("0 0 * * wed#5", "2024-02", "");
	check_days("0 0 * * 1#1,2#2,sat", "2024-02", "3 5 10 13 17 24");
	/* neither field begins with "*": either matches; else both must */
	check_days("0 0 13 * fri", "2024-02", "2 9 13 16 23");
	check_days("0 0 L * 1L", "2024-02", "26 29");
	check_days("0 0 1-31 * sun", "2023-02",
		"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28");
	check_days("0 0 */2 * sun", "2024-02", "11 25");
	check_days("0 0 1-10 * */2", "2024-02", "1 3 4 6 8 10");
	check_days("0 0 30 2 mon", "2024-02", "5 12 19 26");
}

/* Gaps and overlaps: fixed schedules once for each local time, wildcard ones in real time. */
static void fixed_changes(void)
{
	check_next("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z",
		"2026-03-28T02:30:00+01:00 2026-03-29T03:00:00+02:00 2026-03-30T02:30:00+02:00");
	check_next("30 2 * * *", "Europe/Berlin", "2026-10-24T00:30:00Z",
		"2026-10-25T02:30:00+02:00 2026-10-26T02:30:00+01:00");
	check_next("30 2 * * *", "Europe/Berlin", "2026-10-25T01:15:00Z",
		"2026-10-26T02:30:00+01:00");
	check_next("0,20,40 2,3 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z",
		"2026-03-29T03:00:00+02:00 2026-03-29T03:20:00+02:00");
	check_next("15,45 1-2 * * *", "Europe/Berlin", "2026-10-24T23:50:00Z",
		"2026-10-25T02:15:00+02:00 2026-10-25T02:45:00+02:00 2026-10-26T01:15:00+01:00");
	check_next("15 2 * * *", "Australia/Lord_Howe", "2026-10-02T16:00:00Z",
		"2026-10-04T02:30:00+11:00 2026-10-05T02:15:00+11:00");
	check_next("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z",
		"2026-04-05T01:45:00+11:00 2026-04-06T01:45:00+10:30");
	check_next("30 1 * * *", "Europe/Dublin", "2026-03-28T12:00:00Z",
		"2026-03-29T02:00:00+01:00 2026-03-30T01:30:00+01:00");
	check_next("30 1 * * *", "Europe/Dublin", "2026-10-24T12:00:00Z",
		"2026-10-25T01:30:00+01:00 2026-10-26T01:30:00+00:00");
	check_next("0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z",
		"2018-11-04T01:00:00-02:00 2018-11-05T00:00:00-02:00");
	check_next("0 0 * * *", "Asia/Beirut", "2022-03-26T12:00:00Z",
		"2022-03-27T01:00:00+03:00 2022-03-28T00:00:00+03:00");
	check_next("@daily", "Africa/Cairo", "2024-04-25T12:00:00Z",
		"2024-04-26T01:00:00+03:00 2024-04-27T00:00:00+03:00");
	check_next("30 23 * * *", "Africa/Cairo", "2024-10-31T12:00:00Z",
		"2024-10-31T23:30:00+03:00 2024-11-01T23:30:00+02:00");
	check_next("0 12 * * *", "Pacific/Apia", "2011-12-29T12:00:00Z",
		"2011-12-29T12:00:00-10:00 2011-12-31T00:00:00+14:00 2011-12-31T12:00:00+14:00");
	check_next("0 0 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z",
		"2011-12-31T00:00:00+14:00 2012-12-30T00:00:00+14:00");
	check_next("30 2 * * *", "Africa/Casablanca", "2024-03-09T12:00:00Z",
		"2024-03-10T02:30:00+01:00 2024-03-11T02:30:00+00:00");
	check_next("30 2 14 4 *", "Africa/Casablanca", "2024-04-01T12:00:00Z",
		"2024-04-14T03:00:00+01:00");
	check_next("30 2 * * *", "Europe/Berlin", "2555-03-29T12:00:00Z",
		"2555-03-30T03:00:00+02:00 2555-03-31T02:30:00+02:00"); /* decided by the footer */
}

static void wildcard_changes(void)
{
	check_next("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z",
		"2026-03-29T01:30:00+01:00 2026-03-29T03:00:00+02:00");
	check_next("*/30 2 * * *", "Europe/Berlin", "2026-03-28T01:00:00Z",
		"2026-03-28T02:30:00+01:00 2026-03-30T02:00:00+02:00");
	check_next("*/30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
		"2026-10-25T02:00:00+02:00 2026-10-25T02:30:00+02:00 2026-10-25T02:00:00+01:00 "
		"2026-10-25T02:30:00+01:00 2026-10-26T02:00:00+01:00");
	check_next("30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z",
		"2026-10-25T02:30:00+02:00 2026-10-25T02:30:00+01:00 2026-10-25T03:30:00+01:00");
	check_next("30 */2 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z",
		"2026-03-29T04:30:00+02:00 2026-03-29T06:30:00+02:00");
	check_next("10 * * * *", "Australia/Lord_Howe", "2026-10-03T14:45:00Z",
		"2026-10-04T03:10:00+11:00");
	check_next("40 * * * *", "Australia/Lord_Howe", "2026-04-04T14:00:00Z",
		"2026-04-05T01:40:00+11:00 2026-04-05T01:40:00+10:30 2026-04-05T02:40:00+10:30");
	check_next("0 */12 30-31 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z",
		"2011-12-31T00:00:00+14:00 2011-12-31T12:00:00+14:00");
	check_next("*/30 2 * 3 sunL", "Europe/Berlin", "2026-01-01T00:00:00Z", "-");
	/* written with an offset that is cut from -0:44:30 */
	check_next("0 */12 1 1 *", "Africa/Monrovia", "1970-12-31T00:00:00Z",
		"1971-01-01T00:00:30-00:44 1971-01-01T12:00:30-00:44 1972-01-01T00:00:30-00:44");
}

static void refused(void)
{
	static const char *const table[][2] = {
		{ "", "expected 5 fields, found 0" },
		{ "*", "expected 5 fields, found 1" },
		{ "0 3 * *", "expected 5 fields, found 4" },
		{ "0 0 3 * * *", "expected 5 fields, found 6" },
		{ "61 * * * *", "minute: 61 is above 59" },
		{ "99999999999999999999 * * * *", "minute: 999999 is above 59" },
		{ "* 24 * * *", "hour: 24 is above 23" },
		{ "* * 0 * *", "day-of-month: 0 is below 1" },
		{ "* * 32 * *", "day-of-month: 32 is above 31" },
		{ "* * * 13 *", "month: 13 is above 12" },
		{ "* * * 0 *", "month: 0 is below 1" },
		{ "* * * * 8", "day-of-week: 8 is above 7" },
		{ "1-60 * * * *", "minute: 60 is above 59" },
		{ "x * * * *", "minute: \"x\" is not understood" },
		{ "-1 * * * *", "minute: \"-1\" is not understood" },
		{ "+1 * * * *", "minute: \"+1\" is not understood" },
		{ "1- * * * *", "minute: \"1-\" is not understood" },
		{ "1-5-9 * * * *", "minute: \"1-5-9\" is not understood" },
		{ "1;2 * * * *", "minute: \"1;2\" is not understood" },
		{ "1.5 * * * *", "minute: \"1.5\" is not understood" },
		{ "** * * * *", "minute: \"**\" is not understood" },
		{ "*-5 * * * *", "minute: \"*-5\" is not understood" },
		{ "* * * janu *", "month: \"janu\" is not understood" },
		{ "* * * ja *", "month: \"ja\" is not understood" },
		{ "* * * * friday", "day-of-week: \"friday\" is not understood" },
		{ "jan * * * *", "minute: \"jan\" is not understood" },
		{ "* * ? * *", "day-of-month: \"?\" is not supported; write *" },
		{ "1, * * * *", "minute: an element is missing before or after a comma" },
		{ ",1 * * * *", "minute: an element is missing before or after a comma" },
		{ "1,,2 * * * *", "minute: an element is missing before or after a comma" },
		{ "*/0 * * * *", "minute: a step of 0 would never end" },
		{ "*/61 * * * *", "minute: a step of 61 is above 60" },
		{ "* * * * */9", "day-of-week: a step of 9 is above 8" },
		{ "*/ * * * *", "minute: \"*/\" is not understood" },
		{ "*/x * * * *", "minute: \"*/x\" is not understood" },
		{ "*/5/5 * * * *", "minute: \"*/5/5\" is not understood" },
		{ "/5 * * * *", "minute: \"/5\" is not understood" },
		{ "* 22-2 * * *", "hour: the range 22-2 ends before it begins" },
		{ "* * * * fri-mon", "day-of-week: the range fri-mon ends before it begins" },
		{ "* * * nov-feb *", "month: the range nov-feb ends before it begins" },
		{ "* * * * L",
			"day-of-week: L alone is ambiguous; write sat, or satL for "
			"the last Saturday of the month" },
		{ "L * * * *", "minute: \"L\" is not understood" },
		{ "* * * L *", "month: \"L\" is not understood" },
		{ "* * L-31 * *",
			"day-of-month: no month has a day that is 31 days before its last" },
		{ "* * L- * *", "day-of-month: \"L-\" is not understood" },
		{ "* * L/2 * *", "day-of-month: \"L/2\" is not understood" },
		{ "* * 5L * *", "day-of-month: \"5L\" is not understood" },
		{ "* * 1-L * *", "day-of-month: \"1-L\" is not understood" },
		{ "* * 15W * *", "day-of-month: \"15W\" is not understood" },
		{ "* * * * fri#6", "day-of-week: #6 is not from #1 to #5" },
		{ "* * * * fri#0", "day-of-week: #0 is not from #1 to #5" },
		{ "* * * * fri#", "day-of-week: \"fri#\" is not understood" },
		{ "* * * * fri#1#2", "day-of-week: \"fri#1#2\" is not understood" },
		{ "* * * * friLL", "day-of-week: \"friLL\" is not understood" },
		{ "* * * * mon-friL", "day-of-week: \"mon-friL\" is not understood" },
		{ "* * 5#1 * *", "day-of-month: \"5#1\" is not understood" },
		{ "H( * * * *", "minute: \"H(\" is not understood" },
		{ "H(5) * * * *", "minute: \"H(5)\" is not understood" },
		{ "H(0-60) * * * *", "minute: 60 is above 59" },
		{ "H(9-3) * * * *", "minute: the range H(9-3 ends before it begins" },
		{ "H(0-7 * * * *", "minute: \"H(0-7\" is not understood" },
		{ "H/0 * * * *", "minute: a step of 0 would never end" },
		{ "H5 * * * *", "minute: \"H5\" is not understood" },
		{ "H-5 * * * *", "minute: \"H-5\" is not understood" },
		{ "@reboot", "@reboot is not supported: it is not a time" },
		{ "@often", "no such schedule: @often" },
		{ "@daily x", "no such schedule: @daily x" },
		{ "@", "no such schedule: @" },
		{ "0 0 30 2 *", "no such date: 30 2 *" },
		{ "0 0 31 4,6,9,11 *", "no such date: 31 4,6,9,11 *" },
		{ "0 0 L-29 feb *", "no such date: L-29 feb *" },
		{ "0 0 */30 2 */8", NULL },
		{ "0 0 30-31 2 */2", "no such date: 30-31 2 */2" },
		{ "0 0 L-30 4 *", "no such date: L-30 4 *" },
		{ "0 0 L-28 2 *", NULL },
		{ "0 0 29 2 *", NULL },
		{ "0 0 31 2 mon", NULL },
		{ "0 0 * 2 sun#5", NULL },
		{ "*/60 */24 */31 */12 */8", NULL },
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct cron cron;
		int status;

		str_clear(&why);
		str_add(&why, "");
		status = cron_parse(table[i][0], "", &cron, &why);
		is_int(status, table[i][1] ? -1 : 0, "\"%s\" is %s", table[i][0],
			table[i][1] ? "refused" : "taken");
		is_str(why.data, table[i][1] ? table[i][1] : "", "the reason is said");
	}
}

/* A date is refused only if 400 years have none. */
static int has_date(const struct cron *cron)
{
	for (int64_t day = 0; day < CIVIL_CYCLE; day++) {
		struct civil date = civil_date(day);
		int length = civil_month_length(date.year, date.month);
		int first = civil_weekday(day - date.day + 1);

		if (cron->months >> date.month & 1 &&
			cron->days[length - 28][first] >> date.day & 1)
			return 1;
	}
	return 0;
}

static void impossible(void)
{
	static const char *const dates[] = { "*", "*/7", "28", "29", "30", "31", "L", "L-28",
		"L-29", "L-30", "30,31" };
	static const char *const months[] = { "*", "2", "4", "2,6", "12" };
	static const char *const weekdays[] = { "*", "*/7", "mon", "mon#5", "monL", "sun#1" };
	int wrong = 0, none = 0;

	for (int i = 0; i < 11 * 5 * 6; i++) {
		struct cron cron = { 0 };
		char text[64];
		int status;

		snprintf(text, sizeof text, "0 0 %s %s %s", dates[i / 30], months[i / 6 % 5],
			weekdays[i % 6]);
		status = cron_parse(text, "", &cron, &why);
		wrong += (status == 0) != has_date(&cron);
		none += status < 0;
	}
	is_int(wrong, 0, "an expression is refused exactly if 400 years have no such date");
	ok(none > 0, "there are such expressions");
}

static int count(uint64_t bits)
{
	return __builtin_popcountll(bits);
}

/* H: its range, that it never changes, and that names and fields differ. */
static void hashes(void)
{
	struct cron a = parsed("H H H H H", "nightly-review"), again;
	uint64_t minutes = 0, hours = 0, dates = 0, weekdays = 0;
	int same = 0, wrong = 0;

	again = parsed("h h h h h", "nightly-review");
	ok(a.minutes == again.minutes && a.hours == again.hours && a.months == again.months &&
			memcmp(a.days, again.days, sizeof a.days) == 0,
		"a hash stays");
	ok(a.fixed, "H is fixed");
	ok(parsed("H/15 H * * *", "").fixed && !parsed("H */2 * * *", "").fixed,
		"with a step, too; not with a wildcard beside it");
	for (int i = 0; i < 2000; i++) {
		char name[32];
		struct cron c, d;

		snprintf(name, sizeof name, "task-%d", i);
		c = parsed("H H H * *", name);
		minutes |= c.minutes, hours |= c.hours, dates |= c.days[0][0];
		same += __builtin_ctzll(c.minutes) % 24 == __builtin_ctz(c.hours);
		wrong += count(c.minutes) != 1 || count(c.hours) != 1 || count(c.days[0][0]) != 1;
		d = parsed("H/15 H(0-7) * * H", name);
		weekdays |=
			d.days[0][0] & 0xfe; /* the first week of a month that begins on a Sunday */
		wrong += count(d.minutes) != 4 ||
			(d.minutes & 0x7fff) * UINT64_C(0x200040008001) != d.minutes;
		wrong += count(d.hours) != 1 || d.hours > 0x80;
		d = parsed("H(3-29)/10 H(20-23)/9 H(29-31) 1 *", name);
		wrong += d.minutes & ~UINT64_C(0x3ffffff8) || count(d.minutes) < 2 ||
			count(d.minutes) > 3;
		wrong += count(d.hours) != 1 || d.hours < 1 << 20;
		wrong += count(d.days[3][0]) != 1 || d.days[3][0] < 1u << 29;
	}
	is_int(wrong, 0, "hashes are one value, in their range, at their step");
	ok(minutes == (UINT64_C(1) << 60) - 1, "all minutes are used");
	ok(hours == (1 << 24) - 1, "all hours");
	ok(dates == (UINT64_C(1) << 29) - 2, "the days from 1 to 28");
	ok(weekdays == 0xfe, "all days of the week");
	ok(same < 200, "the hour has nothing to do with the minute");
}

/* From any time, every schedule has a next moment, and it is never earlier. */
static void monotone(void)
{
	static const char *const zones[] = { "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia",
		"Africa/Casablanca", "America/Sao_Paulo" };
	static const char *const texts[] = { "* * * * *", "30 2 * * *", "0 0 * * *",
		"*/7 1-3 * * *", "15 */2 L * sunL", "1-59/9 0,1,2,23 * 3,10 sun" };
	int wrong = 0;

	for (int i = 0; i < 30; i++) {
		const struct zone *z = zone_named(zones[i % 5]);
		struct cron cron = parsed(texts[i / 5], "");
		int64_t at = INT64_C(-3000000000001);

		for (int k = 0; k < 5000; k++) {
			int64_t next = cron_next(&cron, z, at);

			wrong += next <= at || cron_next(&cron, z, next - 1) != next;
			at = next + (k % 50 ? 0 : INT64_C(7654321001) * (k % 7));
		}
	}
	is_int(wrong, 0, "the next moment is later than the one before, and the first such");
	for (int i = 0; i < 6; i++) {
		struct cron cron = parsed(texts[i], "");

		is_int(cron_next(&cron, zone_named("Asia/Gaza"), INT64_MAX), -1,
			"nothing is due behind the end of time: %s", texts[i]);
		ok(cron_next(&cron, zone_named("Asia/Gaza"), INT64_MIN) <
				INT64_MIN + CLOCK_DAY * 800,
			"what is due at its beginning is found");
	}
}

/* For tests/cron-peers.t: the answers, seconds since 1970, in one line for each question. */
static int answer(void)
{
	char text[256], zone[64];
	int64_t at;
	int n;

	while (scanf("%255[^\t]\t%63[^\t]\t%" SCNd64 "\t%d\n", text, zone, &at, &n) == 4) {
		struct cron cron = parsed(text, "");

		for (at *= CLOCK_SECOND; n > 0 && at >= 0; n--) {
			at = cron_next(&cron, zone_named(zone), at);
			printf("%" PRId64 "%c", at / CLOCK_SECOND, n > 1 ? ' ' : '\n');
		}
	}
	zone_close_all();
	str_free(&why);
	return feof(stdin) ? 0 : 1;
}

int main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "next") == 0)
		return answer();
	ordinary();
	words();
	days();
	fixed_changes();
	wildcard_changes();
	refused();
	impossible();
	hashes();
	monotone();
	str_free(&why);
	zone_close_all();
	return done();
}
