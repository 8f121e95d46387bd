/* http_transfer: one request under way, for http.c and http_options.c only */
#ifndef NET_HTTP_TRANSFER_H
#define NET_HTTP_TRANSFER_H

#include "base/str.h"
#include "net/http.h"

struct curl_slist;

struct transfer {
	struct transfer *next;
	struct http *http;
	void *easy; /* CURL */
	struct curl_slist *headers, *recipients;
	char *body;
	size_t body_size, body_read, max_answer;
	struct str answer;
	const char *fault;        /* why it was not even handed to curl */
	unsigned opened, refused; /* addresses */
	unsigned mail : 1, public_only : 1, too_long : 1, unwanted : 1;
	char detail[256]; /* CURL_ERROR_SIZE */
	int (*piece)(void *arg, const char *data, size_t n);
	void (*done)(void *arg, const struct http_answer *answer);
	void *arg;
};

/* Set all that curl is to know about the request. Returns 0, or -1 if it does not accept it. */
int transfer_set(struct transfer *t, const struct http_request *r);

#endif
