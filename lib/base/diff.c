/* diff: unified differences between texts: making them */
#include "base/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* DEPTH: changed lines up to which the shortest script is looked for; the search keeps its square. */
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

/* back along the rows, noting the changes */
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

/* "12,3", "12" for one line; of none the line before */
static void add_range(struct str *out, char mark, size_t from, size_t count)
{
	str_addf(out, "%c%zu", mark, count ? from + 1 : from);
	if (count != 1)
		str_addf(out, ",%zu", count);
}

/* the next change at or after (x, y), which are both at the same place; returns 0 if there is none */
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

/* one hunk: the change at (x, y) and all that follow with at most two contexts between; they are behind it then */
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
