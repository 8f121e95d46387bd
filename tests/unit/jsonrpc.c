/* jsonrpc: lines, messages and their forms */
#include <cjson/cJSON.h>

#include "net/jsonrpc.h"
#include "tap.h"

/* ---- lines ---- */

static void collect(const char *text, size_t n, void *arg)
{
	struct str *s = arg;

	if (text)
		str_addn(s, text, n);
	else
		str_add(s, "!");
	str_addc(s, '|');
}

static void check_lines(const char *input, size_t most, const char *wanted)
{
	/* in one piece, in pieces of one byte, of two */
	for (size_t piece = 0; piece < 3; piece++) {
		struct jsonrpc_lines l = { .most = most };
		struct str got = { 0 };
		size_t n = strlen(input), step = piece ? piece : n + 1;

		str_add(&got, "");
		for (size_t at = 0; at < n; at += step)
			jsonrpc_feed(&l, input + at, n - at < step ? n - at : step, collect, &got);
		jsonrpc_finish(&l, collect, &got);
		is_str(got.data, wanted, "lines of %s, in pieces of %zu", input, step);
		str_free(&got);
		str_free(&l.line);
	}
}

/* ---- messages ---- */

static void check(const char *text, int wanted, const char *id)
{
	struct jsonrpc_message m;

	is_int(jsonrpc_parse(&m, text, strlen(text)), wanted, "%.60s", text);
	is_str(m.id, id, "id of %.60s", text);
	jsonrpc_free(&m);
	jsonrpc_free(&m);
}

static void check_kind(const char *text, enum jsonrpc_kind kind, const char *method)
{
	struct jsonrpc_message m;

	is_int(jsonrpc_parse(&m, text, strlen(text)), 0, "%s", text);
	is_int(m.kind, kind, "kind of %s", text);
	is_str(m.method, method, "method of %s", text);
	jsonrpc_free(&m);
}

static void check_ids(void)
{
#define WITH_ID(id) "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":" id "}"
	check(WITH_ID("1"), 0, "1");
	check(WITH_ID("0"), 0, "0");
	check(WITH_ID("-7"), 0, "-7");
	check(WITH_ID("18446744073709551617"), 0, "18446744073709551617");
	check(WITH_ID("\"\""), 0, "\"\"");
	check(WITH_ID("\"a\\\"b\\u0000\""), 0, "\"a\\\"b\\u0000\"");
	check(WITH_ID("\"a\tb\""), JSONRPC_INVALID, NULL);
	check(WITH_ID("01"), JSONRPC_INVALID, NULL);
	check(WITH_ID("-"), JSONRPC_PARSE, NULL);
	check(WITH_ID("1.0"), JSONRPC_INVALID, NULL);
	check(WITH_ID("1e3"), JSONRPC_INVALID, NULL);
	check(WITH_ID("null"), JSONRPC_INVALID, NULL);
	check(WITH_ID("true"), JSONRPC_INVALID, NULL);
	check(WITH_ID("[1]"), JSONRPC_INVALID, NULL);
}

static void check_messages(void)
{
	check("", JSONRPC_PARSE, NULL);
	check("{", JSONRPC_PARSE, NULL);
	check("{} {}", JSONRPC_PARSE, NULL);
	check("\"\xff\"", JSONRPC_PARSE, NULL);
	check("{}", JSONRPC_INVALID, NULL);
	check("[]", JSONRPC_INVALID, NULL);
	check("1", JSONRPC_INVALID, NULL);
	check("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"m\"}", JSONRPC_INVALID, "1");
	check("{\"jsonrpc\":2.0,\"id\":1,\"method\":\"m\"}", JSONRPC_INVALID, "1");
	check("{\"jsonrpc\":\"2.0\",\"id\":1}", JSONRPC_INVALID, "1");
	check("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":null}", JSONRPC_INVALID, "1");
	check("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":[1]}", JSONRPC_PARAMS,
		"1");
	check("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":null}", JSONRPC_PARAMS,
		"1");
	check(" {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":{}}\r", 0, "1");
	check_kind("{\"jsonrpc\":\"2.0\",\"method\":\"m\"}", JSONRPC_NOTIFICATION, "m");
	check_kind("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}", JSONRPC_REQUEST, "m");
	check_kind("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", JSONRPC_RESPONSE, NULL);
	check_kind("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{}}", JSONRPC_RESPONSE, NULL);
}

static void check_batches(void)
{
	static const struct {
		const char *text;
		int wanted;
	} cases[] = { { "[1]", 1 }, { " \t[ 1 ] ", 1 }, { "[]", JSONRPC_INVALID },
		{ "[", JSONRPC_PARSE }, { "[1]]", JSONRPC_PARSE }, { "{}", 0 }, { "", 0 },
		{ "\"[]\"", 0 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		is_int(jsonrpc_batch(cases[i].text, strlen(cases[i].text)), cases[i].wanted,
			"batch: %s", cases[i].text);
}

static void check_id_in(const char *text, const char *wanted)
{
	char *id = jsonrpc_id_in(text, strlen(text), "requestId");

	is_str(id, wanted, "refers to: %s", text);
	free(id);
}

/* ---- answers and errors ---- */

static void check_forms(void)
{
	struct str s = { 0 };
	cJSON *object = cJSON_Parse("{\"a\":[1,\"\\n\"]}");

	jsonrpc_result(&s, "\"x\"", object);
	is_str(s.data, "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{\"a\":[1,\"\\n\"]}}",
		"result");
	str_clear(&s);
	jsonrpc_error(&s, NULL, -1, "no \"\n\xff", NULL);
	is_str(s.data,
		"{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-1,\"message\":\"no "
		"\\\"\\n\xEF\xBF\xBD\"}}",
		"error");
	str_clear(&s);
	jsonrpc_error(&s, "null", -2, "", object);
	is_str(s.data,
		"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-2,\"message\":\"\",\"data\":{"
		"\"a\":[1,\"\\n\"]}}}",
		"error with data");
	str_clear(&s);
	jsonrpc_notification(&s, "n", object);
	is_str(s.data, "{\"jsonrpc\":\"2.0\",\"method\":\"n\",\"params\":{\"a\":[1,\"\\n\"]}}",
		"notification");
	cJSON_Delete(object);
	str_free(&s);
}

int main(void)
{
	check_lines("", 9, "");
	check_lines("a\nbc\n", 9, "a|bc|");
	check_lines("a\n\n \t\r\nb", 9, "a|b|");
	check_lines("123456789\n1234567890\nx\n", 9, "123456789|!|x|");
	check_lines("1234567890", 9, "!|");
	check_ids();
	check_messages();
	check_batches();
	check_id_in("{\"params\":{\"requestId\":\"a\"}}", "\"a\"");
	check_id_in("{\"params\":{\"requestId\":12}}", "12");
	check_id_in("{\"params\":{\"requestId\":{}}}", NULL);
	check_id_in("{\"params\":{}}", NULL);
	check_id_in("{}", NULL);
	check_forms();
	return done();
}
