/* details: one record, a line for each field */
#include "base/details.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

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
