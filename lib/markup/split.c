/* split: a long text cut into parts that each fit a message */
#include "markup/split.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "base/utf8.h"
#include "markup/html.h"
#include "markup/markdown.h"

enum {
	BYTES_MAX = 32000,
	ENTITIES_MAX = 90,
	FENCE_LINE_MAX = 100, /* bytes; reopened and closed it still fits the smallest limit */
	FENCE_MAX = 32,       /* its characters */
	JOINED_MAX = 64,      /* combining characters that are kept together */
	ROOM_LEAST = 16,
};

/* The line that opened the code block; n = 0: outside. */
struct fence {
	const char *line;
	size_t n, run;
};

/* From the worst place for a cut to the best one. */
enum cut_kind { CUT_ANYWHERE, CUT_CHARACTER, CUT_BLANK, CUT_LINE, CUT_PARAGRAPH, CUT_KINDS };

struct cut {
	size_t end;
	struct fence fence; /* open there */
};

struct cutter {
	const char *text;
	size_t n;
	int markdown;
	size_t at;          /* the next part starts here */
	int inside_line;    /* at is not a line's start */
	struct fence fence; /* open at `at` */
	size_t room;        /* units that are tried next */
};

/* One search for places to cut: how far it came and what it found. */
struct scan {
	const struct cutter *cutter;
	struct cut cuts[CUT_KINDS];
	struct fence fence;
	size_t units, room, limit; /* so far; of text alone; with the fences */
	size_t prefix;             /* units of the fence that is opened again */
	int shown;                 /* the open code block has text */
};

static size_t line_end(const struct cutter *c, size_t at, size_t most)
{
	size_t n = c->n - at < most ? c->n - at : most;
	const char *end = memchr(c->text + at, '\n', n);

	return end ? (size_t)(end - c->text) : at + n;
}

static size_t skip_blanks(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && (s[i] == ' ' || s[i] == '\t'))
		i++;
	return i;
}

/* The run of fence characters that the line starts with, as CommonMark 4.5 has it; 0 = none. */
static size_t fence_run(const char *line, size_t n)
{
	size_t i = 0;

	if (n == 0 || (line[0] != '`' && line[0] != '~'))
		return 0;
	while (i < n && line[i] == line[0])
		i++;
	return i >= 3 && i <= FENCE_MAX ? i : 0;
}

/* Whether the line (n bytes) opens a code block, or ends the one that is open. */
static int opens(const char *line, size_t n, struct fence *fence)
{
	size_t indent = skip_blanks(line, n), run = fence_run(line + indent, n - indent);

	if (n > FENCE_LINE_MAX || run == 0)
		return 0;
	if (line[indent] == '`' && memchr(line + indent + run, '`', n - indent - run))
		return 0;
	*fence = (struct fence){ line + indent, n - indent, run };
	return 1;
}

static int closes(const char *line, size_t n, const struct fence *fence)
{
	size_t indent = skip_blanks(line, n), run = fence_run(line + indent, n - indent);

	if (n > FENCE_LINE_MAX || run < fence->run || line[indent] != fence->line[0])
		return 0;
	return skip_blanks(line + indent + run, n - indent - run) == n - indent - run;
}

/* Past blank lines, and past the end of a code block of which nothing is left. */
static void skip_empty(struct cutter *c)
{
	while (c->at < c->n) {
		size_t blanks = skip_blanks(c->text + c->at, c->n - c->at), end;

		if (c->at + blanks == c->n || c->text[c->at + blanks] == '\n') {
			c->at += blanks + (c->at + blanks < c->n);
			c->inside_line = 0;
			continue;
		}
		if (c->inside_line) {
			c->at += blanks;
			return;
		}
		end = line_end(c, c->at, FENCE_LINE_MAX + 1);
		if (c->fence.n == 0 || !closes(c->text + c->at, end - c->at, &c->fence))
			return;
		c->fence.n = 0;
		c->at = end;
	}
}

/* Code points that belong to the one before: combining, joiners, variations, skin tones. */
static int joins(uint32_t before, uint32_t cp)
{
	if (cp < 0x300)
		return 0;
	if (utf8_width(cp) == 0 || (cp >= 0x1F3FB && cp <= 0x1F3FF))
		return cp != 0x200B;
	return before == 0x200D;
}

