/* str: growable byte strings and checked allocation */
#include "base/str.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

_Noreturn static void no_memory(void)
{
	die_system("out of memory");
}

void *mem_alloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		no_memory();
	return p;
}

void *mem_zero(size_t count, size_t size)
{
	void *p = count && size ? calloc(count, size) : calloc(1, 1);

	if (!p)
		no_memory();
	return p;
}

void *mem_resize(void *p, size_t count, size_t size)
{
	int too_large = size && count > SIZE_MAX / size;
	void *resized = too_large ? NULL : realloc(p, count && size ? count * size : 1);

	if (!resized)
		no_memory();
	return resized;
}

void *mem_grow(void *list, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room : 8;

	if (count < *room)
		return list;
	do {
		if (more > SIZE_MAX / 2)
			no_memory();
		more *= 2;
	} while (more <= count);
	list = mem_resize(list, more, size);
	*room = more;
	return list;
}

char *mem_dup(const char *text)
{
	return text ? mem_dupn(text, strlen(text)) : NULL;
}

char *mem_dupn(const void *data, size_t n)
{
	char *copy;

	if (n == SIZE_MAX)
		no_memory();
	copy = mem_alloc(n + 1);
	if (n)
		memcpy(copy, data, n);
	copy[n] = '\0';
	return copy;
}

/* Room for n more bytes and the NUL. */
static void reserve(struct str *s, size_t n)
{
	size_t need, cap = s->cap ? s->cap : 32;

	if (n > SIZE_MAX / 2 - 1 - s->len)
		no_memory();
	need = s->len + n + 1;
	if (need <= s->cap)
		return;
	while (cap < need)
		cap *= 2;
	s->data = mem_resize(s->data, cap, 1);
	s->cap = cap;
	s->data[s->len] = '\0';
}

void str_addn(struct str *s, const void *data, size_t n)
{
	reserve(s, n);
	if (n)
		memcpy(s->data + s->len, data, n);
	s->len += n;
	s->data[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
	str_addn(s, text, strlen(text));
}

void str_addc(struct str *s, char c)
{
	str_addn(s, &c, 1);
}

void str_addv(struct str *s, const char *fmt, va_list args)
{
	va_list again;
	int n;

	reserve(s, 0);
	va_copy(again, args);
	n = vsnprintf(s->data + s->len, s->cap - s->len, fmt, args);
	if (n < 0)
		die_errno("cannot format a text");
	if ((size_t)n >= s->cap - s->len) {
		reserve(s, (size_t)n);
		vsnprintf(s->data + s->len, s->cap - s->len, fmt, again);
	}
	va_end(again);
	s->len += (size_t)n;
}

void str_addf(struct str *s, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	str_addv(s, fmt, args);
	va_end(args);
}

void str_clear(struct str *s)
{
	s->len = 0;
	reserve(s, 0);
	s->data[0] = '\0';
}

void str_free(struct str *s)
{
	free(s->data);
	*s = (struct str){ 0 };
}

char *str_take(struct str *s)
{
	char *data;

	reserve(s, 0);
	data = s->data;
	*s = (struct str){ 0 };
	return data;
}

/* Controls could drive a terminal; bidirectional characters could show another text. */
static int is_unsafe(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x061C || cp == 0x200E ||
		cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) ||
		cp == UTF8_INVALID;
}

static void escape_char(struct str *s, const char *text, size_t n)
{
	static const char hex[] = "0123456789abcdef";

	switch (text[0]) {
	case '\\': str_add(s, "\\\\"); return;
	case '\t': str_add(s, "\\t"); return;
	case '\n': str_add(s, "\\n"); return;
	case '\r': str_add(s, "\\r"); return;
	}
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)text[i];

		str_addn(s, (char[]){ '\\', 'x', hex[byte >> 4], hex[byte & 15] }, 4);
	}
}

void str_escape(struct str *s, const void *data, size_t n)
{
	const char *text = data;
	size_t plain = 0, i = 0;

	reserve(s, n);
	while (i < n) {
		uint32_t cp;
		size_t length = utf8_decode(text + i, n - i, &cp);

		if (is_unsafe(cp) || cp == '\\') {
			str_addn(s, text + plain, i - plain);
			escape_char(s, text + i, length);
			plain = i + length;
		}
		i += length;
	}
	if (n)
		str_addn(s, text + plain, n - plain);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * The byte that an escape means, text being the n > 0 bytes after its
 * backslash. Returns the length, 0 = malformed.
 */
static size_t unescape_char(const char *text, size_t n, char *byte)
{
	static const char letters[] = "\\tnr", meant[] = "\\\t\n\r";
	const char *letter = memchr(letters, text[0], sizeof letters - 1);

	if (letter) {
		*byte = meant[letter - letters];
		return 1;
	}
	if (text[0] != 'x' || n < 3 || hex_digit(text[1]) < 0 || hex_digit(text[2]) < 0)
		return 0;
	*byte = (char)(unsigned char)(hex_digit(text[1]) << 4 | hex_digit(text[2]));
	return 3;
}

int str_unescape(struct str *s, const char *text, size_t n)
{
	size_t before = s->len, i = 0;

	reserve(s, n);
	while (i < n) {
		char byte = text[i++];

		if (byte == '\\') {
			size_t length = i < n ? unescape_char(text + i, n - i, &byte) : 0;

			if (length == 0) {
				s->len = before;
				s->data[before] = '\0';
				return -1;
			}
			i += length;
		}
		str_addc(s, byte);
	}
	return 0;
}
