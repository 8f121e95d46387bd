/* llm_error: what an endpoint's error means, and in what words; for llm*.c; nothing fails */
#ifndef NET_LLM_ERROR_H
#define NET_LLM_ERROR_H

#include "base/str.h"

struct cJSON;

enum llm_error_kind {
	LLM_NO_ERROR,
	LLM_PASSING,  /* may work later */
	LLM_DOUBTFUL, /* may work, but each try may cost */
	LLM_LASTING,  /* will never work */
};

struct llm_error {
	enum llm_error_kind kind;
	struct str text; /* in words; freed by its owner */
};

/* Set it, unless it is set already: the first error counts. */
void llm_error_set(struct llm_error *error, enum llm_error_kind kind, const char *text);

/*
 * The error that a JSON text holds: {"error": {"message", "type", "code"}},
 * {"error": "text"}, the same in an array (Gemini), {"object": "error",
 * "message"} (vLLM), {"detail"} (FastAPI), {"message"}. status: HTTP's for a
 * request that failed: then there is always an error, even without JSON (NULL).
 * 0: the text is from a stream, and an error only if it has "error" or
 * "object". Returns whether it was set.
 */
int llm_error_read(struct llm_error *error, const struct cJSON *json, long status);

#endif
