/* llm_text: streamed text whose pieces may be cut inside characters; for llm*.c; nothing fails */
#ifndef NET_LLM_TEXT_H
#define NET_LLM_TEXT_H

#include <stddef.h>

#include "base/str.h"

struct cJSON;

/* Valid UTF-8, and the bytes that wait for the rest of their character. Start with { 0 }. */
struct llm_text {
	struct str whole;
	char rest[8];
	size_t rest_size;
};

/*
 * Append a piece. Halves of a surrogate pair, as llm_json_parse() gives them,
 * are joined; what never becomes a character is U+FFFD. Returns the number of
 * bytes added to `whole`: its last ones.
 */
size_t llm_text_add(struct llm_text *text, const char *piece, size_t n);

/* There is no more: the rest becomes U+FFFD. Returns the number of bytes added. */
size_t llm_text_end(struct llm_text *text);

void llm_text_free(struct llm_text *text);

/*
 * Parse a JSON text of n bytes followed by a NUL. Servers that cut strings
 * between UTF-16 units send "\ud83d" alone, which cJSON refuses: such a half
 * becomes the three bytes that UTF-8 would have for it. "\u0000" becomes
 * U+FFFD. Returns NULL if it is not JSON; the caller deletes it.
 */
struct cJSON *llm_json_parse(const char *json, size_t n);

#endif
