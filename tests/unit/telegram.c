/* telegram: tokens, what answers mean, what updates say */
#include "net/telegram.h"

#include "base/json.h"
#include "base/str.h"
#include "net/http.h"
#include "net/telegram_token.h"
#include "net/telegram_update.h"
#include "store/bot.h"
#include "tap.h"

#define TOKEN "123456:ABC-def_1234"

static void test_token(void)
{
	static const char *const bad[] = { "", ":", "123", "123:", ":abc", "12a:abc", "123:a bc",
		"123:abc/..", "123:abc\n", "123:a:b", "123:ab%63", " 123:abc" };
	struct http *http = http_new();
	struct str why = { 0 };

	ok(telegram_bot_id(TOKEN) >= 0, "a token");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(telegram_bot_id(bad[i]) < 0, "no token: %s", bad[i]);
	ok(!telegram_new(http, "123:secret/", &why) && why.len > 0 && !strstr(why.data, "secret"),
		"a bad token is refused without being said");
	str_clear(&why);
	setenv("BGJOB_TELEGRAM_API", "file:///etc", 1);
	ok(!telegram_new(http, TOKEN, &why) && !strstr(why.data, "ABC"),
		"so is a base that is no web");
	unsetenv("BGJOB_TELEGRAM_API");
	http_free(http);
	str_free(&why);
}

static struct outcome classify(enum http_sent sent, long status, const char *body)
{
	struct http_answer answer = { .sent = sent, .status = status, .body = body };
	struct outcome o;

	answer.size = strlen(body);
	answer.error = sent == HTTP_ANSWERED ? NULL : "Some error";
	telegram_classify(&answer, TOKEN, &o);
	return o;
}

static void is_outcome(long status, const char *body, enum outcome_kind wanted)
{
	struct outcome o = classify(HTTP_ANSWERED, status, body);

	is_int((int)o.kind, (int)wanted, "%ld %s", status, body);
	ok((wanted == OUTCOME_SENT) == !*o.reason, "has a reason unless it was sent: %s", o.reason);
}

#define REFUSAL(code, text) "{\"ok\":false,\"error_code\":" code ",\"description\":\"" text "\"}"

static void test_refusals(void)
{
	is_outcome(400, REFUSAL("400", "Bad Request: chat not found"), OUTCOME_DEAD);
	is_outcome(400, REFUSAL("400", "Bad Request: message is not modified: x"), OUTCOME_SENT);
	is_outcome(400,
		REFUSAL("400",
			"Bad Request: query is too old and response timeout expired or query ID "
			"is invalid"),
		OUTCOME_SENT);
	is_outcome(400,
		REFUSAL("400",
			"Bad Request: can't parse entities: Unsupported start tag \\\"x\\\""),
		OUTCOME_REFUSED);
	is_outcome(400, REFUSAL("400", "Bad Request: message is too long"), OUTCOME_REFUSED);
	is_outcome(400, REFUSAL("400", "Bad Request: BUTTON_DATA_INVALID"), OUTCOME_REFUSED);
	is_outcome(401, REFUSAL("401", "Unauthorized"), OUTCOME_UNAUTHORIZED);
	is_outcome(404, REFUSAL("404", "Not Found"), OUTCOME_UNAUTHORIZED);
	is_outcome(404, REFUSAL("404", "Not Found: method not found"), OUTCOME_DEAD);
	is_outcome(403, REFUSAL("403", "Forbidden: bot was blocked by the user"), OUTCOME_DEAD);
	is_outcome(409,
		REFUSAL("409", "Conflict: terminated by other getUpdates request; make sure"),
		OUTCOME_CONFLICT);
	is_outcome(429, REFUSAL("429", "Too Many Requests: retry after 5"), OUTCOME_AGAIN);
	is_outcome(500, REFUSAL("500", "Internal Server Error"), OUTCOME_AGAIN);
	is_outcome(400, "{\"ok\":false}", OUTCOME_DEAD);
	is_outcome(200, REFUSAL("403", "Forbidden"), OUTCOME_DEAD);
}

