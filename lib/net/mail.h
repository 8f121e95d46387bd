/* mail: plain text messages over SMTP; errors are part of the outcome */
#ifndef NET_MAIL_H
#define NET_MAIL_H

#include "net/outcome.h"

struct http;
struct str;

struct mail {
	const char *to;      /* an address: see mail_address_valid() */
	const char *subject; /* any text; NULL: none */
	const char *text;    /* any bytes; those that are not UTF-8 become U+FFFD */
	size_t size;         /* bytes */
	const char *id;      /* of the delivery: becomes the Message-ID, the same for each try */
	int64_t date;        /* ms since 1970 */
};

/*
 * Whether text is an address that every SMTP server takes: LOCAL@DOMAIN in
 * printable ASCII, without blanks, quotes or brackets, not beginning with "-",
 * at most 254 bytes (RFC 5321, without quoted strings and SMTPUTF8).
 */
int mail_address_valid(const char *text);

/* Append the message to be sent (RFC 5322, MIME quoted-printable; lines end in CR LF). */
void mail_write(struct str *message, const struct mail *m, const char *from);

/*
 * Send it through BGJOB_SMTP_URL (smtp://HOST[:PORT], smtps://HOST[:PORT]) as
 * BGJOB_SMTP_FROM, with BGJOB_SMTP_USER and BGJOB_SMTP_PASSWORD if set. smtp://
 * uses STARTTLS where offered, and requires it if there is a password, except
 * to this machine. Everything is copied. 2xx after the text is SENT, 4xx AGAIN,
 * 5xx DEAD; a wrong password or setting UNAUTHORIZED.
 */
void mail_start(struct http *http, const struct mail *m, struct outcome_call then);

#endif
