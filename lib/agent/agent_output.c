/* agent_output: what an agent says */
#include "agent/agent_output.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/out.h"
#include "base/text.h"

enum { LINE_MAX_BYTES = 1000, ASIDE_MAX = 300 };

/* ---- stdout ---- */

/*
 * How many bytes can be cleaned already: what follows may complete a terminal sequence or a CR LF, but
 * never across the end of a line.
 */
static size_t settled(const struct str *held)
{
	const char *end;

	for (size_t i = 0; i < held->len; i++) {
		char c = held->data[i];

		if (c != '\033' && c != '\r' && c != '\xc2')
			continue;
		end = memrchr(held->data, '\n', held->len);
		return end ? (size_t)(end - held->data) + 1 : 0;
	}
	return held->len;
}

static void show_held(struct agent_output *s, size_t n)
{
	struct str clean = { 0 };

	text_clean(&clean, s->held.data, n);
	if (clean.len) {
		out_raw(clean.data, clean.len);
		out_flush();
		s->begun = 1;
		s->last = clean.data[clean.len - 1];
	}
	memmove(s->held.data, s->held.data + n, s->held.len - n + 1);
	s->held.len -= n;
	str_free(&clean);
}

void agent_output_add(struct agent_output *s, const char *text, size_t n)
{
	str_addn(&s->held, text, n);
	if (s->live && (s->begun || s->final || s->held.len > AGENT_OUTPUT_HOLD))
		show_held(s, settled(&s->held));
}

static void reset(struct agent_output *s)
{
	str_clear(&s->held);
	s->begun = 0;
}

void agent_output_answer(struct agent_output *s, const char *text)
{
	if (!s->begun) {
		str_clear(&s->held);
		str_add(&s->held, text);
	}
	show_held(s, s->held.len);
	reset(s);
}

void agent_output_aside(struct agent_output *s, const char *text)
{
	struct str line = { 0 };

	if (s->begun) {
		show_held(s, s->held.len);
		agent_output_note(s, "");
	} else {
		text_line(&line, text, strlen(text), ASIDE_MAX, TEXT_BYTES);
		if (line.len)
			agent_output_line("· %s", line.data);
		str_free(&line);
	}
	reset(s);
}

void agent_output_note(struct agent_output *s, const char *text)
{
	if (s->last && s->last != '\n')
		out_raw("\n", 1);
	if (s->last)
		out_raw("\n", 1);
	out_raw(text, strlen(text));
	out_flush();
	if (*text)
		s->last = text[strlen(text) - 1];
	else if (s->last)
		s->last = '\n';
}

void agent_output_end(struct agent_output *s)
{
	if (s->held.len && s->begun)
		show_held(s, s->held.len);
	if (s->last && s->last != '\n')
		out_raw("\n", 1);
	s->last = '\0';
	out_flush();
}

void agent_output_free(struct agent_output *s)
{
	str_free(&s->held);
}

/* ---- stderr ---- */

void agent_output_line(const char *fmt, ...)
{
	struct str text = { 0 }, line = { 0 };
	va_list args;

	va_start(args, fmt);
	str_addv(&text, fmt, args);
	va_end(args);
	text_line(&line, text.data, text.len, LINE_MAX_BYTES, TEXT_BYTES);
	str_addc(&line, '\n');
	/*
	 * in one write, so that lines of other programs do not mix with it; no reader is not an
	 * error
	 */
	(void)!out_write_all(STDERR_FILENO, line.data, line.len);
	str_free(&text);
	str_free(&line);
}
