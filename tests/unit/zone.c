/* zone.c, zone_file.c, zone_rule.c: zones of the tz database, and malformed zone files */
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "tap.h"
#include "task/civil.h"
#include "task/zone_data.h"

static struct str why;

/* Seconds since 1970 of "2026-03-01 09:00:00", as UTC. */
static int64_t seconds(const char *text)
{
	struct tm tm = { 0 };

	if (!strptime(text, "%Y-%m-%d %H:%M:%S", &tm))
		abort();
	return timegm(&tm);
}

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

static void check_offsets(void)
{
	static const struct {
		const char *zone, *utc;
		int32_t offset;
	} table[] = {
		{ "UTC", "2026-01-01 00:00:00", 0 },
		{ "Etc/GMT+5", "2026-01-01 00:00:00", -5 * 3600 },
		{ "Asia/Kathmandu", "2026-01-01 00:00:00", 5 * 3600 + 45 * 60 },
		{ "Europe/Berlin", "1880-01-01 00:00:00", 3208 },
		{ "Europe/Berlin", "2026-03-29 00:59:59", 3600 },
		{ "Europe/Berlin", "2026-03-29 01:00:00", 7200 },
		{ "Europe/Berlin", "2026-10-25 00:59:59", 7200 },
		{ "Europe/Berlin", "2026-10-25 01:00:00", 3600 },
		{ "Europe/Berlin", "2555-07-01 00:00:00", 7200 },
		{ "Europe/Berlin", "9999-12-31 00:00:00", 3600 },
		{ "Europe/Dublin", "2026-01-01 00:00:00", 0 },
		{ "Europe/Dublin", "2026-07-01 00:00:00", 3600 },
		{ "Europe/Dublin", "2555-01-01 00:00:00", 0 },
		{ "Europe/Dublin", "2555-07-01 00:00:00", 3600 },
		{ "Australia/Lord_Howe", "2026-01-01 00:00:00", 11 * 3600 },
		{ "Australia/Lord_Howe", "2555-07-01 00:00:00", 10 * 3600 + 1800 },
		{ "America/Santiago", "2555-01-01 00:00:00", -3 * 3600 },
		{ "America/Santiago", "2555-07-01 00:00:00", -4 * 3600 },
		{ "Africa/Casablanca", "2024-03-20 00:00:00", 0 }, /* Ramadan */
		{ "Africa/Casablanca", "2024-05-20 00:00:00", 3600 },
		{ "Africa/Casablanca", "2555-01-01 00:00:00", 3600 },
		{ "Africa/Monrovia", "1971-01-01 00:00:00", -2670 },
		{ "Pacific/Apia", "2011-12-30 09:59:59", -10 * 3600 },
		{ "Pacific/Apia", "2011-12-30 10:00:00", 14 * 3600 },
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		int64_t t = seconds(table[i].utc), from = 1, until = 0;

		is_int(zone_offset(zone_named(table[i].zone), t, &from, &until), table[i].offset,
			"%s at %s UTC", table[i].zone, table[i].utc);
		ok(from <= t && t < until, "the moment is in the range");
	}
}

static void is_time(const char *zone, const char *local, const char *utc)
{
	is_int(zone_instant(zone_named(zone), seconds(local)), seconds(utc), "%s in %s", local,
		zone);
}

