/* details: everything about one thing, a line each: "Name:       value", escaped */
#ifndef BASE_DETAILS_H
#define BASE_DETAILS_H

#include <stdint.h>

#include "base/str.h"

/* Append a line. Nothing for NULL; times and durations are ms, nothing below 0. name ends in a colon. */
void details_add_text(struct str *out, const char *name, const char *value);
void details_add_time(struct str *out, const char *name, int64_t ms);
void details_add_duration(struct str *out, const char *name, int64_t ms);
void details_add_number(struct str *out, const char *name, int64_t n);

/* The same to stdout; its errors end the program. */
void details_text(const char *name, const char *value);
void details_time(const char *name, int64_t ms);
void details_duration(const char *name, int64_t ms);
void details_number(const char *name, int64_t n);

#endif
