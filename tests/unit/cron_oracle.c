/* cron_next() and zone_offset() against an oracle: at every transition of 1990 to 2040 in all zones
 * of the system's tz database, glibc's localtime_r() tells the local time of each minute, and the
 * rule of task/cron.h is applied to that literally, using nothing of lib/task but the functions
 * under test. (Some hours away from the transition it is asked only four times an hour, to save
 * time.) */
#include <ftw.h>
#include <time.h>

#include "base/hash.h"
#include "base/str.h"
#include "tap.h"
#include "task/cron.h"

#define BEGIN INT64_C(631152000)   /* 1990 */
#define END INT64_C(2240611200)    /* 2041 */
#define FIRST INT64_C(-3786825600) /* 1850 */
#define LAST INT64_C(25245561600)  /* 2770 */
#define HOUR INT64_C(3600)
#define STEP (36 * HOUR) /* no zone has changed its clocks twice within that time */

/* With sanitizers everything takes four times as long. */
#if defined(__SANITIZE_ADDRESS__)
enum { EACH = 4 };
#else
enum { EACH = 1 };
#endif

/* The schedules in C: whether a local time is meant, seconds being 0. */
static int at_half_past_two(const struct tm *tm)
{
	return tm->tm_hour == 2 && tm->tm_min == 30;
}

static int at_three(const struct tm *tm)
{
	return tm->tm_hour == 3 && tm->tm_min == 0;
}

static int at_midnight(const struct tm *tm)
{
	return tm->tm_hour == 0 && tm->tm_min == 0;
}

static int four_a_night(const struct tm *tm)
{
	return (tm->tm_hour == 1 || tm->tm_hour == 2) && (tm->tm_min == 15 || tm->tm_min == 45);
}

static int after_midnight(const struct tm *tm)
{
	return tm->tm_hour == 0 && tm->tm_min % 10 == 0;
}

static int on_sundays(const struct tm *tm)
{
	return tm->tm_min == 10 && tm->tm_hour == 2 && tm->tm_wday == 0;
}

static int on_last_sundays(const struct tm *tm)
{
	struct tm later = *tm;

	if (tm->tm_min != 5 || tm->tm_hour != 3 || tm->tm_wday != 0)
		return 0;
	later.tm_mday += 7;
	timegm(&later);
	return later.tm_mon != tm->tm_mon;
}

static int on_last_days(const struct tm *tm)
{
	struct tm later = *tm;

	if (tm->tm_min != 45 || tm->tm_hour != 23)
		return 0;
	later.tm_mday++;
	timegm(&later);
	return later.tm_mon != tm->tm_mon;
}

static int on_either_day(const struct tm *tm)
{
	return tm->tm_min == 30 && tm->tm_hour >= 1 && tm->tm_hour <= 3 &&
		(tm->tm_mday <= 7 || tm->tm_wday == 0);
}

static int each_quarter(const struct tm *tm)
{
	return tm->tm_min % 15 == 0;
}

static int each_hour(const struct tm *tm)
{
	return tm->tm_min == 7;
}

static int thrice_at_two(const struct tm *tm)
{
	return tm->tm_hour == 2 && tm->tm_min % 20 == 0;
}

static int each_third_hour(const struct tm *tm)
{
	return tm->tm_hour % 3 == 0 && tm->tm_min == 30;
}

static int in_certain_nights(const struct tm *tm)
{
	return tm->tm_min % 30 == 0 && tm->tm_hour <= 3 && tm->tm_mday % 2 == 1 &&
		(tm->tm_mon == 2 || tm->tm_mon == 9) && tm->tm_wday == 0;
}

static const struct schedule {
	const char *text;
	int fixed;
	int (*meant)(const struct tm *tm);
} schedules[] = {
	{ "30 2 * * *", 1, at_half_past_two },
	{ "0 3 * * *", 1, at_three },
	{ "0 0 * * *", 1, at_midnight },
	{ "15,45 1-2 * * *", 1, four_a_night },
	{ "0-59/10 0 * * *", 1, after_midnight },
	{ "10 2 * * sun", 1, on_sundays },
	{ "5 3 * * 7L", 1, on_last_sundays },
	{ "45 23 L * *", 1, on_last_days },
	{ "30 1,2,3 1-7 * SUN", 1, on_either_day },
	{ "*/15 * * * *", 0, each_quarter },
	{ "7 * * * *", 0, each_hour },
	{ "*/20 2 * * *", 0, thrice_at_two },
	{ "30 */3 * * *", 0, each_third_hour },
	{ "*/30 0-3 */2 mar,oct 0", 0, in_certain_nights },
};
enum { SCHEDULES = sizeof schedules / sizeof *schedules, MOST = 1000 };