static void check_instants(void)
{
	is_time("UTC", "2026-03-01 09:00:00", "2026-03-01 09:00:00");
	is_time("Asia/Tokyo", "2026-03-01 09:00:00", "2026-03-01 00:00:00");
	is_time("Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29 00:59:59");
	is_time("Europe/Berlin", "2026-03-29 02:00:00", "2026-03-29 01:00:00");
	is_time("Europe/Berlin", "2026-03-29 02:59:59", "2026-03-29 01:00:00");
	is_time("Europe/Berlin", "2026-03-29 03:00:00", "2026-03-29 01:00:00");
	is_time("Europe/Berlin", "2026-03-29 03:00:01", "2026-03-29 01:00:01");
	is_time("Europe/Berlin", "2026-10-25 02:00:00", "2026-10-25 00:00:00");
	is_time("Europe/Berlin", "2026-10-25 02:59:59", "2026-10-25 00:59:59");
	is_time("Europe/Berlin", "2026-10-25 03:00:00", "2026-10-25 02:00:00");
	is_time("Europe/Berlin", "2555-07-01 12:00:00", "2555-07-01 10:00:00");
	is_time("Australia/Lord_Howe", "2026-10-04 02:15:00", "2026-10-03 15:30:00");
	is_time("Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04 14:45:00");
	is_time("America/Sao_Paulo", "2018-11-04 00:00:00", "2018-11-04 03:00:00");
	is_time("America/Sao_Paulo", "2018-11-04 00:59:59", "2018-11-04 03:00:00");
	is_time("Asia/Beirut", "2022-03-27 00:30:00", "2022-03-26 22:00:00");
	is_time("Africa/Cairo", "2024-04-26 00:30:00", "2024-04-25 22:00:00");
	is_time("Africa/Cairo", "2024-10-31 23:30:00", "2024-10-31 20:30:00");
	is_time("Africa/Cairo", "2024-11-01 00:00:00", "2024-10-31 22:00:00");
	is_time("Pacific/Apia", "2011-12-30 00:00:00", "2011-12-30 10:00:00");
	is_time("Pacific/Apia", "2011-12-30 23:59:59", "2011-12-30 10:00:00");
	is_time("Pacific/Apia", "2011-12-31 00:00:00", "2011-12-30 10:00:00");
	is_time("Africa/Monrovia", "1971-01-01 00:00:00", "1971-01-01 00:44:30");
}

static void check_reached(void)
{
	const struct zone *z = zone_named("Europe/Berlin");

	is_int(zone_reached(z, seconds("2026-07-01 10:00:00")), seconds("2026-07-01 12:00:00"),
		"the time of day is reached");
	is_int(zone_reached(z, seconds("2026-10-25 00:59:59")), seconds("2026-10-25 02:59:59"),
		"so is the end of an hour that will be repeated");
	is_int(zone_reached(z, seconds("2026-10-25 01:30:00")), seconds("2026-10-25 02:59:59"),
		"nothing new is while it is repeated");
	is_int(zone_reached(z, seconds("2026-10-25 02:00:00")), seconds("2026-10-25 03:00:00"),
		"then it goes on");
}

/* Our own generator, so that a failure is reproducible (Knuth's MMIX). */
static uint64_t random_number(void)
{
	static uint64_t state = 1;

	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return state >> 11;
}

/* What the header promises of instants and local times, at the ends of ranges and anywhere. */
static void check_promises(const char *name)
{
	const struct zone *z = zone_named(name);
	int wrong = 0;

	for (int i = 0; i < 20000; i++) {
		int64_t t = (int64_t)(random_number() % UINT64_C(50000000000)) - 5000000000;
		int64_t from, until, local;
		int32_t offset;

		zone_offset(z, t, &from, &until);
		if (i % 2 && until != INT64_MAX)
			t = until - 4000 + (int64_t)(random_number() % 8000);
		offset = zone_offset(z, t, &from, &until);
		wrong += from > t || until <= t;
		wrong += from != INT64_MIN && zone_offset(z, from, NULL, NULL) != offset;
		wrong += until != INT64_MAX && zone_offset(z, until - 1, NULL, NULL) != offset;
		wrong += zone_instant(z, t + offset) > t || zone_reached(z, t) < t + offset;
		local = t + offset - 8000 + (int64_t)(random_number() % 16000);
		wrong += (zone_instant(z, local) > t) != (local > zone_reached(z, t));
		wrong += zone_instant(z, local) > zone_instant(z, local + 1);
	}
	is_int(wrong, 0, "%s keeps what the header promises", name);
}

