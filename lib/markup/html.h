/* html: the HTML of Telegram's Bot API ("HTML style"), written and measured; no errors */
#ifndef MARKUP_HTML_H
#define MARKUP_HTML_H

#include <stddef.h>

#include "base/str.h"

/* Append n bytes of clean text with < > & " as entities, the only named ones Telegram knows. */
void html_escape(struct str *html, const char *text, size_t n);

/*
 * Append the character that an HTML entity ("&nbsp;", "&#33;", "&#x1f600;")
 * stands for, as UTF-8: the numeric ones and common names. What may not be in
 * a clean text becomes U+FFFD; an unknown name is appended as it is written.
 */
void html_entity(struct str *text, const char *entity, size_t n);

/*
 * Whether Telegram makes a link of this address: http, https with a host name
 * that has a dot, or tg:. Others it would show as plain text, without the address.
 */
int html_links(const char *address);

/* Append an address as the value of href: blanks and line ends percent-encoded. */
void html_address(struct str *html, const char *address);

/* What Telegram counts in a text of our own HTML. */
struct html_size {
	size_t units;    /* UTF-16, after entity parsing */
	size_t bytes;    /* as it is sent */
	size_t entities; /* formatted stretches */
};

struct html_size html_measure(const char *html);

#endif
