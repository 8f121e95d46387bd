/* webhook: events posted to a user's URL as JSON; errors are part of the outcome */
#ifndef NET_WEBHOOK_H
#define NET_WEBHOOK_H

#include "net/outcome.h"

struct http;
struct str;

enum { WEBHOOK_SIGNATURE = 72 }; /* bytes for "sha256=", 64 hexadecimal digits and a NUL */

struct webhook {
	const char *url;
	const char *event; /* X-Bgjob-Event */
	const char *id; /* X-Bgjob-Delivery: the same for each try, so that a receiver can tell */
	const char *json;
	size_t size; /* bytes */
};

/*
 * Whether a URL can be a target: https with a host. Returns 0, or -1 with why.
 */
int webhook_check(const char *url, struct str *why);

/*
 * Post it. A host listed in BGJOB_WEBHOOK_ALLOW (names or addresses, comma-
 * separated, compared with what the URL says), and only such a host, may have
 * an address that is not public and be reached through a proxy. With
 * BGJOB_WEBHOOK_SECRET the request has X-Bgjob-Signature. Everything is copied.
 * Any 2xx is SENT; 408, 425, 429 and 5xx are AGAIN, all other answers DEAD.
 */
void webhook_start(struct http *http, const struct webhook *w, struct outcome_call then);

/* "sha256=" and the HMAC-SHA-256 of the body in lower-case hexadecimal digits. */
void webhook_sign(const char *secret, const void *body, size_t n,
	char signature[WEBHOOK_SIGNATURE]);

/* Whether host is one of the words of list (NULL: none), ignoring case. */
int webhook_allowed(const char *list, const char *host);

#endif
