/* fuzz: whatever is rendered is well-formed; whatever is split fits, and nothing is lost */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/split_check.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

static void require_clean(const struct str *text)
{
	struct str again = { 0 };

	for (size_t i = 0; i < text->len;) {
		uint32_t cp;

		i += utf8_decode(text->data + i, text->len - i, &cp);
		require(cp != UTF8_INVALID && text_allows(cp));
	}
	text_clean(&again, text->data, text->len);
	require(again.len == text->len && memcmp(again.data, text->data, text->len) == 0);
	str_free(&again);
}

static void check_html(const char *data, size_t n, int blank)
{
	char *html = markdown_html(data, n);
	struct html_check c;

	require(html_check(&c, html));
	require(c.units == split_units(html));
	require(blank || c.units > 0);
	free(html);
	html = markdown_escape(data, n);
	require(html_check(&c, html) && c.entities == 0);
	free(html);
	markdown_looks(data, n);
}

static void check_split(const struct str *text, int markdown, size_t limit, size_t first)
{
	const char *wrong = split_check(text->data, text->len, markdown, limit, first);

	if (wrong) {
		fprintf(stderr, "limits %zu, %zu, Markdown %d: %s\n", limit, first, markdown,
			wrong);
		abort();
	}
}

/*
 * Two bytes choose the limits and how often the text is repeated, so that there are several parts.
 */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	struct str raw = { 0 }, text = { 0 };
	size_t limit, first;

	if (n < 2)
		return 0;
	limit = data[0] & 1 ? SPLIT_MOST : SPLIT_LEAST + (data[0] >> 1) * 4U;
	first = limit < 300 ? limit : limit - (data[1] >> 4);
	for (int i = 0; i <= (data[1] & 15) && raw.len < 9000; i++)
		str_addn(&raw, data + 2, n - 2);
	text_clean(&text, raw.data, raw.len);
	require_clean(&text);
	check_html(raw.data, raw.len, text_blank(text.data, text.len));
	check_split(&text, 1, limit, first);
	check_split(&text, 0, limit, first);
	str_free(&raw);
	str_free(&text);
	return 0;
}
