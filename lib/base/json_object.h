/* json_object: a JSON object that somebody wrote, checked for what would be read wrongly; returns NULL or -1 and says why */
#ifndef BASE_JSON_OBJECT_H
#define BASE_JSON_OBJECT_H

#include <stddef.h>

#include "base/str.h"

struct cJSON;

/*
 * The object in n bytes of text, which hold nothing else, and no NUL in any
 * string. Free with cJSON_Delete(). NULL with why appended to: also for a name
 * that is given twice.
 */
struct cJSON *json_object_parse(struct str *why, const char *text, size_t n);

/* The same for the names of an object inside. */
int json_object_names_once(struct str *why, const struct cJSON *object);

#endif
