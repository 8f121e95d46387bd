/* zone: time zones of the tz database */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/input.h"
#include "base/value.h"
#include "task/civil.h"
#include "task/zone_data.h"

#define CYCLE (CIVIL_CYCLE * CIVIL_DAY)

static const char system_file[] = "/etc/localtime";

static struct zone **zones; /* a cache */
static size_t zone_count;

static const char *folder(void)
{
	const char *dir = getenv("TZDIR");

	return dir && *dir ? dir : "/usr/share/zoneinfo";
}

/* A path that stays below the folder. */
static int is_zone_name(const char *name)
{
	const char *end;

	for (;; name = end + 1) {
		size_t n = strcspn(name, "/");

		end = name + n;
		if (n == 0 || strncmp(name, "..", n) == 0) /* also "." */
			return 0;
		if (!*end)
			return 1;
	}
}

static struct zone *utc(void)
{
	struct zone *z = zone_new();

	zone_add(z, INT64_MIN, 0);
	z->segments[0].reached = -2 * ZONE_LIMIT;
	return z;
}

/* Even a zone of many centuries takes only a tenth of the limit. */
static struct zone *load_zone(const char *name, const char *path, struct str *why)
{
	enum { LIMIT = 1 << 20 };
	struct str data = { 0 }, problem = { 0 };
	int result = input_file(AT_FDCWD, path, LIMIT, INPUT_REGULAR, &data, &problem);
	int error = result == INPUT_NOT_OPENED ? errno : 0;
	int missing = error == ENOENT || error == ENOTDIR;
	struct zone *z = NULL;

	if (result == 0) {
		z = zone_parse(data.data, data.len, &problem);
		if (!z)
			str_addf(why, "%s: %s", *name ? name : path, problem.data);
	} else if (missing && (!*name || strcmp(name, "UTC") == 0)) {
		z = utc();
	} else if (missing || error == EISDIR || error == EINVAL) {
		value_bad(why, "no such zone", *name ? name : path);
	} else {
		str_addf(why, "%s: %s", path, problem.data);
	}
	str_free(&data);
	str_free(&problem);
	return z;
}

static struct zone *load_name(const char *name, struct str *why)
{
	char path[PATH_MAX];

	if (!*name)
		return load_zone(name, system_file, why);
	if (!is_zone_name(name) ||
		(size_t)snprintf(path, sizeof path, "%s/%s", folder(), name) >= sizeof path) {
		value_bad(why, "no such zone", name);
		return NULL;
	}
	return load_zone(name, path, why);
}

struct zone *zone_open(const char *name, struct str *why)
{
	struct zone *z;

	for (size_t i = 0; i < zone_count; i++)
		if (strcmp(zones[i]->name, name) == 0)
			return zones[i];
	z = load_name(name, why);
	if (!z)
		return NULL;
	z->name = mem_dup(name);
	zones = mem_resize(zones, zone_count + 1, sizeof(struct zone *));
	zones[zone_count++] = z;
	return z;
}

void zone_close_all(void)
{
	for (size_t i = 0; i < zone_count; i++)
		zone_free(zones[i]);
	free(zones);
	zones = NULL;
	zone_count = 0;
}

static int is_zone(const char *name)
{
	struct str why = { 0 };
	int is = *name && zone_open(name, &why) != NULL;

	str_free(&why);
	return is;
}

/* The zone of a path into the tz database's folder, or of a name; NULL: none. */
static const char *zone_at(const char *path)
{
	size_t n = strlen(folder());
	const char *below;

	if (path[0] != '/' && path[0] != '.')
		return is_zone(path) ? path : NULL;
	if (strncmp(path, folder(), n) == 0 && path[n] == '/') {
		below = path + n + 1;
	} else {
		below = strstr(path, "/zoneinfo/"); /* also of a relative link */
		below = below ? below + strlen("/zoneinfo/") : "";
	}
	return is_zone(below) ? below : NULL;
}

/* The first line of a small file; "" if there is none. */
static void read_line(const char *path, char *line, size_t n)
{
	FILE *f = fopen(path, "re");

	if (!f || !fgets(line, (int)n, f))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (f)
		fclose(f);
}

/* As glibc reads $TZ: a leading colon is ignored, and an empty value means UTC. */
static const char *zone_of_environment(void)
{
	const char *tz = getenv("TZ");

	if (!tz)
		return NULL;
	tz += *tz == ':';
	return *tz ? zone_at(tz) : "UTC";
}

