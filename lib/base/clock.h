/* clock: now, durations and points in time; parsers return -1 and say why */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/*
 * All times are milliseconds since 1970-01-01 UTC, all durations
 * milliseconds, both in int64_t.
 */
#define CLOCK_SECOND INT64_C(1000)
#define CLOCK_MINUTE (60 * CLOCK_SECOND)
#define CLOCK_HOUR (60 * CLOCK_MINUTE)
#define CLOCK_DAY (24 * CLOCK_HOUR)

enum { CLOCK_TEXT = 40 }; /* bytes that any clock_format_ function needs */

/* CLOCK_REALTIME. In a -DBGJOB_TEST build the file $BGJOB_CLOCK says how many ms to add. */
int64_t clock_now(void);

int64_t clock_boot(void); /* CLOCK_BOOTTIME: runs through suspend, never jumps */

int64_t clock_seconds(int64_t ms); /* whole seconds, rounded down also before 1970 */

/*
 * Parse "90", "90s", "5m", "2h", "3d", "1h30m", "250ms", "1.5s" (units d h m s
 * ms in falling order, each at most once; a bare number is seconds; a
 * fraction only on the last unit). Returns 0, or -1 with *why set to a static
 * text such as "not a duration" or "too long" (limit: 100 years).
 */
int clock_parse_duration(const char *text, int64_t *ms, const char **why);

/*
 * Parse a point in time relative to `now`, in the local zone where the text
 * names none: RFC 3339 ("2026-03-01T09:00:00Z", "2026-03-01 09:00:00+01:00",
 * also without seconds or offset, also "2026-03-01"), "HH:MM[:SS]" (the next
 * such moment, never now itself), "+DURATION", "now", "today HH:MM", "tomorrow
 * [HH:MM]" (alone: at the present time of day, as in at(1)). Returns 0, or -1
 * with *why set ("not a time", "no such date", "no such hour" ...). A local
 * time inside a daylight-saving gap is taken as the first instant after the
 * gap, one that occurs twice as the first.
 */
int clock_parse_time(const char *text, int64_t now, int64_t *ms, const char **why);

/* "2026-03-01T09:00:00.123+01:00" in the local zone (RFC 3339). */
void clock_format_time(int64_t ms, char text[CLOCK_TEXT]);

/* "09:00:00" today, "03-01 09:00" this year, else "2026-03-01": for tables. */
void clock_format_short(int64_t ms, int64_t now, char text[CLOCK_TEXT]);

/*
 * For people, at most two units: "5m" (exactly five minutes), "1h30m", "3d4h",
 * "12s", "1.2s" (below 10 s, unless the tenths are 0), "35ms".
 */
void clock_format_duration(int64_t ms, char text[CLOCK_TEXT]);

#endif
