/* json: finding and reading parts of a JSON text (RFC 8259); returns -1 or NULL */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stddef.h>
#include <stdint.h>

struct cJSON;

/*
 * The text of an object's member, as written; the first of that name. Returns
 * 0, or -1 if this is not an object or has no such member. Only the nesting is
 * checked: parse the part.
 */
int json_member(const char *json, size_t n, const char *name, const char **value, size_t *size);

/*
 * The next element of an array's text: start with *at = 0. Returns 0, or -1
 * after the last one.
 */
int json_element(const char *json, size_t n, size_t *at, const char **value, size_t *size);

/* A whole number of at most 53 bits (Telegram's ids). Returns 0, or -1. */
int json_integer(const struct cJSON *item, int64_t *number);

/*
 * A string item of the text, with U+FFFD for each byte that is not UTF-8:
 * Telegram accepts nothing else.
 */
struct cJSON *json_text(const char *text);

/*
 * Add a member to an object: a text as above, NULL as null; a time in ms since
 * 1970, below 0 as null.
 */
void json_add_text(struct cJSON *object, const char *name, const char *text);
void json_add_time(struct cJSON *object, const char *name, int64_t ms);

#endif