static void check_extremes(void)
{
	const struct zone *z = zone_named("Europe/Berlin");
	int64_t from, until;

	zone_offset(z, INT64_MAX, &from, &until);
	ok(until == INT64_MAX && from < INT64_MAX, "the last moment there is has an offset");
	is_int(zone_offset(z, INT64_MIN, &from, &until), 3208, "the first one, too");
	ok(from == INT64_MIN && until < 0, "which begins with time");
	ok(zone_instant(z, INT64_MAX) >= zone_instant(z, INT64_MAX / 16) &&
			zone_instant(z, INT64_MIN) <= zone_instant(z, INT64_MIN / 16),
		"local times at the ends of time are found");
	ok(zone_reached(z, INT64_MAX) > 0 && zone_reached(z, INT64_MIN) < 0, "and reached");
}

static void check_format(void)
{
	static const struct {
		const char *zone;
		int64_t ms;
		const char *text;
	} table[] = {
		{ "UTC", 0, "1970-01-01T00:00:00+00:00" },
		{ "Europe/Berlin", INT64_C(1772352000000), "2026-03-01T09:00:00+01:00" },
		{ "Europe/Berlin", INT64_C(1772352000007), "2026-03-01T09:00:00.007+01:00" },
		{ "Europe/Berlin", INT64_C(1782856800000), "2026-07-01T00:00:00+02:00" },
		{ "America/St_Johns", INT64_C(1772352000000), "2026-03-01T04:30:00-03:30" },
		{ "America/New_York", -1, "1969-12-31T18:59:59.999-05:00" },
		{ "Africa/Monrovia", 0, "1969-12-31T23:16:00-00:44" }, /* it was -0:44:30 */
		{ "Asia/Kathmandu", INT64_C(1772352000000), "2026-03-01T13:45:00+05:45" },
	};
	char text[CLOCK_TEXT];

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		zone_format(zone_named(table[i].zone), table[i].ms, text);
		is_str(text, table[i].text, "%s", table[i].text);
	}
	zone_format(zone_named("Europe/Berlin"), INT64_MAX, text);
	is_str(text, "292278994-08-17T09:12:55.807+02:00", "the last moment fits");
	zone_format(zone_named("America/New_York"), INT64_MIN, text);
	ok(strlen(text) < CLOCK_TEXT, "the first moment fits: %s", text);
}

static void is_no_zone(const char *name, const char *reason)
{
	str_clear(&why);
	ok(zone_open(name, &why) == NULL, "no zone: %s", name);
	is_str(why.data, reason, "the reason is said");
}

static void check_names(void)
{
	ok(zone_named("Europe/Berlin") == zone_named("Europe/Berlin"), "a zone is kept");
	ok(zone_named("Asia/Tokyo") != zone_named("Europe/Berlin"), "under its name");
	ok(zone_named("") != NULL, "the system has a zone");
	is_no_zone("Mars/Base", "no such zone: Mars/Base");
	is_no_zone("Europe", "no such zone: Europe");
	is_no_zone("Europe/", "no such zone: Europe/");
	is_no_zone("Europe//Berlin", "no such zone: Europe//Berlin");
	is_no_zone("Europe/Berlin/Mitte", "no such zone: Europe/Berlin/Mitte");
	is_no_zone("/usr/share/zoneinfo/UTC", "no such zone: /usr/share/zoneinfo/UTC");
	is_no_zone("../zoneinfo/UTC", "no such zone: ../zoneinfo/UTC");
	is_no_zone("Europe/../UTC", "no such zone: Europe/../UTC");
	is_no_zone("./UTC", "no such zone: ./UTC");
	is_no_zone(".", "no such zone: .");
	is_no_zone("/", "no such zone: /");
	is_no_zone("zone.tab", "zone.tab: not a valid TZif file: it has no TZif header");
}

static void is_system_name(const char *tz, const char *wanted)
{
	char name[64];

	if (tz)
		setenv("TZ", tz, 1);
	else
		unsetenv("TZ");
	is_str(zone_system_name(name, sizeof name), wanted, "TZ=%s", tz ? tz : "(none)");
}