static int regional(uint32_t cp)
{
	return cp >= 0x1F1E6 && cp <= 0x1F1FF;
}

static void note_cut(struct scan *s, enum cut_kind kind, size_t end)
{
	size_t closing = s->fence.n ? 1 + s->fence.run : 0;

	if (end <= s->cutter->at || s->units > s->room ||
		s->prefix + s->units + closing > s->limit || (!s->shown && kind != CUT_ANYWHERE))
		return;
	s->cuts[kind] = (struct cut){ end, s->fence };
}

/* Whether a part that begins here would begin with what looks like a fence or a list's bullet. */
static int misread(const struct scan *s, size_t at)
{
	const struct cutter *c = s->cutter;

	at += skip_blanks(c->text + at, c->n - at < FENCE_LINE_MAX ? c->n - at : FENCE_LINE_MAX);
	return c->markdown && at < c->n && strchr("`~#>|+-*=", c->text[at]) && c->text[at];
}

/* Go through a line's characters, up to its end. Returns 0 if there was no room for all. */
static int scan_characters(struct scan *s, size_t from, size_t to)
{
	const struct cutter *c = s->cutter;
	uint32_t before = 0;
	size_t joined = 0, flags = 0;

	for (size_t i = from; i < to;) {
		uint32_t cp;
		size_t length = utf8_decode(c->text + i, c->n - i, &cp);

		flags = regional(cp) ? flags + 1 : 0;
		joined = joins(before, cp) || (flags && flags % 2 == 0) ? joined + 1 : 0;
		note_cut(s, CUT_ANYWHERE, i);
		if (joined == 0 || joined > JOINED_MAX) {
			if (!misread(s, i))
				note_cut(s, cp == ' ' || cp == '\t' ? CUT_BLANK : CUT_CHARACTER, i);
		}
		s->units += length == 4 ? 2 : 1;
		if (s->units > s->room)
			return 0;
		if (cp != ' ' && cp != '\t')
			s->shown = 1;
		before = cp;
		i += length;
	}
	return 1;
}

/* A fence's line is not cut, and no cut separates it from the code. Returns whether it is one. */
static int scan_fence(struct scan *s, size_t from, size_t to)
{
	const struct cutter *c = s->cutter;
	const char *line = c->text + from;
	struct fence fence;

	if (!c->markdown || (c->inside_line && from == c->at))
		return 0;
	if (s->fence.n) {
		if (!closes(line, to - from, &s->fence))
			return 0;
		s->fence.n = 0;
		s->shown = 1;
		s->units += to - from;
		note_cut(s, CUT_PARAGRAPH, to);
		return 1;
	}
	if (!opens(line, to - from, &fence))
		return 0;
	note_cut(s, CUT_PARAGRAPH, from);
	s->fence = fence;
	s->shown = 0;
	s->units += text_units(line, to - from);
	return 1;
}

/* Find the places for a cut, the last of each kind. Returns whether all the rest fits. */
static int scan_lines(struct scan *s)
{
	const struct cutter *c = s->cutter;
	size_t at = c->at;

	while (at < c->n) {
		size_t end = line_end(c, at, 4 * (s->room - s->units) + 4);

		if (!scan_fence(s, at, end)) {
			size_t blanks = skip_blanks(c->text + at, end - at);

			if (blanks == end - at && !s->fence.n)
				note_cut(s, CUT_PARAGRAPH, at);
			if (!scan_characters(s, at, end))
				return 0;
			note_cut(s, CUT_LINE, end);
		}
		note_cut(s, CUT_ANYWHERE, end);
		if (s->units > s->room)
			return 0;
		at = end + (end < c->n);
		s->units += end < c->n;
	}
	return s->units <= s->room && s->prefix + s->units <= s->limit;
}

/* A better kind of place is taken unless it leaves the part too empty. */
static struct cut choose(const struct scan *s)
{
	static const size_t share[CUT_KINDS] = { 1, 1, 8, 4, 3 };
	size_t start = s->cutter->at, far = s->cuts[CUT_ANYWHERE].end;

