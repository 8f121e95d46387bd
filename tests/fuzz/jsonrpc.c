/* fuzz: any input from a client is cut into lines and parsed safely, and each answer is one message
 */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/json.h"
#include "net/jsonrpc.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

enum { MOST = 512 };

static void require(int truth)
{
	if (!truth)
		abort();
}

/* an id is returned unchanged */
static void check_answer(const char *id)
{
	struct jsonrpc_message again;
	struct str s = { 0 };

	jsonrpc_error(&s, id, JSONRPC_INVALID, "no", NULL);
	require(!memchr(s.data, '\n', s.len));
	require(jsonrpc_parse(&again, s.data, s.len) == 0 && again.kind == JSONRPC_RESPONSE);
	require(again.id && strcmp(again.id, id) == 0);
	jsonrpc_free(&again);
	str_free(&s);
}

static void check_message(const char *text, size_t n)
{
	struct jsonrpc_message m;
	int status = jsonrpc_parse(&m, text, n);

	require(status == 0 || status == JSONRPC_PARSE || status == JSONRPC_INVALID ||
		status == JSONRPC_PARAMS);
	if (status == 0) {
		require(m.kind == JSONRPC_RESPONSE || m.method);
		require(m.kind != JSONRPC_REQUEST || m.id);
		require(!m.params || cJSON_IsObject(m.params));
		free(jsonrpc_id_in(text, n, "requestId"));
	}
	if (m.id)
		check_answer(m.id);
	jsonrpc_free(&m);
}

static void take(const char *text, size_t n, void *arg)
{
	size_t *lines = arg, at = 0, size;
	const char *element;

	++*lines;
	if (!text)
		return;
	require(n > 0 && n <= MOST && text[n] == '\0' && !memchr(text, '\n', n));
	if (jsonrpc_batch(text, n) <= 0) {
		check_message(text, n);
		return;
	}
	while (json_element(text, n, &at, &element, &size) == 0) {
		require(element >= text && element + size <= text + n);
		check_message(element, size);
	}
}

/* The first byte is the size of the pieces in which it arrives. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	struct jsonrpc_lines pieces = { .most = MOST }, whole = { .most = MOST };
	size_t in_pieces = 0, at_once = 0, step;

	if (n == 0)
		return 0;
	step = data[0] % 64 + 1;
	for (size_t at = 1; at < n; at += step)
		jsonrpc_feed(&pieces, (const char *)data + at, n - at < step ? n - at : step, take,
			&in_pieces);
	jsonrpc_finish(&pieces, take, &in_pieces);
	jsonrpc_feed(&whole, (const char *)data + 1, n - 1, take, &at_once);
	jsonrpc_finish(&whole, take, &at_once);
	require(in_pieces == at_once);
	str_free(&pieces.line);
	str_free(&whole.line);
	return 0;
}
