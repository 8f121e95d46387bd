/* http: many requests at once over HTTP, HTTPS and SMTP */
#include "net/http.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/str.h"
#include "base/trace.h"
#include "net/address.h"

struct http {
	CURLM *multi;
	struct transfer *transfers;
	unsigned running;
	unsigned faulty; /* transfers that were not handed to curl */
};

/* One request under way. */
struct transfer {
	struct transfer *next;
	struct http *http;
	CURL *easy;
	struct curl_slist *headers, *recipients;
	char *body;
	size_t body_size, body_read, max_answer;
	unsigned number; /* in traces */
	int64_t started; /* clock_boot() */
	struct str answer;
	const char *fault;        /* why it was never handed to curl */
	unsigned opened, refused; /* addresses */
	unsigned mail : 1, public_only : 1, too_long : 1, unwanted : 1;
	char detail[CURL_ERROR_SIZE];
	int (*piece)(void *arg, const char *data, size_t n);
	void (*done)(void *arg, const struct http_answer *answer);
	void *arg;
};

/* ---- curl's options and callbacks ---- */

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
 * Called for each try, including curl's own retry on a new connection (see
 * http.h). The address is checked again, since a request with more rights may
 * have opened the connection.
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
 * curl passes SMTP replies as headers. The last is kept, except the reply to
 * QUIT, for which curl would wait, blocking, for up to two minutes.
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

/*
 * The address is checked here, after all look-ups, so that a name cannot
 * resolve to another later.
 */
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
	/*
	 * one request at a time on a connection, so that a cut belongs to one and its bytes
	 * are countable
	 */
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

/* Tell curl all about the request. Returns 0, or -1 if it does not accept it. */
static int transfer_set(struct transfer *t, const struct http_request *r)
{
	CURL *e = t->easy;
	const char *authorities = config_get("BGJOB_CA_FILE");
	long connect_ms = r->connect_ms ? (long)r->connect_ms : 10000;
	int bad = set_callbacks(t);

	bad |= curl_easy_setopt(e, CURLOPT_URL, r->url);
	bad |= curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	/* do not wait for a hanging name look-up when its transfer ends */
	bad |= curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
	bad |= curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	bad |= curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)r->total_ms);
	/* servers close idle connections after a minute or so: stop using them before that */
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

/* ---- the set ---- */

struct http *http_new(void)
{
	struct http *http = mem_zero(1, sizeof *http);

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(http->multi = curl_multi_init()))
		die_system("cannot start libcurl");
	signal(SIGPIPE, SIG_IGN);
	return http;
}

unsigned http_running(const struct http *http)
{
	return http->running;
}

static void link_in(struct http *http, struct transfer *t)
{
	t->http = http;
	t->next = http->transfers;
	http->transfers = t;
	http->running++;
}

static void link_out(struct http *http, const struct transfer *t)
{
	struct transfer **p = &http->transfers;

	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	http->running--;
}

/* The URL without its query, and of a secret one only the host: config_redact() does the rest. */
static void trace_start(struct transfer *t, const struct http_request *r)
{
	static unsigned count;
	const char *host = r->url ? strstr(r->url, "://") : NULL;
	size_t n = host ? (size_t)(host + 3 - r->url) : 0;

	t->number = ++count;
	t->started = clock_boot();
	if (host)
		n += strcspn(host + 3, r->secret_path ? "/?#" : "?#");
	if (trace_on(TRACE_HTTP))
		trace(TRACE_HTTP, "%u: %s %.*s, %zu bytes", t->number,
			t->mail           ? "mail to"
				: r->body ? "POST"
					  : "GET",
			(int)n, r->url ? r->url : "", r->body_size);
}

static void trace_end(const struct transfer *t, const struct http_answer *answer)
{
	long long ms = (long long)(clock_boot() - t->started);

	if (!trace_on(TRACE_HTTP))
		return;
	if (answer->error)
		trace(TRACE_HTTP, "%u: %s (status %ld) after %lld ms", t->number, answer->error,
			answer->status, ms);
	else
		trace(TRACE_HTTP, "%u: status %ld, %zu bytes after %lld ms", t->number,
			answer->status, answer->size, ms);
}

void http_start(struct http *http, const struct http_request *r)
{
	struct transfer *t = mem_zero(1, sizeof *t);

	t->body = r->body;
	t->body_size = r->body_size;
	t->max_answer = r->max_answer ? r->max_answer : (size_t)64 << 10;
	t->mail = r->mail_from && r->mail_to;
	t->public_only = r->public_only;
	t->piece = r->piece;
	t->done = r->done;
	t->arg = r->arg;
	str_addn(&t->answer, "", 0);
	trace_start(t, r);
	t->easy = curl_easy_init();
	link_in(http, t);
	/* with an empty body it could not be told whether the request was sent */
	if (r->fault)
		t->fault = r->fault;
	else if ((t->body && t->body_size == 0) || !t->easy || transfer_set(t, r) < 0 ||
		curl_multi_add_handle(http->multi, t->easy) != CURLM_OK)
		t->fault = "Not a valid request";
	http->faulty += t->fault != NULL;
}

static void transfer_free(struct transfer *t)
{
	if (t->easy && !t->fault)
		curl_multi_remove_handle(t->http->multi, t->easy);
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	curl_slist_free_all(t->recipients);
	str_free(&t->answer);
	free(t->body);
	free(t);
}

static int is_forbidden(const struct transfer *t, CURLcode code)
{
	return (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK) &&
		t->refused > 0 && t->opened == 0;
}