static void check_system_name(void)
{
	char name[64], small[4];

	unsetenv("TZ");
	zone_system_name(name, sizeof name);
	ok(!*name || zone_named(name), "the system's zone by name is one: %s", name);
	is_system_name("Europe/Berlin", "Europe/Berlin");
	is_system_name(":Europe/Berlin", "Europe/Berlin");
	is_system_name("/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo");
	is_system_name("", "UTC");
	is_system_name("CET-1CEST,M3.5.0,M10.5.0/3", name);
	is_system_name("/etc/localtime", name);
	is_system_name("Mars/Base", name);
	setenv("TZ", "Europe/Berlin", 1);
	is_str(zone_system_name(small, sizeof small), "", "a name that does not fit is none");
	unsetenv("TZ");
}

/* TZif files made here. */
static void add_number(struct str *s, int64_t value, int bytes)
{
	while (bytes-- > 0)
		str_addc(s, (char)((uint64_t)value >> 8 * bytes));
}

struct made {
	char version;
	int leap, times;
	int64_t at[4];
	unsigned char type[4];
	int32_t offset[2];
	const char *footer;
};

static void add_block(struct str *s, const struct made *m, int width)
{
	int counts[] = { 0, 0, m->leap, m->times, 2, 4 };

	str_addn(s, "TZif", 4);
	str_addc(s, m->version);
	str_addn(s, (char[15]){ 0 }, 15);
	for (int i = 0; i < 6; i++)
		add_number(s, counts[i], 4);
	for (int i = 0; i < m->times; i++)
		add_number(s, m->at[i], width);
	str_addn(s, m->type, (size_t)m->times);
	for (int i = 0; i < 2; i++) {
		add_number(s, m->offset[i], 4);
		add_number(s, 0, 2);
	}
	str_addn(s, "ABC", 4);
	for (int i = 0; i < m->leap; i++)
		str_addn(s, (char[12]){ 0 }, (size_t)width + 4);
}

static void make(struct str *s, const struct made *m)
{
	str_clear(s);
	add_block(s, m, 4);
	if (m->version) {
		add_block(s, m, 8);
		str_addf(s, "\n%s\n", m->footer);
	}
}

static const struct made sound = { '2', 0, 2, { 1000, 2000 }, { 1, 0 }, { 3600, 7200 }, "ABC-1" };

static void is_unsound(const struct made *m, const char *reason)
{
	struct str s = { 0 };

	make(&s, m);
	str_clear(&why);
	ok(zone_parse(s.data, s.len, &why) == NULL, "unsound");
	is_str(why.data, reason, "%s", reason);
	str_free(&s);
}

static void check_unsound(void)
{
	struct str s = { 0 };
	struct made m = sound;
	int taken = 0;

	make(&s, &sound);
	for (size_t n = 0; n < s.len; n++) {
		char *part = mem_alloc(n); /* so that ASan sees a read beyond its end */

		memcpy(part, s.data, n);
		str_clear(&why);
		taken += zone_parse(part, n, &why) != NULL || why.len == 0;
		free(part);
	}
	is_int(taken, 0, "a file cut off anywhere is refused");
	str_free(&s);
	m.leap = 1;
	is_unsound(&m,
		"not a valid TZif file: it counts leap seconds, which the system's clock does not");
	m = sound, m.at[1] = 1000;
	is_unsound(&m, "not a valid TZif file: its times are not ascending");
	m = sound, m.at[1] = INT64_MAX;
	is_unsound(&m, "not a valid TZif file: a time is out of range");
	m = sound, m.type[1] = 2;
	is_unsound(&m, "not a valid TZif file: a local time type is missing");
	m = sound, m.offset[1] = 100000;
	is_unsound(&m, "not a valid TZif file: an offset is out of range");
	m = sound, m.offset[0] = INT32_MIN;
	is_unsound(&m, "not a valid TZif file: an offset is out of range");
}

