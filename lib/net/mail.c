/* mail: plain text messages over SMTP */
#include "net/mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/str.h"
#include "base/utf8.h"
#include "net/http.h"

enum {
	LINE = 76,     /* characters of a quoted-printable line (RFC 2045, 6.7) */
	WORD_DATA = 36 /* bytes in a word of RFC 2047: 48 in base64, 69 with its frame and name */
};

int mail_address_valid(const char *text)
{
	const char *at = strchr(text, '@');

	if (!at || at == text || !at[1] || strchr(at + 1, '@') || strlen(text) > 254)
		return 0;
	if (*text == '-' || *text == '.' || at[1] == '-' || at[1] == '.')
		return 0;
	for (const char *p = text; *p; p++) {
		if (*p <= ' ' || *p > '~' || strchr("\"(),:;<>[\\]", *p))
			return 0;
	}
	return 1;
}

/* The next character, or U+FFFD for an invalid byte. Returns the bytes read. */
static size_t next_character(const char *text, size_t n, const char **bytes, size_t *size)
{
	uint32_t cp;
	size_t length = utf8_decode(text, n, &cp);

	*bytes = cp == UTF8_INVALID ? "\xEF\xBF\xBD" : text;
	*size = cp == UTF8_INVALID ? 3 : length;
	return length;
}

static void add_base64(struct str *s, const unsigned char *p, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		unsigned b = i + 1 < n ? p[i + 1] : 0, c = i + 2 < n ? p[i + 2] : 0;

		str_addc(s, digits[p[i] >> 2]);
		str_addc(s, digits[(p[i] & 3) << 4 | b >> 4]);
		str_addc(s, i + 1 < n ? digits[(b & 15) << 2 | c >> 6] : '=');
		str_addc(s, i + 2 < n ? digits[c & 63] : '=');
	}
}

/* Control bytes become blanks: a line break would begin another header. */
static void add_clean(struct str *s, const char *text)
{
	size_t n = strlen(text);

	str_addn(s, "", 0);
	for (size_t i = 0; i < n;) {
		const char *bytes;
		size_t size;

		i += next_character(text + i, n - i, &bytes, &size);
		if (size == 1 && ((unsigned char)*bytes < ' ' || *bytes == 0x7F))
			bytes = " ";
		str_addn(s, bytes, size);
	}
}