static void test_rubbish(void)
{
	is_outcome(200, "", OUTCOME_UNCERTAIN);
	is_outcome(200, "<html>Log in</html>", OUTCOME_UNCERTAIN);
	is_outcome(200, "{\"ok\":", OUTCOME_UNCERTAIN);
	is_outcome(200, "[true]", OUTCOME_UNCERTAIN);
	is_outcome(200, "{\"ok\":\"true\"}", OUTCOME_UNCERTAIN);
	is_outcome(200, "{\"ok\":true}", OUTCOME_SENT);
	is_outcome(200, "{\"ok\":true,\"result\":{\"message_id\":\"7\"}}", OUTCOME_SENT);
	is_outcome(302, "", OUTCOME_AGAIN);
	is_outcome(404, "<html>404 /bot" TOKEN "/sendMessage</html>", OUTCOME_AGAIN);
	is_outcome(413, "<html>413 Request Entity Too Large</html>", OUTCOME_DEAD);
	is_outcome(502, "<html>502 Bad Gateway</html>", OUTCOME_AGAIN);
	is_outcome(500, "[[[[[[", OUTCOME_AGAIN);
}

static void test_numbers(void)
{
	struct outcome o = classify(HTTP_ANSWERED, 200,
		" { \"ok\" : true , \"result\" : { \"x\":[{\"message_id\":1}], \"message_id\" : "
		"9007199254740991 } } ");

	is_int(o.message_id, INT64_C(9007199254740991), "message_id of 53 bits");
	o = classify(HTTP_ANSWERED, 429,
		"{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests\","
		"\"parameters\":{\"retry_after\":35}}");
	is_int(o.after_ms, 35000, "retry_after");
	o = classify(HTTP_ANSWERED, 429, "{\"ok\":false,\"parameters\":{\"retry_after\":1e300}}");
	is_int(o.after_ms, 0, "one that is no number of seconds");
	o = classify(HTTP_ANSWERED, 400,
		"{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: group chat was "
		"upgraded to a supergroup chat\",\"parameters\":{\"migrate_to_chat_id\":-1001234567890}}");
	ok(o.kind == OUTCOME_MOVED && o.migrate_to == INT64_C(-1001234567890),
		"migrate_to_chat_id");
	is_int((int)classify(HTTP_NOT_SENT, 0, "").kind, OUTCOME_AGAIN, "not sent");
	is_int((int)classify(HTTP_CUT, 0, "").kind, OUTCOME_UNCERTAIN, "cut");
	is_int((int)classify(HTTP_CUT, 200, "{\"ok\":tr").kind, OUTCOME_UNCERTAIN, "cut within");
	is_int((int)classify(HTTP_CUT, 429, "").kind, OUTCOME_AGAIN, "cut behind a refusal");
}

static void test_secrecy(void)
{
	struct outcome o = classify(HTTP_ANSWERED, 400,
		REFUSAL("400", "/bot" TOKEN "/x " TOKEN " \\u001b[2J\\n" TOKEN));
	struct str text = { 0 };

	is_str(o.reason, "/bot***/x ***  [2J ***", "a reason has neither the token nor controls");
	for (int i = 0; i < OUTCOME_REASON - 10; i++)
		str_addc(&text, 'x');
	str_addf(&text, TOKEN "%0999d", 0);
	outcome_reason(&o, text.data, text.len, TOKEN);
	ok(!strstr(o.reason, "123") && strlen(o.reason) == OUTCOME_REASON - 1, "nor a piece of it");
	str_clear(&text);
	for (int i = 0; i < 1000; i++)
		str_add(&text, "\xC3\xA4");
	outcome_reason(&o, text.data, text.len, NULL);
	is_int((int)strlen(o.reason), OUTCOME_REASON - 2, "and is cut between characters");
	str_free(&text);
	outcome_reason(&o, "a\xFF\xC3", 3, NULL);
	is_str(o.reason, "a??", "bytes that are no UTF-8 are replaced");
}

