/* cron: cron expressions and the moments they mean */
#include "task/cron.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/value.h"
#include "task/civil.h"

/* ---- expressions ---- */

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };

static const struct field {
	const char *name;
	int min, max, hash_max;
	const char *words; /* names of three letters each, from min on */
} fields[FIELDS] = {
	{ "minute", 0, 59, 59, "" },
	{ "hour", 0, 23, 23, "" },
	{ "day-of-month", 1, 31, 28, "" },
	{ "month", 1, 12, 12, "janfebmaraprmayjunjulaugsepoctnovdec" },
	{ "day-of-week", 0, 7, 6, "sunmontuewedthufrisat" },
};

/* what the fields of an expression contain */
struct said {
	const char *text[FIELDS];
	size_t length[FIELDS];
	uint64_t plain[FIELDS]; /* bit n: the value n; Sunday is 0 */
	uint32_t last_days;     /* bit n: n days before the last of the month */
	uint32_t nth[6];        /* weekdays as bits: the n-th in the month; [0]: the last */
};

/* a position in one element of a field's list */
struct reader {
	const struct field *field;
	const char *name, *at, *end, *element;
	struct said *said;
	struct str *why;
};

/* Bounds of a range, and the step in it. */
struct range {
	int from, to, step;
};

DIE_PRINTF(2, 3) static int bad_field(const struct reader *r, const char *fmt, ...)
{
	va_list args;

	str_addf(r->why, "%s: ", r->field->name);
	va_start(args, fmt);
	str_addv(r->why, fmt, args);
	va_end(args);
	return -1;
}

static int bad_element(const struct reader *r)
{
	int n = (int)(r->end - r->element);

	if (n == 0)
		return bad_field(r, "an element is missing before or after a comma");
	if (n == 1 && *r->element == '?')
		return bad_field(r, "\"?\" is not supported; write *");
	return bad_field(r, "\"%.*s\" is not understood", n, r->element);
}

/* Skips the next character if it is this one; a letter may have either case. */
static int next_is(struct reader *r, char c)
{
	if (r->at == r->end || tolower((unsigned char)*r->at) != c)
		return 0;
	r->at++;
	return 1;
}

static int at_digit(const struct reader *r)
{
	return r->at < r->end && isdigit((unsigned char)*r->at);
}

/* Digits. A number too large for any field is capped, but stays too large. */
static int read_digits(struct reader *r, int *n)
{
	if (!at_digit(r))
		return bad_element(r);
	for (*n = 0; at_digit(r); r->at++)
		if (*n < 100000)
			*n = *n * 10 + (*r->at - '0');
	return 0;
}

static int read_word(struct reader *r, int *n)
{
	const char *word = r->field->words;

	for (int i = 0; *word && r->end - r->at >= 3; i++, word += 3)
		if (strncasecmp(word, r->at, 3) == 0) {
			r->at += 3;
			*n = r->field->min + i;
			return 0;
		}
	return bad_element(r);
}

/* A number within the field's bounds, or a name. */
static int read_value(struct reader *r, int *n)
{
	if (!at_digit(r))
		return read_word(r, n);
	if (read_digits(r, n) < 0)
		return -1;
	if (*n < r->field->min)
		return bad_field(r, "%d is below %d", *n, r->field->min);
	if (*n > r->field->max)
		return bad_field(r, "%d is above %d", *n, r->field->max);
	return 0;
}

/* In "fri-sun" and "5-0" Sunday is the last day of the week, 7. */
static int read_to(struct reader *r, struct range *range)
{
	if (read_value(r, &range->to) < 0)
		return -1;
	if (r->field == &fields[WEEKDAY] && range->to == 0 && range->from > 0)
		range->to = 7;
	if (range->from > range->to)
		return bad_field(r, "the range %.*s ends before it begins",
			(int)(r->at - r->element), r->element);
	return 0;
}

static int read_step(struct reader *r, struct range *range)
{
	int most = r->field->max - r->field->min + 1;

	if (read_digits(r, &range->step) < 0)
		return -1;
	if (range->step == 0)
		return bad_field(r, "a step of 0 would never end");
	if (range->step > most)
		return bad_field(r, "a step of %d is above %d", range->step, most);
	return 0;
}

static int add_range(struct reader *r, const struct range *range)
{
	int weekday = r->field == &fields[WEEKDAY];

	if (r->at < r->end)
		return bad_element(r);
	for (int n = range->from; n <= range->to; n += range->step)
		r->said->plain[r->field - fields] |= UINT64_C(1) << (weekday ? n % 7 : n);
	return 0;
}

