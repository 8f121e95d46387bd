/* utf8: decoding, display width and safe cuts; no errors, invalid bytes stand for themselves */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_INVALID 0xFFFFFFFFu

/*
 * Decode the character at s (n > 0 bytes are there). Returns its length in
 * bytes, 1 to 4, and sets *cp to the code point, or returns 1 and sets
 * UTF8_INVALID (overlong, surrogate, beyond U+10FFFF, cut off: RFC 3629).
 */
size_t utf8_decode(const char *s, size_t n, uint32_t *cp);

/* Write the code point, which must be encodable, as UTF-8. Returns the bytes, 1 to 4. */
size_t utf8_encode(uint32_t cp, char s[4]);

/* Whether all n bytes are valid UTF-8. */
int utf8_valid(const char *s, size_t n);

/* Terminal columns of a code point: 0, 1 or 2 (East Asian wide, emoji). */
int utf8_width(uint32_t cp);

/*
 * The number of leading bytes of s that fill at most `columns` terminal
 * columns, cut between characters. *used, if not NULL, gets the columns.
 */
size_t utf8_cut(const char *s, size_t n, int columns, int *used);

/* Whether the byte continues a character: 10xxxxxx. */
int utf8_continues(char byte);

/*
 * Where to cut a text that is to end at byte n: n, or up to 3 less, so that the n bytes do not end
 * inside a character. Only bytes before n are read. Invalid bytes stand for themselves, so they are
 * never cut off.
 */
size_t utf8_whole(const char *s, size_t n);

#endif
