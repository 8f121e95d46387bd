/* jsonrpc: JSON-RPC 2.0 (https://www.jsonrpc.org/specification) as one message a line; returns an
 * error's code, never dies */
#ifndef NET_JSONRPC_H
#define NET_JSONRPC_H

#include <stddef.h>

#include "base/str.h"

struct cJSON;

enum {
	JSONRPC_PARSE = -32700,
	JSONRPC_INVALID = -32600,
	JSONRPC_NO_METHOD = -32601,
	JSONRPC_PARAMS = -32602,
	JSONRPC_INTERNAL = -32603,
};

/* Cuts what comes from a descriptor into lines. Start with { .most = BYTES }; free line at the end. */
struct jsonrpc_lines {
	size_t most; /* no line is longer, without its newline */
	struct str line;
	int over; /* the rest of a line that is too long is being skipped */
};

/* text lives during the call and is ended by NUL; NULL: this line was longer than most. */
typedef void jsonrpc_each(const char *text, size_t n, void *arg);

/* Take n more bytes: each() for every line that ends in them. Blank lines are skipped. */
void jsonrpc_feed(struct jsonrpc_lines *l, const char *data, size_t n, jsonrpc_each *each,
	void *arg);

/* At the end: each() for a last line that has no newline. */
void jsonrpc_finish(struct jsonrpc_lines *l, jsonrpc_each *each, void *arg);

enum jsonrpc_kind { JSONRPC_REQUEST, JSONRPC_NOTIFICATION, JSONRPC_RESPONSE };

struct jsonrpc_message {
	enum jsonrpc_kind kind;
	char *id;                   /* its text as written: a string or a whole number; else NULL */
	const char *method;         /* NULL: a response */
	const struct cJSON *params; /* an object, or NULL */
	struct cJSON *json;         /* owns the two */
};

/*
 * Parse one message: UTF-8, params by name, ids as in MCP: a string or a whole number, never null.
 * Returns 0, or JSONRPC_PARSE, JSONRPC_INVALID or JSONRPC_PARAMS; id is then set if it has one.
 * Free it in any case.
 */
int jsonrpc_parse(struct jsonrpc_message *m, const char *text, size_t n);
void jsonrpc_free(struct jsonrpc_message *m); /* legal on { 0 } and twice */

/*
 * 1 if the text is a batch, 0 if it is not, or JSONRPC_PARSE, or
 * JSONRPC_INVALID for an empty one. json_element() walks through it.
 */
int jsonrpc_batch(const char *text, size_t n);

/* The id in a message's params (a notification that refers to a request): like m->id, or NULL. */
char *jsonrpc_id_in(const char *text, size_t n, const char *member);

/* Append a message with no newline in it or after it. id: its text; NULL leaves it out. */
void jsonrpc_result(struct str *s, const char *id, const struct cJSON *result);
void jsonrpc_error(struct str *s, const char *id, int code, const char *message,
	const struct cJSON *data);
void jsonrpc_notification(struct str *s, const char *method, const struct cJSON *params);

#endif
