/* zone_rule: POSIX TZ strings */
#include <stdlib.h>
#include <string.h>

#include "task/civil.h"
#include "task/zone_data.h"

struct text {
	const char *at, *end;
};

static int next_is(struct text *t, char c)
{
	if (t->at == t->end || *t->at != c)
		return 0;
	t->at++;
	return 1;
}

static int is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "CET", or "<+0330>". */
static int read_name(struct text *t)
{
	const char *began = t->at;

	if (next_is(t, '<')) {
		while (t->at < t->end &&
			(is_letter(*t->at) || is_digit(*t->at) || *t->at == '+' || *t->at == '-'))
			t->at++;
		return next_is(t, '>') ? 0 : -1;
	}
	while (t->at < t->end && is_letter(*t->at))
		t->at++;
	return t->at - began >= 3 ? 0 : -1;
}

static int read_number(struct text *t, int min, int max, int *n)
{
	const char *began = t->at;

	for (*n = 0; t->at < t->end && is_digit(*t->at) && *n <= max; t->at++)
		*n = *n * 10 + (*t->at - '0');
	return t->at > began && *n >= min && *n <= max ? 0 : -1;
}

/* "[+-]hh[:mm[:ss]]" */
static int read_time(struct text *t, int max_hours, int32_t *seconds)
{
	int hours, minutes = 0, more = 0;
	int sign = next_is(t, '-') ? -1 : 1;

	if (sign > 0)
		next_is(t, '+');
	if (read_number(t, 0, max_hours, &hours) < 0)
		return -1;
	if (next_is(t, ':')) {
		if (read_number(t, 0, 59, &minutes) < 0)
			return -1;
		if (next_is(t, ':') && read_number(t, 0, 59, &more) < 0)
			return -1;
	}
	*seconds = sign * (hours * 3600 + minutes * 60 + more);
	return 0;
}

/* Times are those of RFC 9636, 3.3.1: from -167 to 167 hours. */
static int read_change(struct text *t, struct zone_change *change)
{
	int status;

	if (next_is(t, 'M')) {
		change->kind = ZONE_MONTH_WEEK;
		status = read_number(t, 1, 12, &change->month) < 0 || !next_is(t, '.') ||
			read_number(t, 1, 5, &change->week) < 0 || !next_is(t, '.') ||
			read_number(t, 0, 6, &change->day) < 0;
	} else if (next_is(t, 'J')) {
		change->kind = ZONE_JULIAN;
		status = read_number(t, 1, 365, &change->day) < 0;
	} else {
		change->kind = ZONE_DAY;
		status = read_number(t, 0, 365, &change->day) < 0;
	}
	change->time = 2 * 3600;
	if (status || (next_is(t, '/') && read_time(t, 167, &change->time) < 0))
		return -1;
	return 0;
}

int zone_rule_parse(struct zone_rule *rule, const char *text, size_t n)
{
	struct text t = { text, text + n };

	memset(rule, 0, sizeof *rule);
	if (read_name(&t) < 0 || read_time(&t, 24, &rule->offset) < 0)
		return -1;
	rule->offset = -rule->offset; /* POSIX counts them west */
	if (t.at == t.end)
		return 0;
	rule->has_summer = 1;
	if (read_name(&t) < 0)
		return -1;
	rule->summer_offset = rule->offset + 3600;
	if (t.at < t.end && *t.at != ',') {
		if (read_time(&t, 24, &rule->summer_offset) < 0)
			return -1;
		rule->summer_offset = -rule->summer_offset;
	}
	if (!next_is(&t, ',') || read_change(&t, &rule->start) < 0)
		return -1;
	if (!next_is(&t, ',') || read_change(&t, &rule->end) < 0)
		return -1;
	return t.at == t.end ? 0 : -1;
}

/* The day of the year's change, since 1970. */
static int64_t change_day(const struct zone_change *change, int64_t year)
{
	int64_t january = civil_days(year, 1, 1), first;
	int day;

	if (change->kind == ZONE_DAY)
		return january + change->day;
	if (change->kind == ZONE_JULIAN)
		return january + change->day - 1 + (change->day >= 60 && civil_is_leap(year));
	first = civil_days(year, change->month, 1);
	day = (change->day - civil_weekday(first) + 7) % 7 + 7 * (change->week - 1);
	return first + day - (day >= civil_month_length(year, change->month) ? 7 : 0);
}

struct zone_event {
	int64_t at;
	int summer;
};

/* If summer time ends when it begins again, it never ends: that is how permanent summer time is written. */
static int compare_events(const void *left, const void *right)
{
	const struct zone_event *a = left, *b = right;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->summer - b->summer;
}

static size_t list_events(const struct zone_rule *rule, int64_t year, size_t years,
	struct zone_event *events)
{
	size_t n = 0;

	for (size_t i = 0; i < years; i++, year++) {
		events[n].at = change_day(&rule->start, year) * CIVIL_DAY + rule->start.time -
			rule->offset;
		events[n++].summer = 1;
		events[n].at = change_day(&rule->end, year) * CIVIL_DAY + rule->end.time -
			rule->summer_offset;
		events[n++].summer = 0;
	}
	qsort(events, n, sizeof *events, compare_events);
	return n;
}

/*
 * Changes may lie a week outside of their year: the first and the last two
 * years' are there for their neighbours. Two years after what the file lists
 * the rule alone decides, and from there on 400 years are the whole of it.
 */
void zone_rule_apply(const struct zone_rule *rule, struct zone *z, int64_t from)
{
	enum { YEARS = 406 };
	struct zone_event *events;
	int64_t year;
	int32_t offset = rule->offset;
	size_t n, i = 0;

	z->always = from == INT64_MIN;
	if (!rule->has_summer || rule->summer_offset == rule->offset) {
		zone_add(z, from, rule->offset);
		return;
	}
	year = from == INT64_MIN ? 1970 : civil_date(civil_floor(from, CIVIL_DAY)).year;
	events = mem_alloc(2 * YEARS * sizeof *events);
	n = list_events(rule, year - 2, YEARS, events);
	for (; i < n && events[i].at <= from; i++)
		offset = events[i].summer ? rule->summer_offset : rule->offset;
	zone_add(z, from, offset);
	for (; i < n; i++)
		zone_add(z, events[i].at, events[i].summer ? rule->summer_offset : rule->offset);
	free(events);
	z->repeats = 1;
	z->cycle_end = civil_days(year + 402, 7, 1) * CIVIL_DAY;
}
