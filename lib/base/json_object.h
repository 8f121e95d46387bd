/* json_object: a JSON object from outside, checked strictly; returns NULL or -1 and says why */
#ifndef BASE_JSON_OBJECT_H
#define BASE_JSON_OBJECT_H

#include <stddef.h>

#include "base/str.h"

struct cJSON;

/*
 * Parse n bytes of text: one object and nothing else, no NUL in any string, no
 * name given twice. Free with cJSON_Delete(). NULL: the reason was appended to
 * why.
 */
struct cJSON *json_object_parse(struct str *why, const char *text, size_t n);

/* Check the names of a nested object: 0, or -1 if one is given twice. */
int json_object_names_once(struct str *why, const struct cJSON *object);

#endif