static void check_bad_footers(void)
{
	static const char *const footers[] = { "A", "AB-1", "ABC", "<ABC-1", "<A C>-1", "ABC-25",
		"ABC-1:60", "ABC-1D", "ABC-1DEF", "ABC-1DEF,M3.5.0", "ABC-1DEF,M3.5.0,M13.1.0",
		"ABC-1DEF,M3.6.0,M4.1.0", "ABC-1DEF,M3.5.7,M4.1.0", "ABC-1DEF,J0,J5",
		"ABC-1DEF,J366,J5", "ABC-1DEF,366,5", "ABC-1DEF,1/168,5", "ABC-1DEF,1,5,", "ABC-1 ",
		"ABC-99999999999999999999", ":Europe/Berlin" };
	struct made m = sound;

	for (size_t i = 0; i < sizeof footers / sizeof *footers; i++) {
		m.footer = footers[i];
		is_unsound(&m, "not a valid TZif file: its footer is not a TZ string");
	}
}

static void offset_is(const struct zone *z, const char *utc, int32_t offset)
{
	is_int(zone_offset(z, seconds(utc), NULL, NULL), offset, "offset at %s UTC", utc);
}

static struct zone *made_zone(const struct made *m)
{
	struct str s = { 0 };
	struct zone *z;

	make(&s, m);
	str_clear(&why);
	z = zone_parse(s.data, s.len, &why);
	if (!ok(z != NULL, "version %c, footer %s", m->version ? m->version : '1',
		    m->footer ? m->footer : "(none)")) {
		printf("# %s\n", why.data);
		exit(1);
	}
	str_free(&s);
	return z;
}

static void check_versions(void)
{
	static const char versions[] = { '\0', '2', '3', '4' };

	for (int i = 0; i < 4; i++) {
		struct made m = sound;
		struct zone *z;

		m.version = versions[i];
		m.at[0] = -1000;
		m.footer = "";
		z = made_zone(&m);
		is_int(zone_offset(z, -1001, NULL, NULL), 3600, "before the first time");
		is_int(zone_offset(z, -1000, NULL, NULL), 7200, "between the times");
		is_int(zone_offset(z, INT64_MAX, NULL, NULL), 3600, "behind the last, for ever");
		zone_free(z);
	}
}

/* A footer decides everything after the last time, and all times if there is none. */
static struct zone *ruled(const char *footer, int times)
{
	struct made m = sound;

	m.footer = footer;
	m.times = times;
	return made_zone(&m);
}

static void check_footers(void)
{
	struct zone *z = ruled("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", 2);

	offset_is(z, "2026-03-29 00:59:59", -3 * 3600); /* Nuuk: 22:00 of the day before */
	offset_is(z, "2026-03-29 01:00:00", -2 * 3600);
	offset_is(z, "2026-10-25 00:59:59", -2 * 3600);
	offset_is(z, "2026-10-25 01:00:00", -3 * 3600);
	is_int(zone_offset(z, 1500, NULL, NULL), 7200, "before it the file's times count");
	zone_free(z);
	z = ruled("IST-1GMT0,M10.5.0,M3.5.0/1", 0);
	offset_is(z, "2026-01-01 00:00:00", 0); /* Dublin: winter is the exception */
	offset_is(z, "2026-07-01 00:00:00", 3600);
	offset_is(z, "0026-07-01 00:00:00", 3600);
	offset_is(z, "0026-12-01 00:00:00", 0);
	zone_free(z);
	z = ruled("XXX3EDT4,0/0,J365/23", 2); /* the RFC's: summer time all the year, without end */
	offset_is(z, "2026-01-01 03:00:00", -4 * 3600);
	offset_is(z, "2027-01-01 02:59:59", -4 * 3600);
	offset_is(z, "2927-01-01 03:00:00", -4 * 3600);
	zone_free(z);
	z = ruled("AAA-2BBB,J60/0,59/0", 2); /* 1 March; 1 March, or 29 February */
	offset_is(z, "2024-02-28 20:59:59", 3 * 3600);
	offset_is(z, "2024-02-28 21:00:00", 2 * 3600);
	offset_is(z, "2024-02-29 22:00:00", 3 * 3600);
	zone_free(z);
	z = ruled("EET-2EEST,M3.4.4/50,M10.4.4/50", 2); /* Gaza: Saturday after the 4th Thursday */
	offset_is(z, "2025-03-28 23:59:59", 2 * 3600);
	offset_is(z, "2025-03-29 00:00:00", 3 * 3600);
	zone_free(z);
	z = ruled("AAA0BBB,M1.1.0/-167,M6.1.0/167", 2); /* a week into the year before */
	offset_is(z, "2023-12-31 00:59:59", 0);
	offset_is(z, "2023-12-31 01:00:00", 3600);
	offset_is(z, "2026-06-13 21:59:59", 3600);
	offset_is(z, "2026-06-13 22:00:00", 0);
	zone_free(z);
	z = ruled("LONG-1:30:15", 2);
	offset_is(z, "2026-06-13 22:00:00", 5415);
	zone_free(z);
}

