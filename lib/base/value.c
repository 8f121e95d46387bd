/* value: numbers, durations, sizes, times and ids in words */
#include "base/value.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"

enum number { NUMBER, NOT_A_NUMBER, NUMBER_TOO_BIG };

int value_bad(struct str *why, const char *problem, const char *value)
{
	str_addf(why, "%s: %s", problem, value);
	return -1;
}

/*
 * All n bytes as a decimal number. Not strtoll(3), which takes blanks, a plus
 * sign and whatever follows.
 */
static enum number read_number(const char *text, size_t n, int64_t *number)
{
	size_t i = n > 0 && text[0] == '-';
	int64_t value = 0;
	int too_big = 0;

	if (i == n)
		return NOT_A_NUMBER;
	for (; i < n; i++) {
		int digit = text[i] - '0';

		if (digit < 0 || digit > 9)
			return NOT_A_NUMBER;
		/* Accumulated as a negative number, which can hold INT64_MIN. */
		too_big |= __builtin_mul_overflow(value, 10, &value);
		too_big |= __builtin_sub_overflow(value, digit, &value);
	}
	if (too_big || (text[0] != '-' && value == INT64_MIN))
		return NUMBER_TOO_BIG;
	*number = text[0] == '-' ? value : -value;
	return NUMBER;
}

int value_number(struct str *why, const char *text, int64_t min, int64_t max, int64_t *n)
{
	enum number result = read_number(text, strlen(text), n);

	if (result == NOT_A_NUMBER)
		return value_bad(why, "not a number", text);
	if (result == NUMBER && *n >= min && *n <= max)
		return 0;
	if (max == INT64_MAX && (result == NUMBER || text[0] == '-'))
		str_addf(why, "must be at least %" PRId64 ": %s", min, text);
	else
		str_addf(why, "must be between %" PRId64 " and %" PRId64 ": %s", min, max, text);
	return -1;
}

int value_duration(struct str *why, const char *text, int64_t min, int64_t *ms)
{
	const char *reason;

	if (clock_parse_duration(text, ms, &reason) < 0)
		return value_bad(why, reason, text);
	return *ms < min ? value_bad(why, "too short", text) : 0;
}

int value_size(struct str *why, const char *text, int64_t min, int64_t *bytes)
{
	static const char units[] = "KMGTkmgt";
	size_t n = strlen(text);
	const char *unit = n ? memchr(units, text[n - 1], sizeof units - 1) : NULL;
	int64_t factor = 1;
	enum number result = read_number(text, n - (unit != NULL), bytes);

	if (unit)
		factor <<= 10 * ((unit - units) % 4 + 1);
	if (result == NOT_A_NUMBER || text[0] == '-')
		return value_bad(why, "not a size", text);
	if (result == NUMBER_TOO_BIG || *bytes > INT64_MAX / factor)
		return value_bad(why, "too large", text);
	*bytes *= factor;
	return *bytes < min ? value_bad(why, "too small", text) : 0;
}

int value_time(struct str *why, const char *text, int64_t *ms)
{
	const char *reason;

	if (clock_parse_time(text, clock_now(), ms, &reason) < 0)
		return value_bad(why, reason, text);
	return 0;
}

int value_flag(struct str *why, const char *text, int *flag)
{
	if (text && strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return value_bad(why, "neither true nor false", text);
	*flag = !text || strcmp(text, "true") == 0;
	return 0;
}

int value_id(const char *text, size_t n, int64_t *id)
{
	size_t mark = n > 0 && text[0] == '#';

	return read_number(text + mark, n - mark, id) == NUMBER && *id > 0 ? 0 : -1;
}
