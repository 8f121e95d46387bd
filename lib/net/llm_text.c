/* llm_text: streamed text whose pieces may be cut inside characters */
#include "net/llm_text.h"

#include <cjson/cJSON.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

enum { HALF = 3 }; /* bytes of half a surrogate pair */

static const char replacement[] = "\xEF\xBF\xBD";

/* Whether s begins with half a surrogate pair: first is 0xD800 or 0xDC00. */
static int is_half(const char *s, size_t n, uint32_t first)
{
	unsigned char lowest = first == 0xD800 ? 0xA0 : 0xB0;

	return n >= HALF && (unsigned char)s[0] == 0xED && (unsigned char)s[1] >= lowest &&
		(unsigned char)s[1] < lowest + 0x10 && utf8_continues(s[2]);
}

static uint32_t half_value(const char *s)
{
	return ((uint32_t)(s[1] & 0x3F) << 6 | (uint32_t)(s[2] & 0x3F)) & 0x3FF;
}

/* Whether n bytes may be the start of a longer character. */
static int is_part(const char *s, size_t n)
{
	return n > 0 && utf8_whole(s, n) == 0;
}

/* Append the first character of n bytes. Returns its length; 0: more bytes are needed to tell. */
static size_t take_character(struct str *out, const char *s, size_t n, int more)
{
	char character[4];
	uint32_t cp;
	size_t length;

	if (is_half(s, n, 0xD800)) {
		const char *next = s + HALF;
		size_t left = n - HALF;

		if (is_half(next, left, 0xDC00)) {
			cp = 0x10000 + (half_value(s) << 10) + half_value(next);
			str_addn(out, character, utf8_encode(cp, character));
			return (size_t)2 * HALF;
		}
		if (more && (left == 0 || (*next == '\xED' && is_part(next, left))))
			return 0;
		str_add(out, replacement);
		return HALF;
	}
	if (more && is_part(s, n))
		return 0;
	length = utf8_decode(s, n, &cp);
	if (cp != UTF8_INVALID)
		str_addn(out, s, length);
	else
		str_add(out, replacement);
	return is_half(s, n, 0xDC00) ? HALF : length;
}

static size_t take_all(struct llm_text *text, const char *s, size_t n, int more)
{
	size_t before = text->whole.len, i = 0, length = 1;

	for (; i < n && length > 0; i += length)
		length = take_character(&text->whole, s + i, n - i, more);
	text->rest_size = n - i;
	memmove(text->rest, s + i, n - i);
	return text->whole.len - before;
}

size_t llm_text_add(struct llm_text *text, const char *piece, size_t n)
{
	struct str joined = { 0 };
	size_t added;

	if (text->rest_size == 0)
		return take_all(text, piece, n, 1);
	str_addn(&joined, text->rest, text->rest_size);
	str_addn(&joined, piece, n);
	added = take_all(text, joined.data, joined.len, 1);
	str_free(&joined);
	return added;
}

size_t llm_text_end(struct llm_text *text)
{
	char rest[sizeof text->rest];
	size_t n = text->rest_size;

	memcpy(rest, text->rest, n);
	return take_all(text, rest, n, 0);
}

void llm_text_free(struct llm_text *text)
{
	str_free(&text->whole);
	text->rest_size = 0;
}

/* The value of "\uXXXX", or -1. */
static int unit_at(const char *s, size_t n)
{
	int value = 0;

	if (n < 6 || s[0] != '\\' || s[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		static const char digits[] = "0123456789abcdefABCDEF";
		const char *digit = s[i] ? strchr(digits, s[i]) : NULL;
		int place = digit ? (int)(digit - digits) : -1;

		if (place < 0)
			return -1;
		value = value * 16 + (place < 16 ? place : place - 6);
	}
	return value;
}

/* Append one escape, n bytes at most. Returns its length. */
static size_t mend_escape(struct str *out, const char *s, size_t n)
{
	int unit = unit_at(s, n), next;

	if (unit < 0) {
		size_t length = n < 2 ? n : 2;

		str_addn(out, s, length);
		return length;
	}
	next = unit_at(s + 6, n - 6);
	if (unit == 0) {
		str_add(out, replacement);
	} else if (unit >= 0xD800 && unit <= 0xDBFF && next >= 0xDC00 && next <= 0xDFFF) {
		str_addn(out, s, 12);
		return 12;
	} else if (unit >= 0xD800 && unit <= 0xDFFF) {
		str_addc(out, '\xED');
		str_addc(out, (char)(0x80 | (unit >> 6 & 0x3F)));
		str_addc(out, (char)(0x80 | (unit & 0x3F)));
	} else {
		str_addn(out, s, 6);
	}
	return 6;
}

struct cJSON *llm_json_parse(const char *json, size_t n)
{
	struct str mended = { 0 };
	struct cJSON *root;

	if (!memchr(json, '\\', n))
		return cJSON_ParseWithLengthOpts(json, n + 1, NULL, 1);
	for (size_t i = 0; i < n;) {
		const char *escape = memchr(json + i, '\\', n - i);
		size_t plain = escape ? (size_t)(escape - json) - i : n - i;

		str_addn(&mended, json + i, plain);
		i += plain;
		if (i < n)
			i += mend_escape(&mended, json + i, n - i);
	}
	root = cJSON_ParseWithLengthOpts(mended.data, mended.len + 1, NULL, 1);
	str_free(&mended);
	return root;
}