static void write_file(const char *path, const void *data, size_t n)
{
	FILE *f = fopen(path, "w");

	if (!f || fwrite(data, 1, n, f) != n || fclose(f) != 0)
		abort();
}

static void set_time(const char *path, time_t when)
{
	struct timespec times[2] = { { when, 0 }, { when, 0 } };

	if (utimensat(AT_FDCWD, path, times, 0) < 0)
		abort();
}

/* Our own tz database. */
static void check_folder(void)
{
	char folder[] = "/tmp/bgjob-zone.XXXXXX", path[64];
	struct str s = { 0 };
	int64_t stamp;

	if (!tap_folder(folder) || chdir(folder) < 0)
		abort();
	setenv("TZDIR", folder, 1);
	zone_close_all();
	make(&s, &sound);
	write_file("Mine", s.data, s.len);
	write_file("tzdata.zi", "# version 1\n", 12);
	is_int(zone_offset(zone_named("Mine"), 5000, NULL, NULL), 3600, "a zone of $TZDIR");
	is_no_zone("Europe/Berlin", "no such zone: Europe/Berlin");
	is_int(zone_offset(zone_named("UTC"), 0, NULL, NULL), 0, "UTC needs no database");
	if (mkfifo("fifo", 0600) < 0)
		abort();
	is_no_zone("fifo", "no such zone: fifo");
	write_file("empty", "", 0);
	is_no_zone("empty", "empty: not a valid TZif file: it has no TZif header");
	write_file("large", s.data, s.len);
	if (truncate("large", 2 << 20) < 0)
		abort();
	snprintf(path, sizeof path, "%s/large: longer than 1 MiB", folder);
	is_no_zone("large", path);
	set_time("tzdata.zi", 1000);
	stamp = zone_stamp();
	ok(stamp != 0, "the database has a stamp");
	is_int(zone_stamp(), stamp, "which stays");
	set_time("tzdata.zi", 1001);
	ok(zone_stamp() != stamp && zone_stamp() != 0, "until the database is replaced");
	if (chdir("/") < 0)
		abort();
	unsetenv("TZDIR");
	zone_close_all();
	str_free(&s);
}

static void check_calendar(void)
{
	int wrong = 0;

	for (int64_t days = -CIVIL_CYCLE; days < 2 * CIVIL_CYCLE; days++) {
		time_t t = (time_t)(days * CIVIL_DAY);
		struct civil date = civil_date(days);
		struct tm tm;

		gmtime_r(&t, &tm);
		wrong += date.year != tm.tm_year + 1900 || date.month != tm.tm_mon + 1 ||
			date.day != tm.tm_mday || civil_weekday(days) != tm.tm_wday ||
			civil_days(date.year, date.month, date.day) != days ||
			date.day > civil_month_length(date.year, date.month);
	}
	is_int(wrong, 0, "1200 years of dates and weekdays are gmtime_r's");
}

int main(void)
{
	unsetenv("TZDIR");
	check_calendar();
	check_offsets();
	check_instants();
	check_reached();
	check_promises("Europe/Berlin");
	check_promises("Australia/Lord_Howe");
	check_promises("Pacific/Apia");
	check_promises("Europe/Dublin");
	check_promises("Asia/Gaza");
	check_promises("UTC");
	check_extremes();
	check_format();
	check_names();
	check_system_name();
	check_unsound();
	check_bad_footers();
	check_versions();
	check_footers();
	check_folder();
	str_free(&why);
	return done();
}
