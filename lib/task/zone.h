/* zone: zones of the tz database (TZif files, RFC 9636); returns NULL or -1 and says why */
#ifndef TASK_ZONE_H
#define TASK_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"

/*
 * Local times are seconds too: the count that a UTC clock showing the same date
 * and time would have. Times beyond 2^60 s are taken as 2^60 s.
 */
struct zone;

/*
 * The zone of that name, as in tzdata ("Europe/Berlin", "UTC"), from $TZDIR or
 * /usr/share/zoneinfo; "": the system's (/etc/localtime, UTC if there is
 * none; $TZ is ignored). It is cached: the same name gives the same pointer,
 * valid until zone_close_all(). Returns NULL with why appended to ("no such
 * zone: Mars/Base") for a zone that does not exist, absolute names, ".." and "." in
 * names, and files that are not valid TZif or count leap seconds.
 */
struct zone *zone_open(const char *name, struct str *why);

/* Empty the cache: for leak checks, and when zone_stamp() has changed. */
void zone_close_all(void);

/*
 * The name of the zone that local times are in: $TZ if it names one, else what
 * /etc/localtime is a link to, else what /etc/timezone names, else "". Returns
 * buffer, which holds n bytes; a name that does not fit counts as "".
 */
const char *zone_system_name(char *buffer, size_t n);

/*
 * A number that changes when the system's tz database was replaced or its
 * zone was changed: what was computed before may be wrong now, in other
 * processes too. 0: unknown.
 */
int64_t zone_stamp(void);

/*
 * Seconds east of UTC at the instant t (s since 1970). [*from, *until) is a
 * range around t with that offset throughout, INT64_MIN and INT64_MAX at the
 * ends; either may be NULL.
 */
int32_t zone_offset(const struct zone *z, int64_t t, int64_t *from, int64_t *until);

/*
 * The first instant at which the local time is `local` or later: of one that
 * occurs twice the first; of one in a gap the first instant after the gap.
 * Never falls while `local` grows.
 */
int64_t zone_instant(const struct zone *z, int64_t local);

/*
 * The latest local time that has been by the instant t; while an hour is
 * repeated, that is the one before the clocks were set back. zone_instant(z,
 * local) > t exactly if local > zone_reached(z, t).
 */
int64_t zone_reached(const struct zone *z, int64_t t);

/* RFC 3339, ms only if not zero: "2026-03-01T09:00:00+01:00". An offset is cut to whole minutes. */
void zone_format(const struct zone *z, int64_t ms, char text[CLOCK_TEXT]);

#endif
