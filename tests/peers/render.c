/*
 * render: the renderer as a filter, for Telegram's own parser to judge. Reads
 * "LIMIT LENGTH\n" and LENGTH bytes of anything, any number of times; LIMIT 0
 * asks for the whole, else for parts of so many units. Writes for each text
 * "COUNT\n" and COUNT times "UNITS LENGTH\n" and LENGTH bytes of HTML.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "markup/markdown.h"
#include "markup/split.h"

static void write_html(const char *source, size_t n)
{
	char *html = markdown_html(source, n);

	printf("%zu %zu\n%s", split_units(html), strlen(html), html);
	free(html);
}

static void write_parts(const char *source, size_t n, size_t limit)
{
	struct str text = { 0 };
	struct split s;

	text_clean(&text, source, n);
	split_text(&s, text.data, text.len, 1, limit, limit);
	printf("%zu\n", s.count);
	for (size_t i = 0; i < s.count; i++)
		write_html(s.parts[i], strlen(s.parts[i]));
	split_free(&s);
	str_free(&text);
}

int main(void)
{
	size_t limit, n;

	while (scanf("%zu %zu", &limit, &n) == 2 && getchar() == '\n') {
		char *source = mem_alloc(n);

		if (fread(source, 1, n, stdin) != n)
			return 2;
		if (limit) {
			write_parts(source, n, limit);
		} else {
			puts("1");
			write_html(source, n);
		}
		fflush(stdout);
		free(source);
	}
	return ferror(stdin) || ferror(stdout) ? 3 : 0;
}
