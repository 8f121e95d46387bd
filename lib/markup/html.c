/* html: the HTML of Telegram's Bot API, written and measured */
#include "markup/html.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/utf8.h"

static const struct {
	const char *name;
	uint32_t cp;
} names[] = {
	{ "amp", '&' },
	{ "lt", '<' },
	{ "gt", '>' },
	{ "quot", '"' },
	{ "apos", '\'' },
	{ "nbsp", 0xA0 },
	{ "shy", 0xAD },
	{ "ensp", 0x2002 },
	{ "emsp", 0x2003 },
	{ "thinsp", 0x2009 },
	{ "zwnj", 0x200C },
	{ "zwj", 0x200D },
	{ "ndash", 0x2013 },
	{ "mdash", 0x2014 },
	{ "hellip", 0x2026 },
	{ "bull", 0x2022 },
	{ "middot", 0xB7 },
	{ "lsquo", 0x2018 },
	{ "rsquo", 0x2019 },
	{ "sbquo", 0x201A },
	{ "ldquo", 0x201C },
	{ "rdquo", 0x201D },
	{ "bdquo", 0x201E },
	{ "laquo", 0xAB },
	{ "raquo", 0xBB },
	{ "lsaquo", 0x2039 },
	{ "rsaquo", 0x203A },
	{ "copy", 0xA9 },
	{ "reg", 0xAE },
	{ "trade", 0x2122 },
	{ "sect", 0xA7 },
	{ "para", 0xB6 },
	{ "dagger", 0x2020 },
	{ "euro", 0x20AC },
	{ "pound", 0xA3 },
	{ "cent", 0xA2 },
	{ "yen", 0xA5 },
	{ "deg", 0xB0 },
	{ "micro", 0xB5 },
	{ "plusmn", 0xB1 },
	{ "times", 0xD7 },
	{ "divide", 0xF7 },
	{ "minus", 0x2212 },
	{ "ne", 0x2260 },
	{ "le", 0x2264 },
	{ "ge", 0x2265 },
	{ "asymp", 0x2248 },
	{ "infin", 0x221E },
	{ "frac12", 0xBD },
	{ "frac14", 0xBC },
	{ "frac34", 0xBE },
	{ "sup2", 0xB2 },
	{ "sup3", 0xB3 },
	{ "larr", 0x2190 },
	{ "uarr", 0x2191 },
	{ "rarr", 0x2192 },
	{ "darr", 0x2193 },
	{ "harr", 0x2194 },
	{ "check", 0x2713 },
	{ "iexcl", 0xA1 },
	{ "iquest", 0xBF },
	{ "auml", 0xE4 },
	{ "ouml", 0xF6 },
	{ "uuml", 0xFC },
	{ "Auml", 0xC4 },
	{ "Ouml", 0xD6 },
	{ "Uuml", 0xDC },
	{ "szlig", 0xDF },
	{ "eacute", 0xE9 },
	{ "egrave", 0xE8 },
	{ "agrave", 0xE0 },
	{ "aacute", 0xE1 },
	{ "ccedil", 0xE7 },
	{ "ntilde", 0xF1 },
	{ "oacute", 0xF3 },
	{ "iacute", 0xED },
	{ "uacute", 0xFA },
	{ "oslash", 0xF8 },
	{ "aring", 0xE5 },
	{ "aelig", 0xE6 },
};

void html_escape(struct str *html, const char *text, size_t n)
{
	size_t start = 0;

	for (size_t i = 0; i < n; i++) {
		const char *entity = NULL;

		switch (text[i]) {
		case '<': entity = "&lt;"; break;
		case '>': entity = "&gt;"; break;
		case '&': entity = "&amp;"; break;
		case '"': entity = "&quot;"; break;
		default: continue;
		}
		str_addn(html, text + start, i - start);
		str_add(html, entity);
		start = i + 1;
	}
	str_addn(html, text + start, n - start);
}

/* Returns 0 for an unknown entity. */
static uint32_t code_point(const char *name, size_t n)
{
	char digits[16] = "";
	int hex;

	if (n > 1 && name[0] == '#') {
		hex = name[1] == 'x' || name[1] == 'X';
		if (n - 1 >= sizeof(digits))
			return 0;
		memcpy(digits, name + 1 + hex, n - 1 - (size_t)hex);
		return (uint32_t)strtoul(digits, NULL, hex ? 16 : 10);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strlen(names[i].name) == n && memcmp(names[i].name, name, n) == 0)
			return names[i].cp;
	}
	return 0;
}

void html_entity(struct str *text, const char *entity, size_t n)
{
	int numeric = n > 2 && entity[1] == '#';
	uint32_t cp = n > 2 ? code_point(entity + 1, n - 2) : 0;
	char utf8[4];

	if (cp == 0 && !numeric) {
		str_addn(text, entity, n);
		return;
	}
	if (cp == 0 || !text_allows(cp))
		cp = 0xFFFD;
	str_addn(text, utf8, utf8_encode(cp, utf8));
}

static int host_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '-' || c == '_' || (c & 0x80);
}

/*
 * NAME.NAME[:PORT], then the end or a path. A user name before it is refused: it hides where a link
 * leads.
 */
static int links_host(const char *s)
{
	int dots = 0;
	long port;
	char *end;

	for (; host_byte(*s) || (*s == '.' && host_byte(s[1])); s++)
		dots += *s == '.';
	if (*s == ':') {
		if (s[1] < '0' || s[1] > '9')
			return 0;
		port = strtol(s + 1, &end, 10);
		if (port < 1 || port > 65535)
			return 0;
		s = end;
	}
	return dots && (*s == '\0' || *s == '/' || *s == '?' || *s == '#');
}

int html_links(const char *address)
{
	if (strncasecmp(address, "tg://", 5) == 0) {
		address += 5;
		if (!host_byte(*address) || *address & 0x80)
			return 0;
		while (host_byte(*address) && !(*address & 0x80) && *address != '_')
			address++;
		return *address == '\0' || *address == '?';
	}
	if (strncasecmp(address, "https://", 8) == 0)
		address += 8;
	else if (strncasecmp(address, "http://", 7) == 0)
		address += 7;
	else
		return 0;
	return host_byte(*address) && links_host(address);
}

void html_address(struct str *html, const char *address)
{
	for (; *address; address++) {
		if (*address > 0 && *address <= ' ')
			str_addf(html, "%%%02X", (unsigned)*address);
		else
			html_escape(html, address, 1);
	}
}

struct html_size html_measure(const char *html)
{
	struct html_size size = { .bytes = strlen(html) };

	for (const char *s = html; *s;) {
		size_t run = strcspn(s, "<&");

		size.units += text_units(s, run);
		s += run;
		if (*s == '<') {
			/* <pre><code class="..."> is one. */
			size.entities += s[1] != '/' && strncmp(s, "<code class", 11) != 0;
			s = strchr(s, '>') + 1;
		} else if (*s == '&') {
			size.units++;
			s = strchr(s, ';') + 1;
		}
	}
	return size;
}
