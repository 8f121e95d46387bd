/*
 * cron_next: how many next times a second. Operands: EXPRESSION ZONE; each
 * moment is searched from the one before it, from 2026 on for ten years, again and
 * again for about half a second of CPU.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "task/cron.h"

#define BEGIN INT64_C(1767225600000)
#define END (BEGIN + 3652 * CLOCK_DAY)

static double cpu_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int main(int argc, char *argv[])
{
	struct str why = { 0 };
	const struct zone *zone;
	struct cron cron;
	double began, spent;
	int64_t at = BEGIN, count = 0;

	die_init("cron_next");
	if (argc != 3)
		die_usage("operands: EXPRESSION ZONE");
	zone = zone_open(argv[2], &why);
	if (!zone || cron_parse(argv[1], "", &cron, &why) < 0)
		die_usage("%s", why.data);
	began = cpu_seconds();
	do {
		for (int i = 0; i < 1000; i++, count++) {
			at = cron_next(&cron, zone, at);
			if (at > END || at < 0)
				at = BEGIN;
		}
		spent = cpu_seconds() - began;
	} while (spent < 0.5);
	printf("%.0f\n", (double)count / spent);
	return 0;
}
