/* webhook: events posted to a user's URL as JSON */
#include "net/webhook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/sha256.h"
#include "base/str.h"
#include "net/http.h"

static int is_https(const char *url, char **host)
{
	char *scheme;
	int https;

	*host = http_host(url, &scheme);
	https = *host && scheme && strcmp(scheme, "https") == 0;
	if (*host)
		free(scheme);
	return https;
}

int webhook_check(const char *url, struct str *why)
{
	char *host;
	int https = is_https(url, &host);

	free(host);
	if (https)
		return 0;
	str_add(why, "not an https URL");
	return -1;
}

int webhook_allowed(const char *list, const char *host)
{
	size_t length = strlen(host);

	for (const char *p = list; p && *p;) {
		const char *word = p += strspn(p, ", \t[");
		size_t n = strcspn(p, ", \t]");

		if (n == length && n > 0 && strncasecmp(word, host, n) == 0)
			return 1;
		p += n + strspn(p + n, "]");
	}
	return 0;
}

void webhook_sign(const char *secret, const void *body, size_t n, char signature[WEBHOOK_SIGNATURE])
{
	unsigned char digest[SHA256_SIZE];
	int used = snprintf(signature, WEBHOOK_SIGNATURE, "sha256=");

	sha256_hmac(secret, strlen(secret), body, n, digest);
	for (int i = 0; i < SHA256_SIZE; i++)
		snprintf(signature + used + 2 * i, 3, "%02x", digest[i]);
}

static void classify_reply(const struct http_answer *answer, struct outcome *o)
{
	char text[48];
	int n;

	/* the status alone decides, so an answer that was cut off after it counts */
	if (answer->status < 200 || (answer->status < 300 && answer->sent == HTTP_NOT_SENT)) {
		if (answer->sent != HTTP_ANSWERED) {
			outcome_unanswered(o, answer);
			return;
		}
		o->kind = OUTCOME_UNCERTAIN;
	} else if (answer->status < 300) {
		o->kind = OUTCOME_SENT;
		return;
	} else if (answer->status >= 500 || answer->status == 408 || answer->status == 425 ||
		answer->status == 429) {
		o->kind = OUTCOME_AGAIN;
		if (answer->retry_after_s > 0 && answer->retry_after_s < INT32_MAX)
			o->after_ms = answer->retry_after_s * CLOCK_SECOND;
	} else {
		o->kind = OUTCOME_DEAD;
	}
	n = snprintf(text, sizeof text, "HTTP status %ld%s", answer->status,
		answer->status < 400 ? ", which is not followed" : "");
	outcome_reason(o, text, (size_t)n, NULL);
}

static void webhook_answered(void *arg, const struct http_answer *answer)
{
	struct outcome_call *then = arg;
	struct outcome o = { 0 };

	classify_reply(answer, &o);
	then->done(then->arg, &o);
	free(then);
}

static void add_header(struct str *all, const char *name, const char *value)
{
	str_add(all, name);
	str_add(all, value);
	str_addc(all, '\0');
}

void webhook_start(struct http *http, const struct webhook *w, struct outcome_call then)
{
	const char *secret = config_get("BGJOB_WEBHOOK_SECRET");
	const char *headers[5] = { "Content-Type: application/json" };
	char signature[WEBHOOK_SIGNATURE] = "", *host;
	struct outcome_call *call = mem_alloc(sizeof *call);
	struct str all = { 0 };
	struct http_request request = { .url = w->url, .headers = headers };

	*call = then;
	add_header(&all, "X-Bgjob-Event: ", w->event);
	add_header(&all, "X-Bgjob-Delivery: ", w->id);
	if (secret) {
		webhook_sign(secret, w->json, w->size, signature);
		add_header(&all, "X-Bgjob-Signature: ", signature);
	}
	for (size_t i = 0, n = 1; i < all.len; i += strlen(all.data + i) + 1)
		headers[n++] = all.data + i;

	request.https_only = 1;
	request.secret_path = 1;
	request.public_only = !is_https(w->url, &host) ||
		!webhook_allowed(config_get("BGJOB_WEBHOOK_ALLOW"), host);
	free(host);
	request.body = mem_dupn(w->json, w->size);
	request.body_size = w->size;
	request.total_ms = 30 * CLOCK_SECOND;
	request.max_answer = 4096;
	request.done = webhook_answered;
	request.arg = call;
	http_start(http, &request);
	str_free(&all);
}
