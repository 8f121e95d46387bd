/* outcome: the result of a message or call */
#include "net/outcome.h"

#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "net/http.h"

/* Append without the secret. */
static void add_clean(struct str *s, const char *text, size_t n, const char *secret)
{
	size_t length = secret ? strlen(secret) : 0;

	while (n > 0) {
		char *at = length ? memmem(text, n, secret, length) : NULL;
		size_t part = at ? (size_t)(at - text) : n;

		str_addn(s, text, part);
		if (!at)
			break;
		str_add(s, "***");
		text += part + length;
		n -= part + length;
	}
}

void outcome_reason(struct outcome *o, const char *text, size_t n, const char *secret)
{
	struct str clean = { 0 };
	size_t used = 0;

	add_clean(&clean, text, n, secret);
	for (size_t i = 0; i < clean.len;) {
		uint32_t cp;
		size_t length = utf8_decode(clean.data + i, clean.len - i, &cp);

		if (used + length >= sizeof o->reason)
			break;
		if (cp == UTF8_INVALID || cp < ' ' || (cp >= 0x7F && cp < 0xA0)) {
			o->reason[used++] = cp == UTF8_INVALID ? '?' : ' ';
		} else {
			memcpy(o->reason + used, clean.data + i, length);
			used += length;
		}
		i += length;
	}
	while (used > 0 && o->reason[used - 1] == ' ')
		used--;
	o->reason[used] = '\0';
	str_free(&clean);
}

void outcome_unanswered(struct outcome *o, const struct http_answer *answer)
{
	if (answer->sent == HTTP_CUT)
		o->kind = OUTCOME_UNCERTAIN;
	else
		o->kind = answer->hopeless ? OUTCOME_DEAD : OUTCOME_AGAIN;
	outcome_reason(o, answer->error, strlen(answer->error), NULL);
}