/* What is due in a window, in order, for each schedule. */
static struct due {
	int64_t moments[MOST];
	int count;
} due[SCHEDULES];

static struct cron crons[SCHEDULES];
static const char *zone_name;
static const struct zone *zone;
static long long offsets, offsets_wrong, windows, moments, moments_wrong;

static void report(const char *what, int64_t t, int64_t got, int64_t wanted)
{
	if (offsets_wrong + moments_wrong < 20)
		printf("# %s: %s: from %" PRId64 ": got %" PRId64 ", wanted %" PRId64 "\n",
			zone_name, what, t, got, wanted);
}

static struct tm local_time(int64_t t)
{
	time_t time = (time_t)t;
	struct tm tm;

	localtime_r(&time, &tm);
	return tm;
}

static struct tm fields_of(int64_t local)
{
	time_t time = (time_t)local;
	struct tm tm;

	gmtime_r(&time, &tm);
	return tm;
}

static void add_due(int i, int64_t t)
{
	if (due[i].count == 0 || due[i].moments[due[i].count - 1] != t) {
		if (due[i].count == MOST)
			abort();
		due[i].moments[due[i].count++] = t;
	}
}

/* Local times of whole minutes that are reached for the first time, or passed over, at t. */
static void add_fixed(int64_t from, int64_t until, int64_t t)
{
	for (int64_t local = from + (60 - from % 60) % 60; local <= until; local += 60) {
		struct tm tm = fields_of(local);

		for (int i = 0; i < SCHEDULES; i++)
			if (schedules[i].fixed && schedules[i].meant(&tm))
				add_due(i, t);
	}
}

/* What the clock shows at t, in a window around the transition `at`. */
static struct tm look(int64_t t, int64_t at, int64_t *local)
{
	static int64_t offset, before;
	int one_window = t > before && t - before <= 60;
	struct tm tm;

	before = t;
	if (one_window && llabs(t - at) > 3 * HOUR && t % (HOUR / 4)) {
		*local = t + offset;
		return fields_of(*local);
	}
	tm = local_time(t);
	offset = tm.tm_gmtoff;
	*local = t + offset;
	return tm;
}

/* The rule, taken literally: go through the time in steps and see what the clock shows. */
static void enumerate(int64_t at, int64_t around, int step)
{
	int64_t latest = at - around + local_time(at - around).tm_gmtoff;

	for (int i = 0; i < SCHEDULES; i++)
		due[i].count = 0;
	for (int64_t t = at - around + step; t < at + around; t += step) {
		int64_t local;
		struct tm tm = look(t, at, &local);

		if (step > 1 && tm.tm_sec)
			abort();
		if (tm.tm_sec == 0)
			for (int i = 0; i < SCHEDULES; i++)
				if ((!schedules[i].fixed || local == latest + step) &&
					schedules[i].meant(&tm))
					add_due(i, t);
		if (local > latest && local != latest + step)
			add_fixed(latest + 1, local, t);
		if (local > latest)
			latest = local;
	}
}

static void check_next(int i, int64_t after_ms, int64_t wanted)
{
	int64_t got = cron_next(&crons[i], zone, after_ms);

	moments++;
	if (got != wanted * CLOCK_SECOND) {
		report(schedules[i].text, after_ms / CLOCK_SECOND, got / CLOCK_SECOND, wanted);
		moments_wrong++;
	}
}

/* From anywhere near the transition, even in the second of two equal hours. */
static void check_between(int i, int64_t at)
{
	int k = 0;

	for (int64_t t = at - 3 * HOUR; t < at + 3 * HOUR; t += 613) {
		while (k < due[i].count && due[i].moments[k] <= t)
			k++;
		if (k < due[i].count)
			check_next(i, t * CLOCK_SECOND, due[i].moments[k]);
	}
}

/*
 * Each moment must be found from the one before and from just before it, and none after the last.
 */
static void check_window(int64_t at, int64_t around, int step)
{
	enumerate(at, around, step);
	for (int i = 0; i < SCHEDULES; i++) {
		int64_t after = at - around, got;

		for (int k = 0; k < due[i].count; k++) {
			int64_t moment = due[i].moments[k];

			check_next(i, after * CLOCK_SECOND, moment);
			check_next(i, moment * CLOCK_SECOND - 1, moment);
			after = moment;
		}
		got = cron_next(&crons[i], zone, after * CLOCK_SECOND);
		moments++;
		if (got < (at + around) * CLOCK_SECOND && got != -1) {
			report(schedules[i].text, after, got / CLOCK_SECOND, at + around);
			moments_wrong++;
		}
		check_between(i, at);
	}
	windows++;
}

