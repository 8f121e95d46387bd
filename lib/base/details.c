/* details: everything about one thing, a line each */
#include "base/details.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/out.h"
#include "base/str.h"

void details_text(const char *name, const char *value)
{
	struct str text = { 0 };

	if (!value)
		return;
	str_addf(&text, "%-12s ", name);
	str_escape(&text, value, strlen(value));
	str_addc(&text, '\n');
	out_raw(text.data, text.len);
	str_free(&text);
}

void details_time(const char *name, int64_t ms)
{
	char text[CLOCK_TEXT];

	if (ms < 0)
		return;
	clock_format_time(ms, text);
	details_text(name, text);
}

void details_duration(const char *name, int64_t ms)
{
	char text[CLOCK_TEXT];

	if (ms < 0)
		return;
	clock_format_duration(ms, text);
	details_text(name, text);
}

void details_number(const char *name, int64_t n)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	details_text(name, text);
}
