/* details: one record, a line for each field */
#include "base/details.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/out.h"

void details_add_text(struct str *out, const char *name, const char *value)
{
	if (!value)
		return;
	str_addf(out, "%-12s ", name);
	str_escape(out, value, strlen(value));
	str_addc(out, '\n');
}

void details_add_time(struct str *out, const char *name, int64_t ms)
{
	char text[CLOCK_TEXT];

	if (ms < 0)
		return;
	clock_format_time(ms, text);
	details_add_text(out, name, text);
}

void details_add_duration(struct str *out, const char *name, int64_t ms)
{
	char text[CLOCK_TEXT];

	if (ms < 0)
		return;
	clock_format_duration(ms, text);
	details_add_text(out, name, text);
}

void details_add_number(struct str *out, const char *name, int64_t n)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	details_add_text(out, name, text);
}

/* ---- to stdout ---- */

static void print_line(struct str *line)
{
	if (line->len)
		out_raw(line->data, line->len);
	str_free(line);
}

void details_text(const char *name, const char *value)
{
	struct str line = { 0 };

	details_add_text(&line, name, value);
	print_line(&line);
}

void details_time(const char *name, int64_t ms)
{
	struct str line = { 0 };

	details_add_time(&line, name, ms);
	print_line(&line);
}

void details_duration(const char *name, int64_t ms)
{
	struct str line = { 0 };

	details_add_duration(&line, name, ms);
	print_line(&line);
}

void details_number(const char *name, int64_t n)
{
	struct str line = { 0 };

	details_add_number(&line, name, n);
	print_line(&line);
}
