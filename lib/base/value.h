/* value: numbers, durations, sizes, times and ids in words; returns -1 and says why */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Append "PROBLEM: VALUE" to why. Returns -1. */
int value_bad(struct str *why, const char *problem, const char *value);

/*
 * Each reads the whole text (no blanks, no plus sign) or appends what is wrong
 * with it to why. Durations are at least min ms; sizes are bytes, at least 1
 * where min is 1 (512, 64K, 10M, 2G, 1T; powers of 1024); times are ms since
 * 1970; a flag is "true" or "false", NULL counts as true; an id is 1 ..
 * 2^63-1, also as "#42".
 */
int value_number(struct str *why, const char *text, int64_t min, int64_t max, int64_t *n);
int value_duration(struct str *why, const char *text, int64_t min, int64_t *ms);
int value_size(struct str *why, const char *text, int64_t min, int64_t *bytes);
int value_time(struct str *why, const char *text, int64_t *ms);
int value_flag(struct str *why, const char *text, int *flag);
int value_id(const char *text, size_t n, int64_t *id);

#endif
