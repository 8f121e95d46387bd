/* details: everything about one thing, a line each: "Name:       value", escaped; errors of stdout end the program */
#ifndef BASE_DETAILS_H
#define BASE_DETAILS_H

#include <stdint.h>

/* Nothing for NULL; times and durations are ms, nothing below 0. name ends in a colon. */
void details_text(const char *name, const char *value);
void details_time(const char *name, int64_t ms);
void details_duration(const char *name, int64_t ms);
void details_number(const char *name, int64_t n);

#endif
