/* sse: events, line ends, fields and limits, as WHATWG HTML has them, cut anywhere */
#include "net/sse.h"

#include "base/str.h"
#include "tap.h"

struct log {
	struct str text;
};

static void on_event(void *arg, const struct sse_event *event)
{
	struct log *log = arg;

	str_addf(&log->text, "[%s|", event->type);
	str_escape(&log->text, event->data, event->size);
	str_addf(&log->text, "|%s]", event->id);
	if (strlen(event->data) > event->size)
		str_add(&log->text, "no NUL");
}

/* In pieces of `step` bytes. The caller frees it. */
static char *parse(const char *stream, size_t n, size_t step, size_t max)
{
	struct log log = { { 0 } };
	struct sse *sse = sse_new(max, on_event, &log);
	int failed = 0;

	str_add(&log.text, "");
	for (size_t i = 0; i < n; i += step) {
		size_t size = n - i < step ? n - i : step;
		char *piece = mem_dupn(stream + i, size);

		failed = sse_feed(sse, piece, size) < 0;
		free(piece);
	}
	sse_end(sse);
	if (failed)
		str_add(&log.text, "too long");
	sse_free(sse);
	return str_take(&log.text);
}

static void events_of(const char *name, const char *stream, size_t n, const char *wanted)
{
	for (size_t step = n; step > 0; step = step > 7 ? 7 : step - 1) {
		char *got = parse(stream, n, step, 1000);
		int same = strcmp(got, wanted) == 0;

		if (step == n || !same)
			is_str(got, wanted, "%s, %zu bytes at a time", name, step);
		free(got);
		if (!same)
			break;
	}
}

static void events(const char *name, const char *stream, const char *wanted)
{
	events_of(name, stream, strlen(stream), wanted);
}

static void test_events(void)
{
	events("an event", "data: a\n\n", "[message|a|]");
	events("a blank only once", "data:  a\n\ndata:b\n\n", "[message| a|][message|b|]");
	events("several lines", "data: a\ndata\ndata: b\n\n", "[message|a\\n\\nb|]");
	events("no text is a text", "data\n\ndata:\n\n", "[message||][message||]");
	events("two empty lines make two", "data\ndata\n\n", "[message|\\n|]");
	events("a type, for one event", "event: add\ndata: 1\n\ndata: 2\n\n",
		"[add|1|][message|2|]");
	events("the last type counts", "event: a\nevent: b\ndata: 1\n\n", "[b|1|]");
	events("an empty type is none", "event: a\nevent\ndata: 1\n\n", "[message|1|]");
	events("without data nothing happens", "event: add\n\ndata: 1\n\n", "[message|1|]");
	events("an id stays", "id: 7\ndata: 1\n\ndata: 2\n\nid\ndata: 3\n\n",
		"[message|1|7][message|2|7][message|3|]");
	events("comments", ":\n: ping\n:data: x\ndata: 1\n: in between\ndata: 2\n\n",
		"[message|1\\n2|]");
	events("fields that nobody knows", "retry: 10\nfoo: bar\nDATA: x\n data: y\ndata: 1\n\n",
		"[message|1|]");
	events("a colon in the text", "data: a: b\n\ndata::\n\n", "[message|a: b|][message|:|]");
	events("many empty lines", "\n\n\ndata: 1\n\n\n\ndata: 2\n\n", "[message|1|][message|2|]");
	events("nothing", "\n", "");
}

static void test_ends(void)
{
	events("CR LF", "data: 1\r\ndata: 2\r\n\r\ndata: 3\r\n\r\n",
		"[message|1\\n2|][message|3|]");
	events("CR", "data: 1\rdata: 2\r\rdata: 3\r\r", "[message|1\\n2|][message|3|]");
	events("all of them", "data: 1\r\ndata: 2\rdata: 3\n\r\ndata: 4\r\r\ndata: 5\n\r",
		"[message|1\\n2\\n3|][message|4|][message|5|]");
	events("CR CR LF LF ends two lines and two more", "data: 1\r\r\n\ndata: 2\n\n",
		"[message|1|][message|2|]");
	events("a byte order mark",
		"\xEF\xBB\xBF"
		"data: 1\n\n",
		"[message|1|]");
	events("only at the start",
		"data: 0\n\n\xEF\xBB\xBF"
		"data: 1\n\n",
		"[message|0|]");
	events("and only one",
		"\xEF\xBB\xBF\xEF\xBB\xBF"
		"data: 1\n\ndata: 2\n\n",
		"[message|2|]");
	events("no empty line at the end", "data: 1\n\ndata: 2\n", "[message|1|][message|2|]");
	events("no line end at the end", "data: 1\n\ndata: 2", "[message|1|][message|2|]");
	events("UTF-8 as it is", "data: \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\n\n",
		"[message|\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80|]");
	events_of("NUL in the text", "data: a\0b\n\n", 11, "[message|a\\x00b|]");
	events_of("NUL in a type", "event: a\0b\ndata: x\n\n", 20, "[message|x|]");
	events_of("NUL in an id", "id: 1\nid: a\0b\ndata: x\n\n", 22, "[message|x|1]");
}

/* the event without the NUL: the stream continues */
static void put(char *stream, const char *text)
{
	while (*text)
		*stream++ = *text++;
}

static void test_limits(void)
{
	char stream[3000], *got;

	memset(stream, 'x', sizeof stream);
	put(stream, "data: 1\n\ndata:");
	for (size_t step = 1; step < 3000; step += 700) {
		got = parse(stream, sizeof stream, step, 1000);
		is_str(got, "[message|1|]too long", "a line without an end, %zu at a time", step);
		free(got);
	}
	for (size_t i = 9; i + 6 <= sizeof stream; i += 6)
		put(stream + i, "data:\n");
	got = parse(stream, sizeof stream, 100, 400);
	is_str(got, "[message|1|]too long", "an event without an end");
	free(got);
	got = parse("data: 12345\n\n", 13, 13, 11);
	is_str(got, "[message|12345|]", "what just fits");
	free(got);
	sse_free(NULL);
}

int main(void)
{
	test_events();
	test_ends();
	test_limits();
	return done();
}