static void test_message(void)
{
	static const char json[] =
		"{\"update_id\":10,\"message\":{\"message_id\":5,\"date\":1700000000,"
		"\"from\":{\"id\":4503599627370496,\"is_bot\":false,\"first_name\":\"A\","
		"\"last_name\":\"B\",\"username\":\"ab\"},"
		"\"chat\":{\"id\":-1001234567890,\"type\":\"supergroup\",\"title\":\"T\"},"
		"\"is_topic_message\":true,\"message_thread_id\":77,"
		"\"reply_to_message\":{\"message_id\":4},\"text\":\"/jobs \\\"\\u00e4\\\"\"}}";
	struct telegram_update u;

	is_int(telegram_update_parse(json, strlen(json), &u), 0, "a message");
	is_int(u.kind, TELEGRAM_MESSAGE, "is one");
	ok(u.id == 10 && u.message == 5 && u.reply_to == 4 && u.thread == 77, "its ids");
	ok(u.chat == INT64_C(-1001234567890) && u.chat_type == TELEGRAM_SUPERGROUP, "its chat");
	ok(u.sender == INT64_C(4503599627370496) && !u.sender_is_bot, "its sender");
	is_str(u.sender_name, "A B", "his name");
	is_str(u.username, "ab", "and username");
	is_str(u.text, "/jobs \"\xC3\xA4\"", "its text");
	is_str(u.chat_title, "T", "the chat's title");
	ok(u.date == INT64_C(1700000000000), "its date in ms");
	ok(!u.edited && !u.anonymous && !u.via_bot && !u.forwarded && !u.channel_post, "no flag");
	telegram_update_free(&u);
	telegram_update_free(&u);
}

static struct telegram_update parse(const char *json)
{
	struct telegram_update u;

	telegram_update_parse(json, strlen(json), &u);
	return u;
}

static void test_kinds(void)
{
	struct telegram_update u = parse(
		"{\"update_id\":1,\"callback_query\":{\"id\":\"99\",\"from\":{\"id\":8,"
		"\"username\":\"u\"},\"data\":\"/cancel 4\",\"message\":{\"message_id\":3,\"date\":0,"
		"\"chat\":{\"id\":8,\"type\":\"private\"}}}}");

	ok(u.kind == TELEGRAM_CALLBACK && u.message == 3 && u.chat == 8 && u.sender == 8,
		"a callback");
	is_str(u.callback_data, "/cancel 4", "its data");
	is_str(u.callback_id, "99", "its id");
	is_str(u.sender_name, "u", "a sender without a name");
	telegram_update_free(&u);
	u = parse("{\"update_id\":2,\"my_chat_member\":{\"chat\":{\"id\":-5,\"type\":\"group\"},"
		  "\"from\":{\"id\":8},\"date\":1,\"new_chat_member\":{\"status\":\"kicked\"}}}");
	ok(u.kind == TELEGRAM_MEMBER && u.chat == -5 && u.chat_type == TELEGRAM_GROUP, "a member");
	is_str(u.member_status, "kicked", "its status");
	is_str(u.sender_name, "8", "a sender without anything");
	telegram_update_free(&u);
	u = parse("{\"update_id\":3,\"edited_message\":{\"message_id\":1,\"chat\":{\"id\":8},"
		  "\"from\":{\"id\":1087968824,\"is_bot\":true},\"sender_chat\":{\"id\":-5},"
		  "\"via_bot\":{\"id\":1},\"message_thread_id\":6,\"caption\":\"c\"}}");
	ok(u.kind == TELEGRAM_MESSAGE && u.edited && u.anonymous && u.via_bot && u.sender_is_bot,
		"an anonymous edit via a bot");
	ok(u.thread == 0, "the thread of a reply is no topic");
	is_str(u.text, "c", "a caption");
	telegram_update_free(&u);
	u = parse(
		"{\"update_id\":4,\"message\":{\"message_id\":1,\"from\":{\"id\":8},\"chat\":{\"id\":"
		"-5,\"type\":\"supergroup\"},\"is_topic_message\":true,\"message_thread_id\":1}}");
	ok(u.kind == TELEGRAM_MESSAGE && u.thread == 0 && !u.text, "the General topic, no text");
	telegram_update_free(&u);
}

