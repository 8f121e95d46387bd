/* http: many requests at once over HTTP, HTTPS and SMTP; errors are part of the answer */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stddef.h>
#include <stdint.h>

struct pollfd;

/* A set of transfers and the connections kept alive between them. */
struct http;

/* What is known about the request when it is over. */
enum http_sent {
	HTTP_ANSWERED, /* the receiver has answered it: status, body */
	HTTP_NOT_SENT, /* certainly not taken: no byte of its body (without one: of itself) was sent */
	HTTP_CUT,      /* all or part of it was sent, but no whole answer came: unknown */
};

struct http_answer {
	enum http_sent sent;
	long status;           /* HTTP's or SMTP's; 0 if none came. May be known after HTTP_CUT */
	const char *body;      /* what arrived of it, NUL-terminated; SMTP: the last reply line */
	size_t size;           /* bytes */
	int64_t retry_after_s; /* of Retry-After (RFC 9110); 0: none */
	int hopeless; /* not sent, and a retry cannot help: bad URL, address that is not public */
	const char *error; /* in words, without URL or host; NULL if answered */
};

/*
 * One request. http_start() copies everything except the body. The body is sent
 * once: libcurl would repeat a request by itself when a kept-alive connection
 * closes without an answer, but the receiver may have taken it, so that is
 * HTTP_CUT here once a byte of the body was sent. Redirects are not followed.
 */
struct http_request {
	const char *fault; /* not NULL, a static text: it is not sent and ends as hopeless */
	const char *url;   /* a secret: in no message, in a trace without its query */
	const char *const *headers; /* "Name: value", NULL at the end; NULL: none */
	char *body;                 /* from malloc, not empty, freed by http; NULL: GET */
	size_t body_size;           /* bytes */

	const char *mail_from, *mail_to; /* both set: SMTP, the body is the message */
	const char *user, *password;     /* for SMTP; NULL: none */

	int64_t connect_ms, total_ms; /* 0: 10 s, no limit. The connection is part of the total */
	size_t max_answer; /* bytes kept, more ends the transfer as answered; 0: 64 KiB */

	unsigned https_only : 1;
	unsigned public_only : 1; /* no address that address_public() refuses; no proxy either */
	unsigned tls_must : 1;    /* SMTP: STARTTLS or nothing */
	unsigned tls_may : 1;     /* SMTP: STARTTLS if offered */
	unsigned secret_path : 1; /* traces show the URL's host only (a webhook's path is a key) */

	/*
	 * Called in http_wait() with each piece of the body of an answer with status 2xx,
	 * which is then neither kept nor limited. Returns 0; anything else ends the
	 * transfer as cut. It must not touch the set. NULL: the body is in the answer.
	 */
	int (*piece)(void *arg, const char *data, size_t n);

	/*
	 * Called once, in http_wait(), http_stop() or http_free(). It may start other
	 * requests, but not stop any or free the set.
	 */
	void (*done)(void *arg, const struct http_answer *answer);
	void *arg;
};

/*
 * A new set. Setting BGJOB_CA_FILE names certificates to trust instead of the
 * system's. Proxies are taken from the environment as curl(1) does. Makes the
 * process ignore SIGPIPE, which a TLS connection could raise.
 */
struct http *http_new(void);

/* End all transfers, calling their done functions, and close all connections. NULL is legal. */
void http_free(struct http *http);

/* Start a request; nothing blocks, not even the look-up of a name. */
void http_start(struct http *http, const struct http_request *request);

/* End at once all requests with this arg that are not done, as cut or not sent. */
void http_stop(struct http *http, const void *arg);

/* How many requests are started and not done. */
unsigned http_running(const struct http *http);

/*
 * Wait until something happens to a transfer or one of `count` descriptors
 * (revents is set) or for timeout_ms (-1: no limit), and call the done functions
 * of what is over. It may return before any of these. Returns the number of
 * extra descriptors that are ready, or -1 with errno set.
 */
int http_wait(struct http *http, struct pollfd *extra, unsigned count, int timeout_ms);

/*
 * The host of a URL as it will be looked up: lower case, without brackets, a
 * numeric IPv4 address as four decimal numbers. NULL: no URL with a host.
 * *scheme, if not NULL, gets the scheme. The caller frees both.
 */
char *http_host(const char *url, char **scheme);

#endif
