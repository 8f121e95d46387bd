/* text: output of programs, cleaned so that it can be sent to people; no errors */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Append n bytes of anything as clean text: valid UTF-8 without control
 * characters except newline and tab. A run of invalid bytes and each
 * noncharacter become U+FFFD. Terminal sequences (ECMA-48: CSI, OSC, DCS, SOS,
 * PM, APC and the two-byte ones) are removed whole, except strings that do not
 * end on their line. CR LF, CR alone, VT, FF, NEL and U+2028/2029 become
 * newlines. All other control characters, NUL among them, bidirectional
 * embeddings, overrides and isolates (UAX #9) and U+FEFF are removed. Cleaning
 * clean text changes nothing.
 */
void text_clean(struct str *out, const char *data, size_t n);

/* Whether clean text may hold the code point. */
int text_allows(uint32_t cp);

/*
 * Whether n bytes of clean text show nothing: only white space of any kind,
 * zero-width characters and fillers. Telegram treats such a text as empty.
 */
int text_blank(const char *text, size_t n);

/* The UTF-16 units of n bytes of clean text: Telegram's measure of length. */
size_t text_units(const char *text, size_t n);

enum text_unit { TEXT_BYTES, TEXT_CHARACTERS, TEXT_COLUMNS };

/*
 * Append n bytes of anything as part of one line: clean, every run of blanks
 * and newlines as one blank, none at either end. Cut to `most` of the unit,
 * between characters; "..." follows what was cut, not counted. A column has at
 * most 4 bytes: combining characters fill none. Only the first 16 * most + 64
 * bytes are looked at.
 */
void text_line(struct str *out, const char *data, size_t n, size_t most, enum text_unit unit);

#endif
