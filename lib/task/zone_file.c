/* zone_file: TZif files */
#include <stdlib.h>
#include <string.h>

#include "task/zone_data.h"

enum { HEADER = 44, TYPE = 6, MAX_OFFSET = 26 * 3600 };

/* The counts of a header, and the block after it, whose times have `width` bytes. */
struct block {
	size_t isut, isstd, leap, times, types, chars;
	size_t width;
	const unsigned char *data;
	size_t size;
};

static uint64_t big_endian(const unsigned char *p, size_t n)
{
	uint64_t value = 0;

	while (n-- > 0)
		value = value << 8 | *p++;
	return value;
}

static int bad(struct str *why, const char *problem)
{
	str_addf(why, "not a valid TZif file: %s", problem);
	return -1;
}

/* Counts have 32 bits, so nothing here overflows. */
static int read_block(struct block *b, const unsigned char *data, size_t n, size_t width,
	struct str *why)
{
	if (n < HEADER || memcmp(data, "TZif", 4) != 0)
		return bad(why, "it has no TZif header");
	b->isut = big_endian(data + 20, 4);
	b->isstd = big_endian(data + 24, 4);
	b->leap = big_endian(data + 28, 4);
	b->times = big_endian(data + 32, 4);
	b->types = big_endian(data + 36, 4);
	b->chars = big_endian(data + 40, 4);
	b->width = width;
	b->data = data + HEADER;
	b->size = b->times * (width + 1) + b->types * TYPE + b->chars + b->leap * (width + 4) +
		b->isstd + b->isut;
	return b->size <= n - HEADER ? 0 : bad(why, "it is truncated");
}

static int read_type(const struct block *b, size_t type, int32_t *offset, struct str *why)
{
	const unsigned char *types = b->data + b->times * (b->width + 1);

	if (type >= b->types)
		return bad(why, "a local time type is missing");
	*offset = (int32_t)(uint32_t)big_endian(types + type * TYPE, 4);
	if (*offset < -MAX_OFFSET || *offset > MAX_OFFSET)
		return bad(why, "an offset is out of range");
	return 0;
}

static int64_t read_instant(const struct block *b, size_t i)
{
	uint64_t bits = big_endian(b->data + i * b->width, b->width);

	return b->width == 4 ? (int32_t)(uint32_t)bits : (int64_t)bits;
}

static int add_segments(struct zone *z, const struct block *b, struct str *why)
{
	int64_t before = INT64_MIN;
	int32_t offset;

	if (b->leap)
		return bad(why, "it counts leap seconds, which the system's clock does not");
	if (read_type(b, 0, &offset, why) < 0)
		return -1;
	zone_add(z, INT64_MIN, offset);
	for (size_t i = 0; i < b->times; i++) {
		int64_t at = read_instant(b, i);

		if (read_type(b, b->data[b->times * b->width + i], &offset, why) < 0)
			return -1;
		if (at < -ZONE_LIMIT || at > ZONE_LIMIT)
			return bad(why, "a time is out of range");
		if (at <= before)
			return bad(why, "its times are not ascending");
		zone_add(z, at, offset);
		before = at;
	}
	return 0;
}

/* The footer after the second block: a TZ string between newlines. `last` is the last time listed. */
static int add_footer(struct zone *z, const struct block *b, const unsigned char *data, size_t n,
	struct str *why)
{
	const unsigned char *end = n > 1 ? memchr(data + 1, '\n', n - 1) : NULL;
	struct zone_rule rule;

	if (!end || data[0] != '\n')
		return bad(why, "its footer is truncated");
	if (end == data + 1)
		return 0;
	if (zone_rule_parse(&rule, (const char *)data + 1, (size_t)(end - data - 1)) < 0)
		return bad(why, "its footer is not a TZ string");
	zone_rule_apply(&rule, z, b->times ? read_instant(b, b->times - 1) : INT64_MIN);
	return 0;
}

static int read_tzif(struct zone *z, const unsigned char *data, size_t n, struct str *why)
{
	struct block b;

	if (read_block(&b, data, n, 4, why) < 0)
		return -1;
	if (data[4] < '2')
		return add_segments(z, &b, why);
	data += HEADER + b.size;
	n -= HEADER + b.size;
	if (read_block(&b, data, n, 8, why) < 0 || add_segments(z, &b, why) < 0)
		return -1;
	return add_footer(z, &b, b.data + b.size, n - HEADER - b.size, why);
}

/* Set the local time reached before each segment; offsets are added only where that cannot overflow. */
static void set_reached(struct zone *z)
{
	z->segments[0].reached = -2 * ZONE_LIMIT;
	for (size_t i = 1; i < z->count; i++) {
		const struct zone_segment *before = &z->segments[i - 1];
		int64_t local = z->segments[i].start + before->offset;

		z->segments[i].reached = local > before->reached ? local : before->reached;
	}
}

struct zone *zone_parse(const void *data, size_t n, struct str *why)
{
	struct zone *z = zone_new();

	if (read_tzif(z, data, n, why) < 0) {
		zone_free(z);
		return NULL;
	}
	set_reached(z);
	return z;
}
