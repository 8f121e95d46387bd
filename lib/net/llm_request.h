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
 * Whether an error's text refuses by name something that can be left out.
 * Further bodies for this URL then leave it out, so asking again may help.
 */
int llm_request_relax(const struct llm_settings *settings, long status, const char *text);

#endif
