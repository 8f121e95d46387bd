/* sse: reads a text/event-stream that comes in pieces */
#include "net/sse.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct sse {
	size_t max;
	void (*event)(void *arg, const struct sse_event *event);
	void *arg;
	struct str line, type, data, id;
	unsigned begun : 1, after_cr : 1, has_data : 1, failed : 1;
};

struct sse *sse_new(size_t max, void (*event)(void *arg, const struct sse_event *event), void *arg)
{
	struct sse *s = mem_zero(1, sizeof *s);

	s->max = max;
	s->event = event;
	s->arg = arg;
	str_add(&s->type, "");
	str_add(&s->data, "");
	str_add(&s->id, "");
	return s;
}

void sse_free(struct sse *s)
{
	if (!s)
		return;
	str_free(&s->line);
	str_free(&s->type);
	str_free(&s->data);
	str_free(&s->id);
	free(s);
}

static void take_event(struct sse *s)
{
	if (s->has_data)
		s->event(s->arg,
			&(struct sse_event){ .type = s->type.len > 0 ? s->type.data : "message",
				.data = s->data.data,
				.size = s->data.len,
				.id = s->id.data });
	s->has_data = 0;
	str_clear(&s->type);
	str_clear(&s->data);
}

static int is_field(const char *line, size_t n, const char *name)
{
	return n == strlen(name) && memcmp(line, name, n) == 0;
}

static void take_data(struct sse *s, const char *value, size_t n)
{
	if (s->data.len + s->has_data + n > s->max) {
		s->failed = 1;
		return;
	}
	if (s->has_data)
		str_addc(&s->data, '\n');
	str_addn(&s->data, value, n);
	s->has_data = 1;
}

/* A comment is a field without a name. */
static void take_field(struct sse *s, const char *line, size_t n)
{
	const char *colon = memchr(line, ':', n), *value = line + n;
	size_t name = n, size = 0;

	if (colon) {
		name = (size_t)(colon - line);
		value = colon + 1;
		size = n - name - 1;
		if (size > 0 && *value == ' ')
			value++, size--;
	}
	if (is_field(line, name, "data")) {
		take_data(s, value, size);
	} else if (memchr(value, '\0', size)) {
		return; /* the standard ignores such an id; we ignore such a type as well */
	} else if (is_field(line, name, "event")) {
		str_clear(&s->type);
		str_addn(&s->type, value, size);
	} else if (is_field(line, name, "id")) {
		str_clear(&s->id);
		str_addn(&s->id, value, size);
	}
}

static void take_sse_line(struct sse *s)
{
	static const char mark[] = "\xEF\xBB\xBF";
	const char *line = s->line.data;
	size_t n = s->line.len;

	if (!s->begun && n >= 3 && memcmp(line, mark, 3) == 0)
		line += 3, n -= 3;
	s->begun = 1;
	if (n > 0)
		take_field(s, line, n);
	else
		take_event(s);
	str_clear(&s->line);
}

static size_t until_end(const char *data, size_t n)
{
	size_t i = 0;

	while (i < n && data[i] != '\n' && data[i] != '\r')
		i++;
	return i;
}

int sse_feed(struct sse *s, const char *data, size_t n)
{
	while (n > 0 && !s->failed) {
		int second = s->after_cr && *data == '\n';
		size_t length = second ? 0 : until_end(data, n);

		s->after_cr = 0;
		if (s->line.len + length > s->max) {
			s->failed = 1;
			break;
		}
		str_addn(&s->line, data, length);
		data += length;
		n -= length;
		if (n == 0)
			break;
		s->after_cr = *data == '\r';
		data++, n--;
		if (!second)
			take_sse_line(s);
	}
	return s->failed ? -1 : 0;
}

void sse_end(struct sse *s)
{
	if (s->line.len > 0 && !s->failed)
		take_sse_line(s);
	if (!s->failed)
		take_event(s);
}
