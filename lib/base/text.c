/* text: output of programs, cleaned so that it can be sent to people */
#include "base/text.h"

#include <string.h>

#include "base/utf8.h"

enum {
	REPLACEMENT = 0xFFFD,
	ESC = 0x1B,
	/* Anything longer is not a sequence, so that a lone ESC cannot swallow a text. */
	SEQUENCE_MAX = 128,
	STRING_MAX = 4096,
};

int text_allows(uint32_t cp)
{
	if (cp < 0x20)
		return cp == '\n' || cp == '\t';
	if (cp >= 0x7F && cp < 0xA0)
		return 0;
	if ((cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xFEFF)
		return 0;
	if ((cp >= 0xD800 && cp <= 0xDFFF) || (cp >= 0xFDD0 && cp <= 0xFDEF))
		return 0;
	return cp <= 0x10FFFF && (cp & 0xFFFE) != 0xFFFE;
}

static int noncharacter(uint32_t cp)
{
	return (cp >= 0xFDD0 && cp <= 0xFDEF) || (cp & 0xFFFE) == 0xFFFE;
}

static int breaks_line(uint32_t cp)
{
	return cp == '\v' || cp == '\f' || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

static size_t count_between(const char *s, size_t n, char first, char last)
{
	size_t i = 0;

	while (i < n && i < SEQUENCE_MAX && s[i] >= first && s[i] <= last)
		i++;
	return i;
}

/* After CSI: parameters, intermediates, one final byte. */
static size_t control_sequence(const char *s, size_t n)
{
	size_t i = count_between(s, n, 0x30, 0x3F);

	i += count_between(s + i, n - i, 0x20, 0x2F);
	return i < n && s[i] >= 0x40 && s[i] <= 0x7E ? i + 1 : 0;
}

/*
 * After OSC and the like: up to BEL or ST (ESC \ or U+009C) on the same line.
 * Another ESC or C1 character ends it as well, so that no byte is looked at
 * twice.
 */
static size_t control_string(const char *s, size_t n)
{
	for (size_t i = 0; i < n && i < STRING_MAX && s[i] != '\n'; i++) {
		if (s[i] == '\a')
			return i + 1;
		if (s[i] == ESC)
			return i + 1 < n && s[i + 1] == '\\' ? i + 2 : 0;
		if (i + 1 < n && s[i] == '\xC2' && (s[i + 1] & 0xE0) == 0x80)
			return s[i + 1] == '\x9C' ? i + 2 : 0;
	}
	return 0;
}

/* The bytes of the terminal sequence after its ESC; 0: ESC is alone. */
static size_t escape_sequence(const char *s, size_t n)
{
	size_t i;

	if (n == 0)
		return 0;
	if (s[0] == '[')
		return 1 + control_sequence(s + 1, n - 1);
	if (strchr("]PX^_", s[0]) && s[0])
		return 1 + control_string(s + 1, n - 1);
	i = count_between(s, n, 0x20, 0x2F);
	return i < n && s[i] >= 0x30 && s[i] <= 0x7E ? i + 1 : 0;
}

/* The bytes after a control character that are removed with it. */
static size_t sequence_after(uint32_t cp, const char *s, size_t n)
{
	switch (cp) {
	case ESC: return escape_sequence(s, n);
	case 0x9B: return control_sequence(s, n);
	case 0x90:
	case 0x98:
	case 0x9D:
	case 0x9E:
	case 0x9F: return control_string(s, n);
	default: return 0;
	}
}

void text_clean(struct str *out, const char *data, size_t n)
{
	int invalid = 0;

	str_addn(out, "", 0);
	for (size_t i = 0; i < n;) {
		uint32_t cp;
		size_t length = utf8_decode(data + i, n - i, &cp);
		const char *at = data + i;

		i += length;
		if (cp == UTF8_INVALID || noncharacter(cp)) {
			if (!invalid || cp != UTF8_INVALID)
				str_add(out, "\xEF\xBF\xBD");
			invalid = cp == UTF8_INVALID;
			continue;
		}
		invalid = 0;
		if (text_allows(cp)) {
			str_addn(out, at, length);
		} else if (cp == '\r') {
			/*
			 * Before a newline it is part of the line end; terminals in raw
			 * mode write several.
			 */
			while (i < n && data[i] == '\r')
				i++;
			if (i == n || data[i] != '\n')
				str_addc(out, '\n');
		} else if (breaks_line(cp)) {
			str_addc(out, '\n');
		} else {
			i += sequence_after(cp, data + i, n - i);
		}
	}
}

/* White space, default-ignorable characters and the fillers that fonts draw as nothing. */
static int shows_nothing(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} blank[] = { { 0, 0x20 }, { 0xA0, 0xA0 }, { 0xAD, 0xAD }, { 0x34F, 0x34F },
		{ 0x61C, 0x61C }, { 0x115F, 0x1160 }, { 0x1680, 0x1680 }, { 0x17B4, 0x17B5 },
		{ 0x180B, 0x180F }, { 0x2000, 0x200F }, { 0x2028, 0x202F }, { 0x205F, 0x206F },
		{ 0x2800, 0x2800 }, { 0x3000, 0x3000 }, { 0x3164, 0x3164 }, { 0xFE00, 0xFE0F },
		{ 0xFEFF, 0xFEFF }, { 0xFFA0, 0xFFA0 }, { 0xFFF0, 0xFFFC }, { 0xE0000, 0xE0FFF } };

	for (size_t i = 0; i < sizeof(blank) / sizeof(*blank) && cp >= blank[i].first; i++) {
		if (cp <= blank[i].last)
			return 1;
	}
	return 0;
}

int text_blank(const char *text, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t cp;

		i += utf8_decode(text + i, n - i, &cp);
		if (!shows_nothing(cp))
			return 0;
	}
	return 1;
}

size_t text_units(const char *text, size_t n)
{
	size_t units = 0;

	for (size_t i = 0; i < n; i++) {
		/* Every character once, those of four bytes twice. */
		units += !utf8_continues(text[i]);
		units += (unsigned char)text[i] >= 0xF0;
	}
	return units;
}

static size_t measure(uint32_t cp, size_t bytes, enum text_unit unit)
{
	if (unit == TEXT_BYTES)
		return bytes;
	return unit == TEXT_COLUMNS ? (size_t)utf8_width(cp) : 1;
}

void text_line(struct str *out, const char *data, size_t n, size_t most, enum text_unit unit)
{
	size_t start, used = 0, i = 0, looked = n / 16 > most + 4 ? 16 * most + 64 : n;
	struct str clean = { 0 };
	int blank = 1; /* at the start too: a run of blanks counts as one */

	str_addn(out, "", 0);
	start = out->len;
	text_clean(&clean, data, looked < n ? utf8_whole(data, looked) : n);
	while (clean.len && strchr(" \t\n", clean.data[clean.len - 1]))
		clean.len--;
	while (i < clean.len) {
		uint32_t cp;
		size_t length = utf8_decode(clean.data + i, clean.len - i, &cp);
		int is_blank = cp == ' ' || cp == '\n' || cp == '\t';
		size_t width = is_blank && blank ? 0 : measure(is_blank ? ' ' : cp, length, unit);

		if (width > most - used ||
			(unit == TEXT_COLUMNS && out->len - start + length > 4 * most))
			break;
		if (!is_blank)
			str_addn(out, clean.data + i, length);
		else if (!blank)
			str_addc(out, ' ');
		used += width;
		blank = is_blank;
		i += length;
	}
	if (i < clean.len || looked < n)
		str_add(out, "...");
	str_free(&clean);
}
