/* fuzz: an event stream gives the same events however it is cut, and never more text than it has */
#include "net/sse.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

enum { MAX = 64 };

static void require(int truth)
{
	if (!truth)
		abort();
}

static void on_event(void *arg, const struct sse_event *event)
{
	require(event->size <= MAX && event->data[event->size] == '\0');
	require(*event->type && strlen(event->id) <= MAX && strlen(event->type) <= MAX);
	require(!strpbrk(event->type, "\r\n") && !strpbrk(event->id, "\r\n"));
	require(!memchr(event->data, '\r', event->size));
	str_addf(arg, "%s|%s|%zu|", event->type, event->id, event->size);
	str_addn(arg, event->data, event->size);
}

static int parse(struct str *events, const char *data, size_t n, size_t step)
{
	struct sse *sse = sse_new(MAX, on_event, events);
	int failed = 0;

	str_add(events, "");
	for (size_t i = 0; i < n; i += step) {
		size_t size = n - i < step ? n - i : step;
		char *piece = mem_alloc(size);

		memcpy(piece, data + i, size);
		failed = sse_feed(sse, piece, size) < 0;
		free(piece);
	}
	sse_end(sse);
	sse_free(sse);
	return failed;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	size_t step = n > 0 ? data[0] % 8 + 1 : 1;
	struct str whole = { 0 }, pieces = { 0 };
	int failed = parse(&whole, (const char *)data, n, n + 1);

	require(parse(&pieces, (const char *)data, n, step) == failed);
	require(whole.len == pieces.len && memcmp(whole.data, pieces.data, whole.len) == 0);
	str_free(&whole);
	str_free(&pieces);
	return 0;
}
