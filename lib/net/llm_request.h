/* llm_request: a question as the bytes that are posted; for llm*.c; nothing fails */
#ifndef NET_LLM_REQUEST_H
#define NET_LLM_REQUEST_H

#include <stddef.h>

struct llm_request;
struct llm_settings;

/* The URL of chat completions, before the query if there is one. The caller frees it. */
char *llm_request_url(const struct llm_settings *settings);

/* The body, JSON. The caller frees it. */
char *llm_request_body(const struct llm_settings *settings, const struct llm_request *request,
	size_t *size);

/*
 * Whether an error's text refuses something by name that may as well be left
 * out. Then no further body for this URL has it, and to ask again may help.
 */
int llm_request_relax(const struct llm_settings *settings, long status, const char *text);

#endif