const char *zone_system_name(char *buffer, size_t n)
{
	char text[PATH_MAX];
	const char *name = zone_of_environment();
	ssize_t length = name ? -1 : readlink(system_file, text, sizeof text - 1);

	if (length > 0) {
		text[length] = '\0';
		name = zone_at(text);
	}
	if (!name) {
		read_line("/etc/timezone", text, sizeof text);
		name = zone_at(text);
	}
	if (!name || strlen(name) >= n)
		name = "";
	snprintf(buffer, n, "%s", name);
	return buffer;
}

int64_t zone_stamp(void)
{
	int64_t said[4] = { 0 };
	char path[PATH_MAX];
	struct stat st;
	int64_t hash;

	if ((size_t)snprintf(path, sizeof path, "%s/tzdata.zi", folder()) < sizeof path &&
		(stat(path, &st) == 0 || stat(folder(), &st) == 0)) {
		said[0] = st.st_mtim.tv_sec;
		said[1] = st.st_mtim.tv_nsec;
	}
	if (lstat(system_file, &st) == 0) {
		said[2] = st.st_mtim.tv_sec;
		said[3] = st.st_mtim.tv_nsec;
	}
	if (!said[0] && !said[2])
		return 0;
	hash = (int64_t)(hash_fnv1a(said, sizeof said) >> 1);
	return hash ? hash : 1;
}

/* Maps a time into the range of the table. Returns what to add to a time found there. */
static int64_t fold(const struct zone *z, int64_t *t)
{
	int64_t cycles = 0;

	if (*t > ZONE_LIMIT)
		*t = ZONE_LIMIT;
	if (*t < -ZONE_LIMIT)
		*t = -ZONE_LIMIT;
	if (z->repeats && *t >= z->cycle_end)
		cycles = (*t - z->cycle_end) / CYCLE + 1;
	else if (z->always && z->repeats && *t < z->cycle_end - CYCLE)
		cycles = civil_floor(*t - (z->cycle_end - CYCLE), CYCLE);
	*t -= cycles * CYCLE;
	return cycles * CYCLE;
}

/* The segment that contains the instant. */
static size_t segment_at(const struct zone *z, int64_t t)
{
	size_t low = 0, high = z->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (z->segments[middle].start <= t)
			low = middle;
		else
			high = middle;
	}
	return low;
}

int32_t zone_offset(const struct zone *z, int64_t t, int64_t *from, int64_t *until)
{
	int64_t folded = t;
	int64_t shift = fold(z, &folded);
	size_t i = segment_at(z, folded);
	int64_t start = z->segments[i].start;
	int64_t end = i + 1 < z->count ? z->segments[i + 1].start : INT64_MAX;

	if (from)
		*from = start == INT64_MIN || t < -ZONE_LIMIT ? INT64_MIN : start + shift;
	if (until)
		*until = end == INT64_MAX || t > ZONE_LIMIT ? INT64_MAX : end + shift;
	return z->segments[i].offset;
}

/* Local times up to what has been when the next segment begins are reached in this one or before. */
int64_t zone_instant(const struct zone *z, int64_t local)
{
	int64_t shift = fold(z, &local), t;
	size_t low = 0, high = z->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (z->segments[middle].reached <= local)
			low = middle;
		else
			high = middle;
	}
	t = local - z->segments[low].offset;
	return (t < z->segments[low].start ? z->segments[low].start : t) + shift;
}

int64_t zone_reached(const struct zone *z, int64_t t)
{
	int64_t shift = fold(z, &t);
	const struct zone_segment *segment = &z->segments[segment_at(z, t)];
	int64_t local = t + segment->offset;

	return (local < segment->reached ? segment->reached - 1 : local) + shift;
}

void zone_format(const struct zone *z, int64_t ms, char text[CLOCK_TEXT])
{
	int64_t t = clock_seconds(ms);
	int millis = (int)((ms % CLOCK_SECOND + CLOCK_SECOND) % CLOCK_SECOND);
	int32_t offset = zone_offset(z, t, NULL, NULL);
	int minutes = offset / 60;
	int64_t local = t + minutes * 60;
	int64_t day = civil_floor(local, CIVIL_DAY);
	int second = (int)(local - day * CIVIL_DAY);
	struct civil date = civil_date(day);
	char sign = minutes < 0 ? '-' : '+';
	int n;

	n = snprintf(text, CLOCK_TEXT, "%04lld-%02d-%02dT%02d:%02d:%02d", (long long)date.year,
		date.month, date.day, second / 3600, second / 60 % 60, second % 60);
	if (millis)
		n += snprintf(text + n, CLOCK_TEXT - (size_t)n, ".%03d", millis);
	snprintf(text + n, CLOCK_TEXT - (size_t)n, "%c%02d:%02d", sign, abs(minutes) / 60,
		abs(minutes) % 60);
}
