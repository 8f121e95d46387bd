/* address: which network addresses belong to the public Internet */
#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

struct block {
	uint32_t start;
	int bits;
};

static int within(uint32_t address, const struct block *blocks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if ((address ^ blocks[i].start) >> (32 - blocks[i].bits) == 0)
			return 1;
	}
	return 0;
}

static int public4(uint32_t address)
{
	static const struct block special[] = {
		{ 0x00000000, 8 },  /* 0/8 */
		{ 0x0A000000, 8 },  /* 10/8 */
		{ 0x64400000, 10 }, /* 100.64/10 */
		{ 0x7F000000, 8 },  /* 127/8 */
		{ 0xA9FE0000, 16 }, /* 169.254/16 */
		{ 0xAC100000, 12 }, /* 172.16/12 */
		{ 0xC0000000, 24 }, /* 192.0.0/24 */
		{ 0xC0000200, 24 }, /* 192.0.2/24 */
		{ 0xC0586300, 24 }, /* 192.88.99/24 */
		{ 0xC0A80000, 16 }, /* 192.168/16 */
		{ 0xC6120000, 15 }, /* 198.18/15 */
		{ 0xC6336400, 24 }, /* 198.51.100/24 */
		{ 0xCB007100, 24 }, /* 203.0.113/24 */
		{ 0xE0000000, 3 },  /* 224/4, 240/4 */
	};

	return !within(address, special, sizeof special / sizeof *special);
}

/* All global unicast lies in 2000::/3; the first 32 bits tell the exceptions in it. */
static int public6(const struct in6_addr *address)
{
	static const struct block special[] = {
		{ 0x20010000, 23 }, /* 2001::/23, Teredo among them */
		{ 0x20010DB8, 32 }, /* 2001:db8::/32 */
		{ 0x20020000, 16 }, /* 2002::/16, 6to4 */
		{ 0x3FFF0000, 20 }, /* 3fff::/20 */
	};
	uint32_t first;

	memcpy(&first, address, sizeof first);
	first = ntohl(first);
	return first >> 29 == 1 && !within(first, special, sizeof special / sizeof *special);
}

int address_public(const struct sockaddr *address)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	switch (address->sa_family) {
	case AF_INET: memcpy(&in, address, sizeof in); return public4(ntohl(in.sin_addr.s_addr));
	case AF_INET6: memcpy(&in6, address, sizeof in6); return public6(&in6.sin6_addr);
	default: return 0;
	}
}
