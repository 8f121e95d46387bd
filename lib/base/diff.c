/* diff: unified differences between texts: making and applying them */
#include "base/diff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/*
 * DEPTH: up to how many changed lines the shortest script is searched for; memory grows with its
 * square.
 */
enum { CONTEXT = 3, DEPTH = 400 };

/* a text's lines, each with its newline; the last may have none */
struct lines {
	const char **starts; /* one more than there are lines */
	uint64_t *hashes;
	size_t count;
};

struct edit {
	struct lines before, after;
	char *removed, *added; /* for each line of before, of after: whether it changes */
};

static void split_lines(struct lines *lines, const char *text, size_t n)
{
	const char *end = text + n, *at = text;
	size_t room = 1;

	for (size_t i = 0; i < n; i++)
		room += text[i] == '\n';
	lines->starts = mem_zero(room + 1, sizeof(*lines->starts));
	lines->hashes = mem_zero(room, sizeof(*lines->hashes));
	lines->count = 0;
	lines->starts[0] = text;
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *next = newline ? newline + 1 : end;

		lines->hashes[lines->count++] = hash_fnv1a(at, (size_t)(next - at));
		lines->starts[lines->count] = at = next;
	}
}

static void lines_free(struct lines *lines)
{
	free(lines->starts);
	free(lines->hashes);
}

static size_t length(const struct lines *lines, size_t i)
{
	return (size_t)(lines->starts[i + 1] - lines->starts[i]);
}

static int equal(const struct edit *e, size_t x, size_t y)
{
	size_t n = length(&e->before, x);

	return e->before.hashes[x] == e->after.hashes[y] && n == length(&e->after, y) &&
		memcmp(e->before.starts[x], e->after.starts[y], n) == 0;
}

/* a part of both texts: n lines from x on, m from y on */
struct span {
	size_t x, y, n, m;
};

/*
 * Myers' greedy search: rows[d] holds how far each diagonal gets with d
 * changes, diagonal k = x - y at [k + d]. Returns the number of changes, or -1
 * if it is above DEPTH.
 */
static int search(const struct edit *e, const struct span *s, int **rows)
{
	for (int d = 0; d <= DEPTH; d++) {
		int *row = rows[d] = mem_alloc((2 * (size_t)d + 1) * sizeof(*row));
		const int *last = d ? rows[d - 1] + d - 1 : NULL; /* [k] is diagonal k */

		for (int k = -d; k <= d; k += 2) {
			int down = d && (k == -d || (k != d && last[k - 1] < last[k + 1]));
			int x = d == 0 ? 0 : down ? last[k + 1] : last[k - 1] + 1;

			while (x < (int)s->n && x - k < (int)s->m && x - k >= 0 &&
				equal(e, s->x + (size_t)x, s->y + (size_t)(x - k)))
				x++;
			row[k + d] = x;
			if (x >= (int)s->n && x - k >= (int)s->m)
				return d;
		}
	}
	return -1;
}

/* walk back through the rows and mark the changes */
static void trace(struct edit *e, const struct span *s, int **rows, int d)
{
	int k = (int)s->n - (int)s->m;

	for (; d > 0; d--) {
		const int *last = rows[d - 1] + d - 1;
		int down = k == -d || (k != d && last[k - 1] < last[k + 1]);

		if (down) {
			k++;
			e->added[s->y + (size_t)(last[k] - k)] = 1;
		} else {
			k--;
			e->removed[s->x + (size_t)last[k]] = 1;
		}
	}
}

static void compare_lines(struct edit *e)
{
	struct span s = { 0, 0, e->before.count, e->after.count };
	int *rows[DEPTH + 1] = { NULL }, d;

	while (s.n && s.m && equal(e, s.x, s.y)) {
		s.x++;
		s.y++;
		s.n--;
		s.m--;
	}
	while (s.n && s.m && equal(e, s.x + s.n - 1, s.y + s.m - 1)) {
		s.n--;
		s.m--;
	}
	d = search(e, &s, rows);
	if (d >= 0) {
		trace(e, &s, rows, d);
	} else {
		memset(e->removed + s.x, 1, s.n);
		memset(e->added + s.y, 1, s.m);
	}
	for (int i = 0; i <= DEPTH; i++)
		free(rows[i]);
}

static void add_diff_line(struct str *out, char mark, const struct lines *lines, size_t i)
{
	size_t n = length(lines, i);

	str_addc(out, mark);
	str_addn(out, lines->starts[i], n);
	if (lines->starts[i][n - 1] != '\n')
		str_add(out, "\n\\ No newline at end of file\n");
}

/* "12,3", "12" for one line; for no lines, the line before */
static void add_range(struct str *out, char mark, size_t from, size_t count)
{
	str_addf(out, "%c%zu", mark, count ? from + 1 : from);
	if (count != 1)
		str_addf(out, ",%zu", count);
}

/* move (x, y), which correspond, to the next change; returns 0 if there is none */
static int next_change(const struct edit *e, size_t *x, size_t *y)
{
	while (*x < e->before.count && *y < e->after.count && !e->removed[*x] && !e->added[*y]) {
		++*x;
		++*y;
	}
	return *x < e->before.count || *y < e->after.count;
}

static void skip_change(const struct edit *e, size_t *x, size_t *y)
{
	while (*x < e->before.count && e->removed[*x])
		++*x;
	while (*y < e->after.count && e->added[*y])
		++*y;
}