static int64_t check_offset(int64_t t)
{
	int64_t wanted = local_time(t).tm_gmtoff, from, until;
	int64_t got = zone_offset(zone, t, &from, &until);

	offsets++;
	if (got != wanted || from > t || until <= t) {
		report("offset", t, got, wanted);
		offsets_wrong++;
	}
	return wanted;
}

/* The first instant in (from, until] with another offset than at `from`. */
static int64_t transition(int64_t from, int64_t until)
{
	int64_t offset = local_time(from).tm_gmtoff, beginning, end;

	while (until - from > 1) {
		int64_t middle = from + (until - from) / 2;

		if (local_time(middle).tm_gmtoff == offset)
			from = middle;
		else
			until = middle;
	}
	zone_offset(zone, from, &beginning, &end);
	offsets++;
	if (end != until) {
		report("end of an offset", from, end, until);
		offsets_wrong++;
	}
	return until;
}

static void use_zone(const char *name)
{
	struct str why = { 0 };

	zone_name = name;
	zone = zone_open(name, &why);
	if (!zone) {
		printf("# %s\n", why.data);
		exit(1);
	}
	setenv("TZ", name, 1);
	tzset();
}

static void check_zone(const char *name)
{
	int64_t offset;

	use_zone(name);
	offset = check_offset(BEGIN);
	for (int64_t t = BEGIN; t < END; t += STEP) {
		int64_t next = check_offset(t + STEP);

		if (next != offset)
			check_window(transition(t, t + STEP), 13 * HOUR, 60);
		offset = next;
	}
	for (int64_t t = FIRST; t < LAST; t += 97 * 24 * HOUR + 61)
		check_offset(t);
}

static char *names[2000];
static uint64_t hashes[2000];
static size_t name_count;

/* The same rules under several names count once. */
static int add_zone(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	static const char root[] = "/usr/share/zoneinfo/";
	const char *name = path + strlen(root);
	char data[65536];
	uint64_t hash;
	size_t n;
	FILE *f;

	(void)st, (void)ftw;
	if (type != FTW_F || strncmp(name, "right/", 6) == 0 || name_count == 2000 ||
		!(f = fopen(path, "r")))
		return 0;
	n = fread(data, 1, sizeof data, f);
	fclose(f);
	if (n < 4 || memcmp(data, "TZif", 4) != 0)
		return 0;
	hash = hash_fnv1a(data, n);
	for (size_t i = 0; i < name_count; i++)
		if (hashes[i] == hash)
			return 0;
	hashes[name_count] = hash;
	names[name_count++] = mem_dup(name);
	return 0;
}

/* Zones whose offset once had odd seconds, checked second by second. */
static void check_odd_seconds(void)
{
	static const struct {
		const char *name;
		int64_t at;
	} odd[] = {
		{ "Africa/Monrovia", 63593070 },    /* 1972, from -0:44:30 to 0 */
		{ "Asia/Kolkata", -1167642708 },    /* 1933 and before, from +5:53:28 */
		{ "Europe/Dublin", -1680481479 },   /* 1916, with -0:25:21 */
		{ "America/New_York", -2717650800 } /* 1883, from -4:56:02 */
	};

	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		use_zone(odd[i].name);
		check_offset(odd[i].at - 1);
		check_window(odd[i].at, 4 * HOUR, 1);
	}
}

int main(void)
{
	struct str why = { 0 };
	size_t checked = 0;

	unsetenv("TZDIR");
	if (nftw("/usr/share/zoneinfo", add_zone, 16, FTW_PHYS) < 0 || name_count == 0) {
		printf("1..0 # SKIP no tz database in /usr/share/zoneinfo\n");
		return 0;
	}
	for (int i = 0; i < SCHEDULES; i++) {
		is_int(cron_parse(schedules[i].text, "", &crons[i], &why), 0, "%s",
			schedules[i].text);
		is_int(crons[i].fixed, schedules[i].fixed, "it is %s",
			schedules[i].fixed ? "fixed" : "wildcard");
	}
	for (size_t i = 0; i < name_count; i += EACH, checked++)
		check_zone(names[i]);
	ok(windows > 0, "there are transitions");
	check_odd_seconds();
	is_int(offsets_wrong, 0, "offsets are those that localtime_r tells");
	is_int(moments_wrong, 0, "what is due is what is meant, minute by minute");
	printf("# %zu zones with rules of their own, %zu of them checked: %lld transitions, "
	       "%lld offsets, %lld moments compared\n",
		name_count, checked, windows, offsets, moments);
	for (size_t i = 0; i < name_count; i++)
		free(names[i]);
	zone_close_all();
	return done();
}
