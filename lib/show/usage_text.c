/* usage_text: what models used, in words */
#include "show/usage_text.h"

/* without the zeroes at its end */
static void add_cost(struct str *text, int64_t nano)
{
	str_addf(text, "%lld.%09lld", (long long)(nano / 1000000000),
		(long long)(nano % 1000000000));
	while (text->data[text->len - 1] == '0')
		text->data[--text->len] = '\0';
	if (text->data[text->len - 1] == '.')
		text->data[--text->len] = '\0';
}

void usage_text(struct str *text, const struct usage_sum *sum)
{
	str_addf(text, "%lld request%s to a model, %s%lld + %lld tokens", (long long)sum->requests,
		sum->requests == 1 ? "" : "s", sum->estimated ? "about " : "",
		(long long)sum->prompt, (long long)sum->completion);
	if (sum->unpriced == sum->requests)
		return;
	str_addf(text, ", cost %s", sum->unpriced ? "at least " : "");
	add_cost(text, sum->cost_nano);
}
