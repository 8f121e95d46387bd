/* details: one record, a line for each field: "Name:       value", escaped */
#ifndef BASE_DETAILS_H
#define BASE_DETAILS_H

#include <stdint.h>

#include "base/str.h"

/* Append a line; none for NULL or for a time or duration (ms) below 0. name ends in a colon. */
void details_add_text(struct str *out, const char *name, const char *value);
void details_add_time(struct str *out, const char *name, int64_t ms);
void details_add_duration(struct str *out, const char *name, int64_t ms);
void details_add_number(struct str *out, const char *name, int64_t n);

#endif
