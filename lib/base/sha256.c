/* sha256: SHA-256 and HMAC-SHA-256 */
#include "base/sha256.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK = 64 };

struct context {
	uint32_t state[8];
	uint64_t size;
	unsigned char block[BLOCK];
};

static const uint32_t round_constant[BLOCK] = { 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
	0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152,
	0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
	0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624,
	0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3,
	0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2 };

static uint32_t rotate(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static void schedule(uint32_t w[BLOCK], const unsigned char *p)
{
	for (int i = 0; i < 16; i++, p += 4)
		w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	for (int i = 16; i < BLOCK; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
			(rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
}

static void compress(uint32_t state[8], const unsigned char *block)
{
	uint32_t w[BLOCK], v[8];

	schedule(w, block);
	memcpy(v, state, sizeof v);
	for (int i = 0; i < BLOCK; i++) {
		uint32_t a = v[0], e = v[4];
		uint32_t one = v[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
			((e & v[5]) ^ (~e & v[6])) + round_constant[i] + w[i];
		uint32_t two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
			((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

		memmove(v + 1, v, 7 * sizeof *v);
		v[4] += one;
		v[0] = one + two;
	}
	for (int i = 0; i < 8; i++)
		state[i] += v[i];
}

static void sha256_start(struct context *c)
{
	static const uint32_t initial[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

	memcpy(c->state, initial, sizeof initial);
	c->size = 0;
}

static void sha256_add(struct context *c, const void *data, size_t n)
{
	const unsigned char *p = data;

	while (n > 0) {
		size_t used = c->size % BLOCK;
		size_t part = n < BLOCK - used ? n : BLOCK - used;

		memcpy(c->block + used, p, part);
		c->size += part;
		p += part;
		n -= part;
		if (used + part == BLOCK)
			compress(c->state, c->block);
	}
}

static void sha256_finish(struct context *c, unsigned char digest[SHA256_SIZE])
{
	static const unsigned char padding[BLOCK] = { 0x80 };
	uint64_t bits = c->size * 8;
	unsigned char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	sha256_add(c, padding, 1 + (BLOCK + 55 - c->size % BLOCK) % BLOCK);
	sha256_add(c, length, sizeof length);
	for (int i = 0; i < SHA256_SIZE; i++)
		digest[i] = (unsigned char)(c->state[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256(const void *data, size_t n, unsigned char digest[SHA256_SIZE])
{
	struct context c;

	sha256_start(&c);
	sha256_add(&c, data, n);
	sha256_finish(&c, digest);
}

void sha256_hmac(const void *key, size_t key_size, const void *data, size_t n,
	unsigned char digest[SHA256_SIZE])
{
	unsigned char block[BLOCK] = { 0 };
	struct context c;

	if (key_size > BLOCK)
		sha256(key, key_size, block);
	else if (key_size > 0)
		memcpy(block, key, key_size);
	for (int i = 0; i < BLOCK; i++)
		block[i] ^= 0x36;
	sha256_start(&c);
	sha256_add(&c, block, BLOCK);
	sha256_add(&c, data, n);
	sha256_finish(&c, digest);

	for (int i = 0; i < BLOCK; i++)
		block[i] ^= 0x36 ^ 0x5c;
	sha256_start(&c);
	sha256_add(&c, block, BLOCK);
	sha256_add(&c, digest, SHA256_SIZE);
	sha256_finish(&c, digest);
}