static void test_hostile(void)
{
	static const char *const others[] = { "{\"update_id\":1}",
		"{\"update_id\":1,\"message\":7}",
		"{\"update_id\":1,\"message\":{\"chat\":[],\"from\":\"x\",\"text\":{}}}",
		"{\"update_id\":1,\"message\":{\"chat\":{\"id\":1.5},\"from\":{\"id\":1}}}",
		"{\"update_id\":1,\"message\":{\"chat\":{\"id\":1},\"from\":{\"id\":1e18}}}",
		"{\"update_id\":1,\"callback_query\":{\"from\":{\"id\":1}}}",
		"{\"update_id\":1,\"my_chat_member\":{}}", "{\"update_id\":1,\"poll\":{}}" };
	static const char *const none[] = { "", "{", "[]", "null", "{\"update_id\":\"1\"}",
		"{\"update_id\":1.5}", "{\"update_id\":1e300}", "{\"update_id\":null}", "\"x\"" };
	struct telegram_update u;
	struct str deep = { 0 };

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		u = parse(others[i]);
		ok(u.id == 1 && u.kind == TELEGRAM_OTHER, "nothing of use: %s", others[i]);
		telegram_update_free(&u);
	}
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		ok(telegram_update_parse(none[i], strlen(none[i]), &u) < 0 && !u.tree,
			"no update: %s", none[i]);
	u = parse("{\"update_id\":1,\"message\":{\"chat\":{\"id\":1},\"from\":{\"id\":1},"
		  "\"text\":\"\xFF\"}}");
	ok(u.kind == TELEGRAM_MESSAGE && !u.text, "text that is not UTF-8 is none");
	telegram_update_free(&u);
	for (int i = 0; i < 1000000; i++)
		str_addc(&deep, '[');
	ok(telegram_update_parse(deep.data, deep.len, &u) < 0, "a million brackets");
	str_free(&deep);
}

static void test_split(void)
{
	static const char result[] =
		"[ {\"update_id\":9007199254740991,\"x\":\"],}{\\\"[\"} ,{\"a\":[1,2],\"update_id\": 12},"
		"{\"update_id\":\"x\"},7 ]";
	const char *text;
	size_t at = 0, size;
	int64_t id;

	ok(telegram_next_update(result, strlen(result), &at, &id, &text, &size) == 0 &&
			id == INT64_C(9007199254740991) && size == 44 && text[size - 1] == '}',
		"the first update");
	ok(telegram_next_update(result, strlen(result), &at, &id, &text, &size) == 0 && id == 12 &&
			strncmp(text, "{\"a\":[1,2],\"update_id\": 12}", size) == 0,
		"the second, as it was sent");
	ok(telegram_next_update(result, strlen(result), &at, &id, &text, &size) == 0 && id == 0,
		"one without a number");
	ok(telegram_next_update(result, strlen(result), &at, &id, &text, &size) == 0 && id == 0 &&
			size == 1,
		"one that is no object");
	ok(telegram_next_update(result, strlen(result), &at, &id, &text, &size) < 0, "the end");
	at = 0;
	ok(telegram_next_update("[]", 2, &at, &id, &text, &size) < 0, "an empty array");
	at = 0;
	ok(telegram_next_update("{}", 2, &at, &id, &text, &size) < 0, "no array");
	at = 0;
	ok(telegram_next_update("[\"\\", 3, &at, &id, &text, &size) == 0 && size == 2,
		"a string without an end");
	ok(telegram_next_update("[\"\\", 3, &at, &id, &text, &size) < 0, "ends the array");
}

int main(void)
{
	test_token();
	test_refusals();
	test_rubbish();
	test_numbers();
	test_secrecy();
	test_message();
	test_kinds();
	test_hostile();
	test_split();
	return done();
}
