/* http_options: what curl is told about a request, and what it asks while it runs */
#include "net/http_transfer.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/config.h"
#include "net/address.h"

_Static_assert(sizeof((struct transfer){ 0 }.detail) >= CURL_ERROR_SIZE, "room for an error");

static int is_public(const char *ip)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, ip, &in.sin_addr) == 1)
		return address_public((struct sockaddr *)&in);
	return inet_pton(AF_INET6, ip, &in6.sin6_addr) == 1 &&
		address_public((struct sockaddr *)&in6);
}

/*
 * Called for each try, also curl's own repetition on a new connection: see http.h. The address
 * once more, since the connection may be one that a request with more rights has opened.
 */
static int on_request(void *arg, char *ip, char *local_ip, int port, int local_port)
{
	struct transfer *t = arg;

	(void)local_ip, (void)port, (void)local_port;
	if (t->public_only && !is_public(ip)) {
		t->refused++;
		t->opened = 0;
		return CURL_PREREQFUNC_ABORT;
	}
	return t->body_read > 0 ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static int on_rewind(void *arg, curl_off_t offset, int origin)
{
	const struct transfer *t = arg;

	return t->body_read == 0 && offset == 0 && origin == SEEK_SET ? CURL_SEEKFUNC_OK
								      : CURL_SEEKFUNC_FAIL;
}

static size_t on_send(char *buffer, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	size_t n = t->body_size - t->body_read;

	if (n > size * count)
		n = size * count;
	if (n > 0)
		memcpy(buffer, t->body + t->body_read, n);
	t->body_read += n;
	return n;
}

static int is_success(const struct transfer *t)
{
	long status = 0;

	return curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
		status >= 200 && status <= 299;
}

static size_t on_answer(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	size_t n = size * count, room = t->max_answer - t->answer.len;

	if (t->piece && is_success(t)) {
		t->unwanted = t->piece(t->arg, data, n) != 0;
		return t->unwanted ? 0 : n;
	}
	t->too_long = n > room;
	str_addn(&t->answer, data, n < room ? n : room);
	return t->too_long ? 0 : n;
}

/*
 * SMTP's replies are headers to curl; the last one is kept, but for the one to QUIT. curl waits
 * for that one without doing anything else, up to two minutes if it is not told otherwise.
 */
static size_t on_reply(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	size_t n = size * count;

	if (n >= 3 && memcmp(data, "221", 3) == 0)
		return n;
	str_clear(&t->answer);
	str_addn(&t->answer, data, n < t->max_answer ? n : t->max_answer);
	if (t->body_read == t->body_size || *t->answer.data >= '4')
		curl_easy_setopt(t->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, 1L);
	return n;
}

/* The address is judged here, after all look-ups, so that no name can change its mind. */
static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *t = arg;

	(void)purpose;
	if (t->public_only && !address_public(&address->addr)) {
		t->refused++;
		return CURL_SOCKET_BAD;
	}
	t->opened++;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static int set_headers(struct transfer *t, const struct http_request *r)
{
	/* no "Expect: 100-continue": waiting for it costs up to a second */
	t->headers = curl_slist_append(NULL, "Expect:");
	for (size_t i = 0; t->headers && r->headers && r->headers[i]; i++) {
		struct curl_slist *longer;

		if (strpbrk(r->headers[i], "\r\n"))
			return -1;
		if (!(longer = curl_slist_append(t->headers, r->headers[i])))
			return -1;
		t->headers = longer;
	}
	if (!t->headers)
		return -1;
	return curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK ? 0 : -1;
}

static int set_mail(struct transfer *t, const struct http_request *r)
{
	CURL *e = t->easy;
	long tls = r->tls_must ? CURLUSESSL_ALL : r->tls_may ? CURLUSESSL_TRY : CURLUSESSL_NONE;
	int bad = 0;

	if (!(t->recipients = curl_slist_append(NULL, r->mail_to)))
		return -1;
	bad |= curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	bad |= curl_easy_setopt(e, CURLOPT_USE_SSL, tls);
	bad |= curl_easy_setopt(e, CURLOPT_MAIL_FROM, r->mail_from);
	bad |= curl_easy_setopt(e, CURLOPT_MAIL_RCPT, t->recipients);
	bad |= curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L);
	bad |= curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
	bad |= curl_easy_setopt(e, CURLOPT_INFILESIZE_LARGE, (curl_off_t)t->body_size);
	bad |= curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_reply);
	bad |= curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
	if (r->user)
		bad |= curl_easy_setopt(e, CURLOPT_USERNAME, r->user);
	if (r->password)
		bad |= curl_easy_setopt(e, CURLOPT_PASSWORD, r->password);
	return bad ? -1 : 0;
}

static int set_http(struct transfer *t, const struct http_request *r)
{
	CURL *e = t->easy;
	int bad = set_headers(t, r);

	bad |= curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, r->https_only ? "https" : "http,https");
	/* one connection each: what is cut is then one request's, and its bytes can be counted */
	bad |= curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	bad |= curl_easy_setopt(e, CURLOPT_USERAGENT, "bgjob/" BGJOB_VERSION);
	if (t->body) {
		bad |= curl_easy_setopt(e, CURLOPT_POST, 1L);
		bad |= curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->body_size);
	}
	return bad ? -1 : 0;
}

static int set_callbacks(struct transfer *t)
{
	CURL *e = t->easy;
	int bad = 0;

	bad |= curl_easy_setopt(e, CURLOPT_PRIVATE, t);
	bad |= curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->detail);
	bad |= curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, on_request);
	bad |= curl_easy_setopt(e, CURLOPT_PREREQDATA, t);
	bad |= curl_easy_setopt(e, CURLOPT_SEEKFUNCTION, on_rewind);
	bad |= curl_easy_setopt(e, CURLOPT_SEEKDATA, t);
	bad |= curl_easy_setopt(e, CURLOPT_READFUNCTION, on_send);
	bad |= curl_easy_setopt(e, CURLOPT_READDATA, t);
	bad |= curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_answer);
	bad |= curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
	bad |= curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open);
	bad |= curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, t);
	return bad ? -1 : 0;
}

int transfer_set(struct transfer *t, const struct http_request *r)
{
	CURL *e = t->easy;
	const char *authorities = config_get("BGJOB_CA_FILE");
	long connect_ms = r->connect_ms ? (long)r->connect_ms : 10000;
	int bad = set_callbacks(t);

	bad |= curl_easy_setopt(e, CURLOPT_URL, r->url);
	bad |= curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	/* a look-up that hangs is left behind; else ending its transfer would wait for it */
	bad |= curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
	bad |= curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	bad |= curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)r->total_ms);
	/* servers close idle connections after a minute or so: do not meet them at it */
	bad |= curl_easy_setopt(e, CURLOPT_MAXAGE_CONN, 45L);
	bad |= curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
	bad |= curl_easy_setopt(e, CURLOPT_TCP_KEEPIDLE, 30L);
	if (r->public_only)
		bad |= curl_easy_setopt(e, CURLOPT_PROXY, "");
	if (authorities)
		bad |= curl_easy_setopt(e, CURLOPT_CAINFO, authorities);
	bad |= t->mail ? set_mail(t, r) : set_http(t, r);
	return bad ? -1 : 0;
}
