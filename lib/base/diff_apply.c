/* diff_apply: unified differences between texts: applying them */
#include <stdint.h>
#include <string.h>

#include "base/diff.h"

/* both are read line by line */
struct reader {
	const char *at, *end;
	size_t line; /* the number of the next one, from 1 on */
};

struct apply {
	struct reader text, diff;
	struct str out;
	int64_t shift; /* lines by which the result is ahead of the text */
	struct str *why;
};

struct hunk {
	size_t old_from, old_count, new_from, new_count;
};

static int left(const struct reader *r)
{
	return r->at < r->end;
}

/* the next line, its length without the newline; it stays the next one */
static size_t peek(const struct reader *r)
{
	const char *newline = memchr(r->at, '\n', (size_t)(r->end - r->at));

	return (size_t)((newline ? newline : r->end) - r->at);
}

static void skip(struct reader *r)
{
	r->at += peek(r);
	r->at += r->at < r->end;
	r->line++;
}

static int begins(const struct reader *r, const char *with)
{
	size_t n = strlen(with);

	return (size_t)(r->end - r->at) >= n && memcmp(r->at, with, n) == 0;
}

static int bad(struct apply *a, const char *problem)
{
	str_addf(a->why, "line %zu of the edit: %s", a->diff.line, problem);
	return -1;
}

/* the text up to (not with) that line goes over as it is */
static int copy_until(struct apply *a, size_t line)
{
	while (a->text.line < line) {
		const char *from = a->text.at;

		if (!left(&a->text))
			return bad(a, "the text is not that long");
		skip(&a->text);
		str_addn(&a->out, from, (size_t)(a->text.at - from));
	}
	return 0;
}

static int read_number(const char **at, const char *end, size_t *n)
{
	const char *from = *at;

	for (*n = 0; *at < end && **at >= '0' && **at <= '9' && *at - from < 9; ++*at)
		*n = *n * 10 + (size_t)(**at - '0');
	return *at > from ? 0 : -1;
}

/* "12,3" or "12" */
static int read_range(const char **at, const char *end, size_t *from, size_t *count)
{
	*count = 1;
	if (read_number(at, end, from) < 0)
		return -1;
	if (*at == end || **at != ',')
		return 0;
	++*at;
	return read_number(at, end, count);
}

static int take_word(const char **at, const char *end, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(end - *at) < n || memcmp(*at, word, n) != 0)
		return -1;
	*at += n;
	return 0;
}

/* "@@ -1,5 +1,6 @@", anything behind */
static int read_hunk(struct apply *a, struct hunk *h)
{
	const char *at = a->diff.at, *end = at + peek(&a->diff);

	if (take_word(&at, end, "@@ -") < 0 ||
		read_range(&at, end, &h->old_from, &h->old_count) < 0 ||
		take_word(&at, end, " +") < 0 ||
		read_range(&at, end, &h->new_from, &h->new_count) < 0 ||
		take_word(&at, end, " @@") < 0)
		return bad(a, "not the beginning of a change (@@ -LINE,COUNT +LINE,COUNT @@)");
	if (!h->old_count && !h->new_count)
		return bad(a, "a change without lines");
	/* of no lines the one before is named */
	h->old_from += h->old_count == 0;
	h->new_from += h->new_count == 0;
	if (!h->old_from || !h->new_from)
		return bad(a, "lines are counted from 1 on");
	if (h->old_from < a->text.line)
		return bad(a, "changes have to follow each other");
	if ((int64_t)h->new_from != (int64_t)h->old_from + a->shift)
		return bad(a, "the new line number does not follow from the old one");
	a->shift += (int64_t)h->new_count - (int64_t)h->old_count;
	return 0;
}

/* a line of the edit, without its mark, is the next one of the text. Both may lack the last newline, if both do. */
static int matches(const struct apply *a, const char *line, size_t n, int newline)
{
	size_t length = peek(&a->text);

	return left(&a->text) && length == n && memcmp(a->text.at, line, n) == 0 &&
		(a->text.at + length < a->text.end) == newline;
}

/* a line that ends without a newline has to be the last one */
static int add_patch_line(struct apply *a, const char *line, size_t n, int newline)
{
	if (a->out.len && a->out.data[a->out.len - 1] != '\n')
		return bad(a, "a line without a newline is not the last one");
	str_addn(&a->out, line, n);
	if (newline)
		str_addc(&a->out, '\n');
	return 0;
}

static int apply_line(struct apply *a, struct hunk *h)
{
	size_t number = a->diff.line, n = peek(&a->diff);
	const char *line = a->diff.at;
	char mark = n ? *line : ' ';
	int newline;

	if (!strchr(" -+", mark) || !mark)
		return bad(a, "begins with none of blank, - and +");
	if ((mark != '+' && !h->old_count) || (mark != '-' && !h->new_count))
		return bad(a, "more lines than were counted");
	h->old_count -= mark != '+';
	h->new_count -= mark != '-';
	line += n > 0;
	n -= n > 0;
	skip(&a->diff);
	newline = !begins(&a->diff, "\\");
	if (!newline)
		skip(&a->diff);
	if (mark != '+' && !matches(a, line, n, newline)) {
		str_addf(a->why, "line %zu of the edit: line %zu of the text is another", number,
			a->text.line);
		return -1;
	}
	if (mark != '+')
		skip(&a->text);
	return mark == '-' ? 0 : add_patch_line(a, line, n, newline);
}

static int apply_hunk(struct apply *a)
{
	struct hunk h;

	if (read_hunk(a, &h) < 0 || copy_until(a, h.old_from) < 0)
		return -1;
	skip(&a->diff);
	while (h.old_count || h.new_count) {
		if (!left(&a->diff))
			return bad(a, "fewer lines than were counted");
		if (apply_line(a, &h) < 0)
			return -1;
	}
	return 0;
}

static int apply_all(struct apply *a)
{
	if (begins(&a->diff, "--- ")) {
		skip(&a->diff);
		if (!begins(&a->diff, "+++ "))
			return bad(a, "+++ NAME has to follow --- NAME");
		skip(&a->diff);
	}
	if (!left(&a->diff))
		return bad(a, "there is no change");
	while (left(&a->diff))
		if (apply_hunk(a) < 0)
			return -1;
	return left(&a->text) ? add_patch_line(a, a->text.at, (size_t)(a->text.end - a->text.at), 0)
			      : 0;
}

int diff_apply(struct str *out, const char *text, size_t n, const char *diff, size_t diff_size,
	struct str *why)
{
	struct apply a = { .text = { text, text + n, 1 },
		.diff = { diff, diff + diff_size, 1 },
		.why = why };
	int result;

	str_add(&a.out, "");
	result = apply_all(&a);
	if (result == 0)
		str_addn(out, a.out.data, a.out.len);
	str_free(&a.out);
	return result;
}
