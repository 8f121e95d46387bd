/* str: growable byte strings and checked allocation; out of memory ends the program (exit 3) */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stddef.h>

#include "die.h"

/*
 * A byte string that grows. Start with { 0 }. After the first str_ call data is
 * never NULL and always has a NUL after its len bytes.
 */
struct str {
	char *data;
	size_t len, cap;
};

void str_add(struct str *s, const char *text);
void str_addn(struct str *s, const void *data, size_t n);
void str_addc(struct str *s, char c);
void str_addf(struct str *s, const char *fmt, ...) DIE_PRINTF(2, 3);
void str_addv(struct str *s, const char *fmt, va_list args) DIE_PRINTF(2, 0);
void str_clear(struct str *s); /* len = 0, memory kept */
void str_free(struct str *s);  /* legal on { 0 } and twice */

/* Hand the buffer over: the caller frees it. s is empty afterwards. */
char *str_take(struct str *s);

/*
 * Append n bytes as one field of the text contract: backslash as "\\", tab as
 * "\t", newline as "\n", carriage return as "\r"; every other control byte (C0,
 * DEL, the C1 controls as UTF-8), bidirectional formatting characters and every
 * byte that is not valid UTF-8 as "\xHH" for each byte. Everything else is
 * copied as it is.
 */
void str_escape(struct str *s, const void *data, size_t n);

/* The reverse of str_escape(). Returns 0, or -1 on a malformed escape. */
int str_unescape(struct str *s, const char *text, size_t n);

void *mem_alloc(size_t n);                            /* n = 0 gives a unique pointer, too */
void *mem_zero(size_t count, size_t size);            /* calloc */
void *mem_resize(void *p, size_t count, size_t size); /* reallocarray */

/*
 * Make room for one more element in a list of `count`. Returns the list, perhaps moved; *room, the
 * number of elements that fit, is then above count. Start with NULL and a room of 0: it becomes 16,
 * then doubles. To leave space for an end mark too, pass count + 1.
 */
void *mem_grow(void *list, size_t count, size_t *room, size_t size);

char *mem_dup(const char *text);            /* NULL gives NULL */
char *mem_dupn(const void *data, size_t n); /* n bytes and a NUL */

#endif
