/* zone_data: a zone as a table, for zone.c and the tests; returns NULL or -1 and says why */
#ifndef TASK_ZONE_DATA_H
#define TASK_ZONE_DATA_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "task/zone.h"

struct zone_segment {
	int64_t start;   /* the first instant; INT64_MIN of the first segment */
	int64_t reached; /* local times before this one have passed when it begins */
	int32_t offset;  /* seconds east of UTC */
};

struct zone {
	char *name;
	size_t count, room;
	struct zone_segment *segments; /* ascending, neighbours differ in offset */
	/*
	 * repeats: the 400 years before cycle_end repeat for ever; always: they did so in the past,
	 * too.
	 */
	int repeats, always;
	int64_t cycle_end;
};

/* Times beyond this (36 billion years) do not matter. */
#define ZONE_LIMIT (INT64_C(1) << 60)

/* The zone in the n bytes of a TZif file, or NULL. Free with zone_free(). */
struct zone *zone_parse(const void *data, size_t n, struct str *why);
struct zone *zone_new(void);
void zone_free(struct zone *z); /* legal on NULL */

/* From `start` on, which is not before the start of the last segment, the offset is this. */
void zone_add(struct zone *z, int64_t start, int32_t offset);

/* A POSIX TZ string, as in the footer of TZif (RFC 9636, 3.3.1). */
struct zone_change {
	enum { ZONE_MONTH_WEEK, ZONE_JULIAN, ZONE_DAY } kind; /* Mm.w.d, Jn, n */
	int month, week, day;
	int32_t time; /* seconds after the day's beginning, also negative */
};

struct zone_rule {
	int32_t offset, summer_offset; /* east of UTC */
	int has_summer;
	struct zone_change start, end; /* of summer time */
};

/* n bytes of text. Returns 0, or -1 if it is not such a string. */
int zone_rule_parse(struct zone_rule *rule, const char *text, size_t n);

/* Add the rule's changes from the instant on; INT64_MIN: for all times. */
void zone_rule_apply(const struct zone_rule *rule, struct zone *z, int64_t from);

#endif
