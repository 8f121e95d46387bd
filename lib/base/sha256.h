/* sha256: SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104); no errors */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>

enum { SHA256_SIZE = 32 }; /* bytes of a digest */

void sha256(const void *data, size_t n, unsigned char digest[SHA256_SIZE]);

void sha256_hmac(const void *key, size_t key_size, const void *data, size_t n,
	unsigned char digest[SHA256_SIZE]);

#endif