/* The field's name is hashed too, so that the fields of a task differ. */
static int hash_below(const struct reader *r, int n)
{
	struct str text = { 0 };
	uint64_t hash;

	str_addf(&text, "%s %s", r->field->name, r->name);
	hash = hash_fnv1a(text.data, text.len);
	str_free(&text);
	return (int)((hash >> 32 ^ hash) % (uint64_t)n);
}

/* What follows the letter H. */
static int read_hash(struct reader *r)
{
	struct range range = { r->field->min, r->field->hash_max, 0 };
	int size;

	if (next_is(r, '(')) {
		if (read_value(r, &range.from) < 0)
			return -1;
		if (!next_is(r, '-'))
			return bad_element(r);
		if (read_to(r, &range) < 0)
			return -1;
		if (!next_is(r, ')'))
			return bad_element(r);
	}
	if (next_is(r, '/') && read_step(r, &range) < 0)
		return -1;
	size = range.to - range.from + 1;
	if (range.step && range.step < size)
		size = range.step;
	range.from += hash_below(r, size);
	if (!range.step)
		range.to = range.from;
	range.step += !range.step;
	return add_range(r, &range);
}

/* What follows the letter L: the last day of the month, or some days before it. */
static int read_last_day(struct reader *r)
{
	int before = 0;

	if (r->field == &fields[WEEKDAY] && r->at == r->end)
		return bad_field(r,
			"L alone is ambiguous; write sat, or satL for the last Saturday of the month");
	if (r->field != &fields[DAY])
		return bad_element(r);
	if (next_is(r, '-')) {
		if (read_digits(r, &before) < 0)
			return -1;
		if (before > 30)
			return bad_field(r, "no month has a day that is %d days before its last",
				before);
	}
	if (r->at < r->end)
		return bad_element(r);
	r->said->last_days |= UINT32_C(1) << before;
	return 0;
}

/* What follows a weekday: "#2", or "L". */
static int read_nth(struct reader *r, int weekday)
{
	int nth = 0;

	if (!next_is(r, 'l')) {
		r->at++;
		if (read_digits(r, &nth) < 0)
			return -1;
		if (nth < 1 || nth > 5)
			return bad_field(r, "#%d is not from #1 to #5", nth);
	}
	if (r->at < r->end)
		return bad_element(r);
	r->said->nth[nth] |= UINT32_C(1) << weekday % 7;
	return 0;
}

static int read_element(struct reader *r)
{
	struct range range = { r->field->min, r->field->max, 1 };

	if (next_is(r, 'h'))
		return read_hash(r);
	if (next_is(r, 'l'))
		return read_last_day(r);
	if (!next_is(r, '*')) {
		if (read_value(r, &range.from) < 0)
			return -1;
		if (r->at < r->end && strchr("#lL", *r->at) && r->field == &fields[WEEKDAY])
			return read_nth(r, range.from);
		if (next_is(r, '-')) {
			if (read_to(r, &range) < 0)
				return -1;
		} else if (r->at == r->end || *r->at != '/') {
			range.to = range.from;
		}
	}
	if (next_is(r, '/') && read_step(r, &range) < 0)
		return -1;
	return add_range(r, &range);
}

static int read_field(struct said *said, int i, const char *name, struct str *why)
{
	const char *at = said->text[i], *end = at + said->length[i];

	for (;; at++) {
		struct reader r = { &fields[i], name, at, at, at, said, why };

		r.end = memchr(at, ',', (size_t)(end - at));
		if (!r.end)
			r.end = end;
		if (read_element(&r) < 0)
			return -1;
		at = r.end;
		if (at == end)
			return 0;
	}
}

static int split_fields(struct said *said, const char *text, struct str *why)
{
	int n = 0;

	for (text += strspn(text, " \t"); *text; text += strspn(text, " \t")) {
		size_t length = strcspn(text, " \t");

		if (n < FIELDS) {
			said->text[n] = text;
			said->length[n] = length;
		}
		n++;
		text += length;
	}
	if (n == FIELDS)
		return 0;
	str_addf(why, "expected 5 fields, found %d", n);
	return -1;
}

