/* address: which network addresses belong to the public Internet; no errors */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

struct sockaddr;

/*
 * Whether this is an IPv4 or IPv6 address of a host anywhere on the Internet:
 * not "this network", private, shared (CGNAT), loopback, link-local, unique
 * local, for documentation or benchmarks, multicast, reserved, nor one of the
 * forms that carry an IPv4 address inside (mapped, NAT64, 6to4, Teredo). From
 * IANA's special-purpose address registries (RFC 6890). Other families: no.
 */
int address_public(const struct sockaddr *address);

#endif