static const char *in_words(const struct transfer *t, CURLcode code)
{
	if (is_forbidden(t, code))
		return "The address is not a public one";
	if (t->unwanted)
		return "Stopped";
	switch (code) {
	case CURLE_SEND_FAIL_REWIND:
	case CURLE_ABORTED_BY_CALLBACK: return "Connection closed without an answer";
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		/* says what is wrong with a certificate; other details may contain URLs */
		if (*t->detail)
			return t->detail;
		break;
	default: break;
	}
	return curl_easy_strerror(code);
}

static int is_hopeless(const struct transfer *t, CURLcode code)
{
	return code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL ||
		is_forbidden(t, code);
}

/* How far the request got. curl asks for a mail's body only once the server has answered 354. */
static enum http_sent how_far(const struct transfer *t, CURLcode code, long status)
{
	long written = 0;

	if (code == CURLE_OK || t->too_long || (t->mail && status >= 400))
		return HTTP_ANSWERED;
	if (t->body)
		return t->body_read > 0 ? HTTP_CUT : HTTP_NOT_SENT;
	curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &written);
	return written > 0 ? HTTP_CUT : HTTP_NOT_SENT;
}

/* error: replaces curl's words when it was not curl that ended the transfer. */
static void finish_transfer(struct http *http, struct transfer *t, CURLcode code, const char *error)
{
	struct http_answer answer = { .body = t->answer.data, .size = t->answer.len };
	curl_off_t retry_after = 0;

	if (!t->fault) {
		curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &answer.status);
		curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &retry_after);
		answer.sent = how_far(t, code, answer.status);
	} else {
		answer.sent = HTTP_NOT_SENT;
		answer.hopeless = 1;
	}
	answer.retry_after_s = retry_after;
	if (answer.sent != HTTP_ANSWERED)
		answer.error = error ? error : in_words(t, code);
	if (answer.sent == HTTP_NOT_SENT && is_hopeless(t, code))
		answer.hopeless = 1;

	trace_end(t, &answer);
	link_out(http, t);
	t->done(t->arg, &answer);
	transfer_free(t);
}

static void finish_all(struct http *http)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left))) {
		struct transfer *t;

		/* the message is gone once its handle leaves the set */
		CURLcode code = message->data.result;
		if (curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t) == CURLE_OK)
			finish_transfer(http, t, code, NULL);
	}
	while (http->faulty > 0) {
		struct transfer *t = http->transfers;

		while (!t->fault)
			t = t->next;
		http->faulty--;
		finish_transfer(http, t, CURLE_BAD_FUNCTION_ARGUMENT, t->fault);
	}
}

void http_stop(struct http *http, const void *arg)
{
	struct transfer *t = http->transfers, *next;

	/* done functions add new transfers before t */
	for (; t; t = next) {
		next = t->next;
		if (t->arg != arg)
			continue;
		http->faulty -= t->fault != NULL;
		finish_transfer(http, t, CURLE_ABORTED_BY_CALLBACK,
			t->fault ? t->fault : "Stopped");
	}
}

static int wait_with_curl(struct http *http, struct pollfd *extra, unsigned count, int timeout_ms)
{
	struct curl_waitfd few[16], *fds = few;
	int ready = 0;

	if (count > sizeof few / sizeof *few)
		fds = mem_zero(count, sizeof *fds);
	for (unsigned i = 0; i < count; i++) {
		short events = extra[i].events;

		/* like poll(2), leave out what is negative; curl's own bits are not poll's */
		fds[i] = (struct curl_waitfd){ .fd = extra[i].fd };
		fds[i].events = (short)((events & POLLIN ? CURL_WAIT_POLLIN : 0) |
			(events & POLLPRI ? CURL_WAIT_POLLPRI : 0) |
			(events & POLLOUT ? CURL_WAIT_POLLOUT : 0));
	}
	if (curl_multi_poll(http->multi, fds, count, timeout_ms < 0 ? INT_MAX : timeout_ms, NULL) !=
		CURLM_OK) {
		errno = EIO;
		ready = -1;
	}
	if (fds != few)
		free(fds);
	/* curl drops POLLHUP and POLLERR: ask again, without waiting */
	if (ready == 0 && count > 0)
		ready = poll(extra, count, 0);
	return ready;
}

int http_wait(struct http *http, struct pollfd *extra, unsigned count, int timeout_ms)
{
	int ready, running;

	if (http->faulty > 0)
		timeout_ms = 0;
	if (http->running == http->faulty)
		ready = poll(extra, count, timeout_ms);
	else
		ready = wait_with_curl(http, extra, count, timeout_ms);
	if (ready < 0 && errno == EINTR)
		ready = 0;
	if (curl_multi_perform(http->multi, &running) != CURLM_OK) {
		errno = EIO;
		ready = -1;
	}
	finish_all(http);
	return ready;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	finish_all(http);
	while (http->transfers)
		finish_transfer(http, http->transfers, CURLE_ABORTED_BY_CALLBACK, "Stopped");
	curl_multi_cleanup(http->multi);
	curl_global_cleanup();
	free(http);
}

static char *url_part(CURLU *url, CURLUPart part)
{
	char *text = NULL, *copy;

	if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
		return NULL;
	copy = mem_dup(text);
	curl_free(text);
	return copy;
}

char *http_host(const char *text, char **scheme)
{
	CURLU *url = curl_url();
	char *host = NULL;
	size_t n;

	if (url && curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
		host = url_part(url, CURLUPART_HOST);
	if (scheme)
		*scheme = host ? url_part(url, CURLUPART_SCHEME) : NULL;
	curl_url_cleanup(url);
	if (!host)
		return NULL;
	for (char *p = host; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + ('a' - 'A') : *p);
	n = strlen(host);
	if (*host == '[' && n > 1) {
		memmove(host, host + 1, n - 2);
		host[n - 2] = '\0';
	}
	return host;
}
