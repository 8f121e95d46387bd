/* fuzz: expressions are refused with a reason or have moments that ascend; zone files likewise */
#include <stdlib.h>
#include <string.h>

#include "task/cron.h"
#include "task/zone_data.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

/* Each moment is the first one after the last, even if the search starts just before it. */
static void check_moments(const struct cron *cron, const struct zone *z, int64_t at)
{
	for (int i = 0; i < 8; i++) {
		int64_t next = cron_next(cron, z, at);

		if (next == -1)
			return;
		require(next > at && next % CLOCK_SECOND == 0);
		require(cron_next(cron, z, next - 1) == next);
		require(cron_next(cron, z, at + (next - at) / 2) == next);
		at = next;
	}
}

static void check_zone(const struct zone *z, int64_t t)
{
	int64_t from, until, local;
	char text[CLOCK_TEXT];
	int32_t offset = zone_offset(z, t, &from, &until);

	require(from <= t && (t < until || until == INT64_MAX));
	zone_format(z, t, text);
	require(strlen(text) < CLOCK_TEXT);
	if (t < -ZONE_LIMIT / 2 || t > ZONE_LIMIT / 2)
		return;
	local = t + offset;
	require(zone_instant(z, local) <= t && zone_reached(z, t) >= local);
	for (int i = -2; i <= 2; i++) {
		require((zone_instant(z, local + i * 1800) > t) ==
			(local + i * 1800 > zone_reached(z, t)));
		require(zone_instant(z, local + i) <= zone_instant(z, local + i + 1));
	}
	if (until != INT64_MAX)
		require(zone_offset(z, until - 1, NULL, NULL) == offset);
	if (from != INT64_MIN)
		require(zone_offset(z, from, NULL, NULL) == offset);
}

static void check_expression(const char *text, int64_t at, const struct zone *z)
{
	struct cron cron;
	struct str why = { 0 };

	if (cron_parse(text, "fuzz", &cron, &why) < 0)
		require(why.len > 0);
	else
		check_moments(&cron, z, at);
	str_free(&why);
}

static void check_file(const unsigned char *data, size_t n, int64_t at)
{
	struct str why = { 0 };
	struct zone *z = zone_parse(data, n, &why);

	require(z || why.len > 0);
	if (z) {
		check_zone(z, at);
		check_zone(z, at % (INT64_C(1) << 36));
		for (size_t i = 1; i < z->count && i < 50; i++)
			check_zone(z, z->segments[i].start - at % 5000);
		check_expression("30 0-3 * * *", at, z);
		check_expression("*/20 * * * *", at % (INT64_C(1) << 44), z);
	}
	str_free(&why);
	zone_free(z);
}

/*
 * Eight bytes of time, then a zone file if it begins like one; else the first byte chooses the
 * zone.
 */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	static const char *const zones[] = { "UTC", "Europe/Berlin", "Australia/Lord_Howe",
		"Pacific/Apia", "Europe/Dublin", "Africa/Monrovia", "Africa/Casablanca",
		"America/Sao_Paulo" };
	struct str why = { 0 };
	struct zone *z;
	int64_t at;
	char *text;

	if (n < 9)
		return 0;
	memcpy(&at, data, sizeof at);
	if (n > 12 && memcmp(data + 8, "TZif", 4) == 0) {
		check_file(data + 8, n - 8, at);
		return 0;
	}
	z = zone_open(zones[data[8] % (sizeof zones / sizeof *zones)], &why);
	require(z != NULL);
	check_zone(z, at);
	check_zone(z, at % (INT64_C(1) << 36));
	text = mem_dupn(data + 9, n - 9);
	check_expression(text, at, z);
	check_expression(text, at % (INT64_C(1) << 44), z);
	free(text);
	return 0;
}