/* As it is if short and printable ASCII, else as encoded words (RFC 2047), one a line. */
static void add_subject(struct str *s, const char *subject)
{
	struct str clean = { 0 };
	int plain = 1;

	add_clean(&clean, subject);
	for (size_t i = 0; i < clean.len; i++)
		plain &= (unsigned char)clean.data[i] < 0x7F;
	str_add(s, "Subject: ");
	if (plain && clean.len <= 60 && !strstr(clean.data, "=?")) {
		str_addn(s, clean.data, clean.len);
		clean.len = 0;
	}
	for (size_t i = 0; i < clean.len;) {
		size_t end = i, next;
		const char *bytes;

		while (end < clean.len) {
			end += next_character(clean.data + end, clean.len - end, &bytes, &next);
			if (end - i > WORD_DATA) {
				end -= next;
				break;
			}
		}
		str_add(s, i ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
		add_base64(s, (const unsigned char *)clean.data + i, end - i);
		str_add(s, "?=");
		i = end;
	}
	str_add(s, "\r\n");
	str_free(&clean);
}

/* Not strftime(3): its names depend on the locale. */
static void add_date(struct str *s, int64_t ms)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec" };
	time_t seconds = (time_t)clock_seconds(ms);
	struct tm t;

	if (!gmtime_r(&seconds, &t))
		return;
	str_addf(s, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[t.tm_wday], t.tm_mday,
		months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

/* One byte in quoted-printable; *column: the current one. last: the line ends after it. */
static void add_quoted(struct str *s, unsigned char c, int last, int *column)
{
	int blank = c == ' ' || c == '\t';
	int literal = (c > ' ' && c < 0x7F && c != '=') || (blank && !last);
	int width = literal ? 1 : 3;

	if (*column + width > LINE - 1) {
		str_add(s, "=\r\n");
		*column = 0;
	}
	if (literal)
		str_addc(s, (char)c);
	else
		str_addf(s, "=%02X", c);
	*column += width;
}

static void add_text(struct str *s, const char *text, size_t n)
{
	int column = 0;

	for (size_t i = 0; i < n;) {
		const char *bytes;
		size_t size;

		if (text[i] == '\n' || (text[i] == '\r' && i + 1 < n && text[i + 1] == '\n')) {
			i += text[i] == '\r' ? 2 : 1;
			str_add(s, "\r\n");
			column = 0;
			continue;
		}
		i += next_character(text + i, n - i, &bytes, &size);
		for (size_t k = 0; k < size; k++)
			add_quoted(s, (unsigned char)bytes[k],
				i == n || text[i] == '\n' || text[i] == '\r', &column);
	}
	if (column > 0)
		str_add(s, "\r\n");
}

void mail_write(struct str *message, const struct mail *m, const char *from)
{
	str_addf(message, "From: %s\r\nTo: %s\r\n", from, m->to);
	add_subject(message, m->subject ? m->subject : "");
	add_date(message, m->date);
	str_add(message, "Message-ID: <bgjob.");
	for (const char *p = m->id; *p; p++) {
		if ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
			(*p >= 'A' && *p <= 'Z') || strchr("-_", *p))
			str_addc(message, *p);
		else
			str_addf(message, "=%02X", (unsigned char)*p);
	}
	str_addf(message, "@%s>\r\n", strchr(from, '@') + 1);
	str_add(message,
		"Auto-Submitted: auto-generated\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=UTF-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	add_text(message, m->text, m->size);
}

static void classify_reply(const struct http_answer *answer, struct outcome *o)
{
	if (answer->sent != HTTP_ANSWERED) {
		outcome_unanswered(o, answer);
		return;
	}
	if (answer->status < 400) {
		o->kind = OUTCOME_SENT;
		return;
	}
	/* authentication: missing, too weak, wrong (RFC 4954, 6) */
	if (answer->status == 530 || answer->status == 534 || answer->status == 535)
		o->kind = OUTCOME_UNAUTHORIZED;
	else
		o->kind = answer->status < 500 ? OUTCOME_AGAIN : OUTCOME_DEAD;
	outcome_reason(o, answer->body, answer->size, config_get("BGJOB_SMTP_PASSWORD"));
}

static void mail_answered(void *arg, const struct http_answer *answer)
{
	struct outcome_call *then = arg;
	struct outcome o = { 0 };

	classify_reply(answer, &o);
	then->done(then->arg, &o);
	free(then);
}

/* No mail can be sent with these settings, which can be fixed, like a wrong password. */
static void unusable(void *arg, const struct http_answer *answer)
{
	struct outcome_call *then = arg;
	struct outcome o = { .kind = OUTCOME_UNAUTHORIZED };

	outcome_reason(&o, answer->error, strlen(answer->error), NULL);
	then->done(then->arg, &o);
	free(then);
}

/* What is wrong with the settings, or NULL. */
static const char *find_fault(const char *url, const char *from)
{
	char *scheme, *host = url ? http_host(url, &scheme) : NULL;
	int smtp = 0;

	if (host) {
		smtp = scheme && (strcmp(scheme, "smtp") == 0 || strcmp(scheme, "smtps") == 0);
		free(scheme);
	}
	free(host);
	if (!smtp)
		return url ? "BGJOB_SMTP_URL is not a URL of smtp or smtps"
			   : "BGJOB_SMTP_URL is not set";
	if (!from || !mail_address_valid(from))
		return from ? "BGJOB_SMTP_FROM is not an address" : "BGJOB_SMTP_FROM is not set";
	return NULL;
}

static int is_here(const char *url)
{
	char *host = http_host(url, NULL);
	int here = host &&
		(strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
			strncmp(host, "127.", 4) == 0);

	free(host);
	return here;
}

void mail_start(struct http *http, const struct mail *m, struct outcome_call then)
{
	const char *url = config_get("BGJOB_SMTP_URL"), *from = config_get("BGJOB_SMTP_FROM");
	const char *fault = find_fault(url, from);
	struct outcome_call *call = mem_alloc(sizeof *call);
	struct http_request request = { .url = url, .mail_from = from, .mail_to = m->to };
	struct str message = { 0 };

	*call = then;
	request.done = fault ? unusable : mail_answered;
	request.arg = call;
	request.fault = fault || mail_address_valid(m->to) ? fault : "Not a mail address";
	if (!request.fault) {
		mail_write(&message, m, from);
		request.body_size = message.len;
		request.body = str_take(&message);
		request.user = config_get("BGJOB_SMTP_USER");
		request.password = config_get("BGJOB_SMTP_PASSWORD");
		/* a server on this machine needs no certificate, and rarely has a valid one */
		request.tls_must = request.password && !is_here(url);
		request.tls_may = !is_here(url);
		request.total_ms = 2 * CLOCK_MINUTE;
	}
	http_start(http, &request);
}
