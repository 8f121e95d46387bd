/* fuzz: any bytes escape to clean text that unescapes to the same bytes; unescaping accepts any
 * input */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

/* No byte that ends a field or a record, no control in any spelling, no bidirectional mark. */
static void require_clean(const struct str *text)
{
	require(utf8_valid(text->data, text->len));
	for (size_t i = 0; i < text->len;) {
		uint32_t cp;

		i += utf8_decode(text->data + i, text->len - i, &cp);
		require(cp >= 0x20 && (cp < 0x7F || cp > 0x9F));
		require(cp != 0x061C && cp != 0x200E && cp != 0x200F);
		require(!(cp >= 0x202A && cp <= 0x202E) && !(cp >= 0x2066 && cp <= 0x2069));
	}
}

static void check_escape(const char *data, size_t n)
{
	struct str text = { 0 }, back = { 0 };

	str_escape(&text, data, n);
	require_clean(&text);
	require(str_unescape(&back, text.data, text.len) == 0);
	require(back.len == n && (n == 0 || memcmp(back.data, data, n) == 0));
	str_free(&text);
	str_free(&back);
}

/* Refused text leaves nothing; accepted text survives escaping and unescaping. */
static void check_unescape(const char *data, size_t n)
{
	struct str raw = { 0 };

	str_add(&raw, "kept");
	if (str_unescape(&raw, data, n) == 0)
		check_escape(raw.data + 4, raw.len - 4);
	else
		require(raw.len == 4);
	require(raw.data[raw.len] == '\0' && strncmp(raw.data, "kept", 4) == 0);
	str_free(&raw);
}

/* A cut is between characters, fits, and the next character would not have fitted. */
static void check_cut(const char *data, size_t n)
{
	int columns = n ? (unsigned char)data[0] % 20 : 0, used;
	size_t bytes = utf8_cut(data, n, columns, &used), i = 0;
	uint32_t cp;

	require(bytes <= n && used >= 0 && used <= columns);
	while (i < bytes)
		i += utf8_decode(data + i, n - i, &cp);
	require(i == bytes);
	if (bytes == n)
		return;
	utf8_decode(data + bytes, n - bytes, &cp);
	require(used + utf8_width(cp) > columns);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	check_escape((const char *)data, n);
	check_unescape((const char *)data, n);
	check_cut((const char *)data, n);
	return 0;
}
