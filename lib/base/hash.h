/* hash: FNV-1a, 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv); no errors */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* For finding equal contents and noticing torn records; no protection against forgery. */
uint64_t hash_fnv1a(const void *data, size_t n);

#endif
