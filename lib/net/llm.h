/* llm: one question to a model over OpenAI's chat completions API; errors are part of the answer */
#ifndef NET_LLM_H
#define NET_LLM_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct cJSON;
struct http;

/* Where the model is. The texts are the configuration's or the caller's: not freed. */
struct llm_settings {
	const char *url;    /* BGJOB_LLM_URL, such as https://api.openai.com/v1; may have a query */
	const char *key;    /* BGJOB_LLM_KEY: sent as "Authorization: Bearer"; NULL: none */
	const char *model;  /* BGJOB_LLM_MODEL */
	int64_t max_tokens; /* of one answer; 0: the endpoint's limit */
	int64_t idle_ms; /* BGJOB_LLM_IDLE (5m): a request without a byte for so long is dropped */
};

/*
 * The settings. model: instead of BGJOB_LLM_MODEL; NULL: that. Returns 0; 1 if
 * no model is configured, or -1 if a setting is wrong: why says which. An
 * invalid duration ends the program, as config_duration() does.
 */
int llm_settings_read(struct llm_settings *settings, const char *model, struct str *why);

/* One question. Nothing in it is kept or changed. */
struct llm_request {
	const struct cJSON *messages; /* array of the API's message objects, valid UTF-8 */
	const struct cJSON *tools;    /* array of its tool objects; NULL or empty: none */
	const char *tool_choice;      /* "auto", "none", "required"; NULL: not sent */

	/*
	 * clock_boot() at which everything ends, even an answer in progress. 0: no limit,
	 * but then no try starts later than 10 minutes after the first.
	 */
	int64_t deadline;
	int stop_fd; /* readable: the request is dropped at once; it is not read. -1: none */

	/*
	 * Called with more of the answer's text, whole characters of valid UTF-8. After the
	 * first call a failure is final: what was shown cannot be taken back. NULL: the
	 * text comes whole at the end.
	 */
	void (*text)(void *arg, const char *text, size_t n);

	/* A try failed, the next one starts in after_ms. May be NULL. */
	void (*retry)(void *arg, const char *reason, int64_t after_ms);

	/*
	 * For other work in the meantime (typing actions in the same set of transfers):
	 * called before each wait; returns in how many ms it must be called again at the
	 * latest, -1: any time. NULL: none.
	 */
	int (*tick)(void *arg);
	void *arg;
};

/* A tool call. All texts are valid UTF-8. */
struct llm_call {
	char *id;        /* never empty, unique: made up if the endpoint's is empty or repeated */
	char *name;      /* never empty: "unnamed" if the endpoint gave none */
	char *arguments; /* as received, "{}" if none; may not be JSON */
	char *extra; /* JSON: its "extra_content" (Gemini's signature, to be sent back); NULL: none */
};

/* What a question cost: the sum over all tries. */
struct llm_usage {
	int64_t prompt_tokens, completion_tokens;
	int64_t cost_nano; /* 10^-9 of the endpoint's currency unit (OpenRouter's "cost"); -1: unknown */
	unsigned estimated : 1; /* not all of it was reported: 4 bytes count as a token */
};

enum llm_end {
	LLM_DONE,     /* an answer, which the endpoint says is complete */
	LLM_STOPPED,  /* by stop_fd */
	LLM_DEADLINE, /* no answer by then, or the next try would be later */
	LLM_FAILED,   /* refused, or failed in a way that a retry does not fix */
};

/* Free with llm_answer_free(). The texts are never NULL except where noted. */
struct llm_answer {
	enum llm_end end;
	char *content; /* valid UTF-8, "" if there is none; what arrived of it if not LLM_DONE */
	struct llm_call *calls; /* in the order in which they began; none unless LLM_DONE */
	size_t call_count;
	char *finish_reason; /* the endpoint's: "stop", "length", "tool_calls", "content_filter" ... */
	char *model;         /* that the endpoint names; "" if none */
	struct llm_usage usage; /* also of tries that failed or were dropped once they were taken */
	unsigned tries;
	long status;  /* HTTP's, of the last try; 0: none came */
	char *reason; /* in words, valid UTF-8, without the key; "" if LLM_DONE */
};

/*
 * Ask, and wait for the answer; other transfers of the set continue meanwhile.
 * A try that fails before any text was shown is repeated. Until the deadline:
 * after 408, 409, 425, 429, 5xx (as a status, or as the code of an error in a
 * stream) and connections that cannot be made. At most 4 tries, as each may
 * cost: after connections that are cut, streams that break off, fall silent or
 * are malformed, and other errors not known to be permanent. The pause is 0.5
 * s, doubled each time up to 30 s, half of it random, and never shorter than
 * Retry-After (RFC 9110). A used-up quota is not retried, though its status is
 * 429. What an endpoint refuses by name is left out at once, and by this
 * process from then on: stream_options, and max_tokens, which becomes
 * max_completion_tokens. A stream that ends without "finish_reason" and
 * "[DONE]" broke off; a plain JSON answer to the request for a stream is
 * accepted.
 */
void llm_ask(struct http *http, const struct llm_settings *settings,
	const struct llm_request *request, struct llm_answer *answer);

void llm_answer_free(struct llm_answer *answer); /* legal on { 0 } and twice */

/*
 * The answer as a message of the API for the next question: role, content and
 * tool_calls. Arguments that are not a JSON object are sent as "{}", since
 * servers that parse them refuse the whole conversation; tell the model in the
 * tool's answer. The caller deletes it.
 */
struct cJSON *llm_answer_message(const struct llm_answer *answer);

/* An estimate of the tokens in n bytes of text: a quarter, rounded up. */
int64_t llm_tokens(size_t n);

#endif
