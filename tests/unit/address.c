/* address: public addresses and all the others */
#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tap.h"

static int is_public(const char *text)
{
	struct sockaddr_storage address = { 0 };
	struct sockaddr_in *in = (void *)&address;
	struct sockaddr_in6 *in6 = (void *)&address;

	if (inet_pton(AF_INET, text, &in->sin_addr) == 1)
		address.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1)
		address.ss_family = AF_INET6;
	else
		abort();
	return address_public((void *)&address);
}

int main(void)
{
	static const char *const all_public[] = { "1.1.1.1", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "149.154.167.220",
		"169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
		"192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
		"2001:67c:4e8:f004::9", "2001:200::1", "2600::1", "2a00::1", "3ffe:ffff::1" };
	static const char *const none_public[] = { "0.0.0.0", "0.1.2.3", "10.0.0.1",
		"10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255",
		"169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.1", "192.0.2.1",
		"192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255",
		"198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
		"255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:1.1.1.1", "::127.0.0.1",
		"64:ff9b::7f00:1", "64:ff9b::101:101", "64:ff9b:1::1", "100::1", "2001::1",
		"2001:1ff:ffff::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "4000::1", "5f00::1",
		"fc00::1", "fd00::1", "fe80::1", "fec0::1", "ff02::1" };
	struct sockaddr_un local = { .sun_family = AF_UNIX };

	for (size_t i = 0; i < sizeof all_public / sizeof *all_public; i++)
		ok(is_public(all_public[i]), "%s is public", all_public[i]);
	for (size_t i = 0; i < sizeof none_public / sizeof *none_public; i++)
		ok(!is_public(none_public[i]), "%s is not", none_public[i]);
	ok(!address_public((void *)&local), "nor a socket of this machine");
	return done();
}
