/* usage_text: what models used, in words; no errors */
#ifndef SHOW_USAGE_TEXT_H
#define SHOW_USAGE_TEXT_H

#include "base/str.h"
#include "store/usage.h"

/*
 * Append "3 requests to a model, 1200 + 300 tokens, cost 0.00095": prompts and answers, in the
 * endpoint's currency unit. "about" where tokens were estimated, "at least" where a cost is unknown,
 * and no cost if none is known.
 */
void usage_text(struct str *text, const struct usage_sum *sum);

#endif