/* The days of the month, as bits, in a month of `length` days that begins on `weekday`. */
static uint32_t month_days(const struct said *said, int length, int weekday)
{
	uint32_t by_date = (uint32_t)said->plain[DAY], by_weekday = 0;

	for (int day = 1; day <= length; day++) {
		uint32_t bit = UINT32_C(1) << day;
		int of_week = (weekday + day - 1) % 7;
		uint32_t which = (uint32_t)said->plain[WEEKDAY] | said->nth[(day - 1) / 7 + 1];

		if (day + 7 > length)
			which |= said->nth[0];
		if (which >> of_week & 1)
			by_weekday |= bit;
		if (said->last_days >> (length - day) & 1)
			by_date |= bit;
	}
	by_date &= (UINT32_C(2) << length) - 1;
	if (*said->text[DAY] == '*' || *said->text[WEEKDAY] == '*')
		return by_date & by_weekday;
	return by_date | by_weekday;
}

/* Within 400 years, each month (February with 29 days too) begins on every weekday. */
static int has_dates(const struct cron *cron)
{
	for (int month = 1; month <= 12; month++)
		for (int year = 1999; cron->months >> month & 1 && year <= 2000; year++)
			for (int weekday = 0; weekday < 7; weekday++)
				if (cron->days[civil_month_length(year, month) - 28][weekday])
					return 1;
	return 0;
}

static int build_cron(const struct said *said, struct cron *cron, struct str *why)
{
	cron->minutes = said->plain[MINUTE];
	cron->hours = (uint32_t)said->plain[HOUR];
	cron->months = (uint32_t)said->plain[MONTH];
	cron->fixed = *said->text[MINUTE] != '*' && *said->text[HOUR] != '*';
	for (int i = 0; i < 4; i++)
		for (int weekday = 0; weekday < 7; weekday++)
			cron->days[i][weekday] = month_days(said, 28 + i, weekday);
	if (has_dates(cron))
		return 0;
	str_addf(why, "no such date: %.*s", (int)said->length[DAY], said->text[DAY]);
	for (int i = MONTH; i <= WEEKDAY; i++)
		str_addf(why, " %.*s", (int)said->length[i], said->text[i]);
	return -1;
}

/* The fields that "@daily" stands for, or the text itself; NULL: no such word. */
static const char *expand_word(const char *text, struct str *why)
{
	static const char *const words[][2] = { { "@yearly", "0 0 1 1 *" },
		{ "@annually", "0 0 1 1 *" }, { "@monthly", "0 0 1 * *" },
		{ "@weekly", "0 0 * * 0" }, { "@daily", "0 0 * * *" }, { "@midnight", "0 0 * * *" },
		{ "@hourly", "0 * * * *" } };
	size_t n;

	text += strspn(text, " \t");
	if (*text != '@')
		return text;
	n = strcspn(text, " \t");
	if (!text[n + strspn(text + n, " \t")]) {
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (strlen(words[i][0]) == n && strncasecmp(words[i][0], text, n) == 0)
				return words[i][1];
		if (n == 7 && strncasecmp("@reboot", text, n) == 0) {
			str_add(why, "@reboot is not supported: it is not a time");
			return NULL;
		}
	}
	value_bad(why, "no such schedule", text);
	return NULL;
}

int cron_parse(const char *text, const char *name, struct cron *cron, struct str *why)
{
	struct said said = { 0 };

	text = expand_word(text, why);
	if (!text || split_fields(&said, text, why) < 0)
		return -1;
	for (int i = 0; i < FIELDS; i++)
		if (read_field(&said, i, name, why) < 0)
			return -1;
	return build_cron(&said, cron, why);
}

/* ---- moments ---- */

enum { LAST_YEAR = 2600 };

static const int64_t none = INT64_MAX;

/* The first matching day that is not before `from`. */
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

static int matches_day(const struct cron *c, int64_t day, const struct civil *date)
{
	int length = civil_month_length(date->year, date->month);
	int weekday = civil_weekday(day - (date->day - 1));

	return c->months >> date->month & c->days[length - 28][weekday] >> date->day & 1;
}

/* The first matching minute of a day that is not before this one; -1: none. */
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

/* The first matching local time that is not before this one, or none. */
static int64_t next_local(const struct cron *c, int64_t local)
{
	int64_t day = civil_floor(local, CIVIL_DAY);
	int second = (int)(local - day * CIVIL_DAY);
	struct civil date = civil_date(day);
	int minute = -1;

	if (date.year <= LAST_YEAR && second <= CIVIL_DAY - 60 && matches_day(c, day, &date))
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

/* Nothing between `searched` and `local` matches, which holds in the next segment as well. */
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
