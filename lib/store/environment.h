/* environment: captured variables, stored once for each distinct content; database errors end the program */
#ifndef STORE_ENVIRONMENT_H
#define STORE_ENVIRONMENT_H

#include <stddef.h>
#include <stdint.h>

/*
 * The id of an environment with exactly this content (NAME=value strings, each
 * ended by NUL), stored if it is new. Inside the caller's transaction.
 */
int64_t environment_save(const char *data, size_t n);

/*
 * Its content, in memory that the caller frees; *n bytes. NULL: it is missing
 * (bgjob-recover --check).
 */
char *environment_load(int64_t id, size_t *n);

#endif