	for (int kind = 0; kind < CUT_KINDS; kind++) {
		if (s->cuts[kind].end > far)
			far = s->cuts[kind].end;
	}
	for (int kind = CUT_KINDS - 1; kind > 0; kind--) {
		size_t end = s->cuts[kind].end;

		if (end > start &&
			(kind == CUT_CHARACTER || (end - start) * share[kind] >= far - start))
			return s->cuts[kind];
	}
	return s->cuts[CUT_ANYWHERE];
}

/* The part up to `cut`, blanks at its end removed, with the fences it needs. Sets *to. */
static char *compose(const struct cutter *c, const struct cut *cut, size_t *to)
{
	struct str part = { 0 };
	size_t end = cut->end;

	while (end > c->at && strchr(" \t\n", c->text[end - 1]))
		end--;
	if (c->fence.n) {
		str_addn(&part, c->fence.line, c->fence.n);
		str_addc(&part, '\n');
	}
	str_addn(&part, c->text + c->at, end - c->at);
	if (cut->fence.n && cut->end < c->n) {
		str_addc(&part, '\n');
		for (size_t i = 0; i < cut->fence.run; i++)
			str_addc(&part, cut->fence.line[0]);
	}
	*to = end;
	return str_take(&part);
}

static int fits(const char *part, int markdown, size_t limit)
{
	size_t n = strlen(part);
	char *html = markdown ? markdown_html(part, n) : markdown_escape(part, n);
	struct html_size size = html_measure(html);

	free(html);
	return size.units <= limit && size.bytes <= BYTES_MAX && size.entities <= ENTITIES_MAX;
}

/* About the longest part at c->at that fits; *cut is where it ends. */
static char *next_part(struct cutter *c, size_t limit, struct cut *cut, size_t *to)
{
	size_t room = c->room < limit ? c->room : limit, least = ROOM_LEAST;
	char *part;

	for (;;) {
		struct scan s = { .cutter = c, .fence = c->fence, .room = room, .limit = limit };

		s.prefix = c->fence.n ? text_units(c->fence.line, c->fence.n) + 1 : 0;
		s.shown = 1;
		*cut = (struct cut){ .end = c->n };
		if (!scan_lines(&s))
			*cut = choose(&s);
		if (cut->end <= c->at) {
			least = room *=
				2; /* no part fits, since a fence's line is longer than the room */
			continue;
		}
		part = compose(c, cut, to);
		if (fits(part, c->markdown, limit) || room <= least)
			break;
		free(part);
		room = text_units(c->text + c->at, *to - c->at) * 3 / 4;
		if (room < least)
			room = least;
	}
	c->room = 2 * room < SPLIT_MOST ? 2 * room : SPLIT_MOST;
	return part;
}

static void add_part(struct split *out, char *part, size_t from, size_t to)
{
	size_t room = out->room;

	out->parts = mem_grow(out->parts, out->count, &room, sizeof(*out->parts));
	out->spans = mem_grow(out->spans, out->count, &out->room, sizeof(*out->spans));
	out->parts[out->count] = part;
	out->spans[out->count++] = (struct split_span){ from, to };
}

void split_text(struct split *out, const char *text, size_t n, int markdown, size_t limit,
	size_t first)
{
	struct cutter c = { .text = text, .n = n, .markdown = markdown, .room = SPLIT_MOST };

	*out = (struct split){ 0 };
	for (;;) {
		struct cut cut;
		size_t to;
		char *part;

		skip_empty(&c);
		if (c.at == c.n)
			return;
		part = next_part(&c, out->count ? limit : first, &cut, &to);
		if (text_blank(text + c.at, to - c.at))
			free(part);
		else
			add_part(out, part, c.at, to);
		c.at = cut.end;
		c.inside_line = c.at < n && text[c.at] != '\n' && text[c.at - 1] != '\n';
		c.fence = cut.fence;
	}
}

size_t split_units(const char *html)
{
	return html_measure(html).units;
}

void split_free(struct split *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->parts[i]);
	free(s->parts);
	free(s->spans);
	*s = (struct split){ 0 };
}