/*
 * one hunk: the change at (x, y) and those after it at most two contexts apart;
 * moves (x, y) past it
 */
static void add_hunk(struct str *out, const struct edit *e, size_t *x, size_t *y)
{
	size_t lead = *x < CONTEXT ? *x : CONTEXT, from_x = *x - lead, from_y = *y - lead;
	size_t end_x, end_y, next_x = *x, next_y = *y, left;

	do {
		skip_change(e, &next_x, &next_y);
		end_x = next_x;
		end_y = next_y;
	} while (next_change(e, &next_x, &next_y) && next_x - end_x <= 2 * CONTEXT);
	left = e->before.count - end_x;
	*x = end_x += left < CONTEXT ? left : CONTEXT;
	*y = end_y += left < CONTEXT ? left : CONTEXT;
	str_add(out, "@@ ");
	add_range(out, '-', from_x, end_x - from_x);
	str_addc(out, ' ');
	add_range(out, '+', from_y, end_y - from_y);
	str_add(out, " @@\n");
	while (from_x < end_x || from_y < end_y) {
		if (from_x < end_x && e->removed[from_x])
			add_diff_line(out, '-', &e->before, from_x++);
		else if (from_y < end_y && e->added[from_y])
			add_diff_line(out, '+', &e->after, from_y++);
		else {
			add_diff_line(out, ' ', &e->before, from_x++);
			from_y++;
		}
	}
}

void diff_make(struct str *out, const char *before_name, const char *before, size_t before_size,
	const char *after_name, const char *after, size_t after_size)
{
	struct edit e = { 0 };
	size_t x = 0, y = 0;

	if (before_size == after_size && memcmp(before, after, before_size) == 0)
		return;
	split_lines(&e.before, before, before_size);
	split_lines(&e.after, after, after_size);
	e.removed = mem_zero(e.before.count + 1, 1);
	e.added = mem_zero(e.after.count + 1, 1);
	compare_lines(&e);
	str_addf(out, "--- %s\n+++ %s\n", before_name, after_name);
	while (next_change(&e, &x, &y))
		add_hunk(out, &e, &x, &y);
	lines_free(&e.before);
	lines_free(&e.after);
	free(e.removed);
	free(e.added);
}

/* ---- applying ---- */

/* both are read line by line */
struct reader {
	const char *at, *end;
	size_t line; /* the number of the next one, from 1 on */
};

struct apply {
	struct reader text, diff;
	struct str out;
	int64_t shift; /* how many lines the result is ahead of the text */
	struct str *why;
};

struct hunk {
	size_t old_from, old_count, new_from, new_count;
};

static int left(const struct reader *r)
{
	return r->at < r->end;
}

/* the length of the next line without its newline; does not advance */
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

/* copy the text up to that line, not including it */
static int copy_until(struct apply *a, size_t line)
{
	while (a->text.line < line) {
		const char *from = a->text.at;

		if (!left(&a->text))
			return bad(a, "the text has fewer lines");
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

/* "@@ -1,5 +1,6 @@", whatever follows */
static int read_hunk(struct apply *a, struct hunk *h)
{
	const char *at = a->diff.at, *end = at + peek(&a->diff);

	if (take_word(&at, end, "@@ -") < 0 ||
		read_range(&at, end, &h->old_from, &h->old_count) < 0 ||
		take_word(&at, end, " +") < 0 ||
		read_range(&at, end, &h->new_from, &h->new_count) < 0 ||
		take_word(&at, end, " @@") < 0)
		return bad(a, "not the start of a change (@@ -LINE,COUNT +LINE,COUNT @@)");
	if (!h->old_count && !h->new_count)
		return bad(a, "a change without lines");
	/* a range of no lines names the line before */
	h->old_from += h->old_count == 0;
	h->new_from += h->new_count == 0;
	if (!h->old_from || !h->new_from)
		return bad(a, "lines are counted from 1");
	if (h->old_from < a->text.line)
		return bad(a, "changes must be in order");
	if ((int64_t)h->new_from != (int64_t)h->old_from + a->shift)
		return bad(a, "the new line number does not follow from the old one");
	a->shift += (int64_t)h->new_count - (int64_t)h->old_count;
	return 0;
}

/*
 * whether a line of the edit, without its mark, equals the next one of the
 * text, including a missing newline
 */
static int matches(const struct apply *a, const char *line, size_t n, int newline)
{
	size_t length = peek(&a->text);

	return left(&a->text) && length == n && memcmp(a->text.at, line, n) == 0 &&
		(a->text.at + length < a->text.end) == newline;
}

/* only the last line may lack a newline */
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
		return bad(a, "does not start with a blank, - or +");
	if ((mark != '+' && !h->old_count) || (mark != '-' && !h->new_count))
		return bad(a, "more lines than the @@ line says");
	h->old_count -= mark != '+';
	h->new_count -= mark != '-';
	line += n > 0;
	n -= n > 0;
	skip(&a->diff);
	newline = !begins(&a->diff, "\\");
	if (!newline)
		skip(&a->diff);
	if (mark != '+' && !matches(a, line, n, newline)) {
		str_addf(a->why, "line %zu of the edit: line %zu of the text is different", number,
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
			return bad(a, "fewer lines than the @@ line says");
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
			return bad(a, "+++ NAME must follow --- NAME");
		skip(&a->diff);
	}
	if (!left(&a->diff))
		return bad(a, "it contains no change");
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
