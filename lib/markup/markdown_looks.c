/* markdown_looks: whether a text was meant as Markdown */
#include "markup/markdown.h"

#include <ctype.h>
#include <string.h>

/* What speaks for Markdown, in points, and against it, in lines. */
struct signs {
	int points;
	int lines, code, settings, differences;
	int fences, headings, items, numbered, quotes, links, strong, words;
	int introduced; /* a list after a line that ends with a colon */
};

struct line {
	const char *s;
	size_t n;
};

static int starts(const struct line *l, const char *with)
{
	size_t n = strlen(with);

	return l->n >= n && memcmp(l->s, with, n) == 0;
}

static int is_blank(const struct line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!isspace((unsigned char)l->s[i]))
			return 0;
	}
	return 1;
}

/* Letters, digits and everything beyond ASCII. */
static int is_word(char c)
{
	return isalnum((unsigned char)c) || (c & 0x80);
}

static int contains(const struct line *l, const char *what)
{
	return memmem(l->s, l->n, what, strlen(what)) != NULL;
}

/* Text that a mark may stand beside; in backticks anything may be. */
static int is_edge(char c, char mark, const char *others)
{
	if (mark == '`')
		return !isspace((unsigned char)c);
	return is_word(c) || (c && strchr(others, c));
}

/* A pair of marks around text, set apart from words outside: **so**, but not 2**3**4. */
static int has_pair(const struct line *l, const char *mark)
{
	size_t m = strlen(mark);
	int open = 0;

	for (size_t i = 0; i + m <= l->n; i++) {
		char before = i ? l->s[i - 1] : ' ', after = i + m < l->n ? l->s[i + m] : ' ';

		if (memcmp(l->s + i, mark, m) != 0)
			continue;
		if (before != *mark && after != *mark) {
			if (open && !is_word(after) && is_edge(before, *mark, ".:!?)\"'`%"))
				return 1;
			open = !is_word(before) && before != '/' && before != '=' &&
				is_edge(after, *mark, "\"'(`$");
		}
		i += m - 1;
	}
	return 0;
}

/* [text](http...) */
static int has_link(const struct line *l)
{
	const char *middle = memmem(l->s, l->n, "](http", 6);

	return middle && memchr(l->s, '[', (size_t)(middle - l->s)) &&
		memchr(middle, ')', l->n - (size_t)(middle - l->s));
}

/* "- ", "* ", "1. " after at most eight blanks: 1 for a bullet, 2 for a number. */
static int item_kind(const struct line *l)
{
	size_t i = 0, digits = 0;

	while (i < l->n && i < 8 && l->s[i] == ' ')
		i++;
	if (i + 2 < l->n && strchr("-*", l->s[i]))
		return l->s[i + 1] == ' ' && l->s[i + 2] != ' ';
	while (i + digits < l->n && isdigit((unsigned char)l->s[i + digits]))
		digits++;
	i += digits;
	if (digits == 0 || digits > 2 || i + 2 >= l->n)
		return 0;
	return (l->s[i] == '.' || l->s[i] == ')') && l->s[i + 1] == ' ' && l->s[i + 2] != ' ' ? 2
											      : 0;
}

/* The rule below a table's heading: |---|:-:|; the line before it has a column's border, too. */
static int is_rule(const struct line *l, const struct line *before)
{
	size_t bars = 0, dashes = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (!strchr("|-: ", l->s[i]) || !l->s[i])
			return 0;
		bars += l->s[i] == '|';
		dashes += l->s[i] == '-';
	}
	return bars && dashes >= 3 && memchr(before->s, '|', before->n) != NULL;
}

static size_t heading_level(const struct line *l)
{
	size_t level = 0;

	while (level < l->n && l->s[level] == '#')
		level++;
	return level && level <= 6 && level + 1 < l->n && l->s[level] == ' ' &&
			is_word(l->s[level + 1])
		? level
		: 0;
}

/* NAME: value and NAME=value, also as an item of a list. */
static int is_setting(const struct line *l)
{
	size_t i = 0;

	while (i < l->n && strchr(" -", l->s[i]))
		i++;
	if (i == l->n || !(is_word(l->s[i]) || l->s[i] == '_'))
		return 0;
	while (i < l->n && (is_word(l->s[i]) || strchr("_-.", l->s[i])))
		i++;
	return i < l->n &&
		(l->s[i] == '=' || (l->s[i] == ':' && (i + 1 == l->n || l->s[i + 1] == ' ')));
}

static int is_code(const struct line *l)
{
	static const char *const words[] = { "#include", "#define", "#!", "import ", "from ",
		"def ", "export ", "alias ", "if [", "fi", "done", "esac", "set -", "return",
		"SELECT ", "\t" };

	if (l->n && strchr(";{}\\", l->s[l->n - 1]))
		return 1;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (starts(l, words[i]))
			return 1;
	}
	return 0;
}

static int is_difference(const struct line *l)
{
	return starts(l, "diff --git ") || starts(l, "@@ -") || starts(l, "+++ ") ||
		starts(l, "--- a/") || starts(l, "< ");
}

static void look_at(struct signs *s, const struct line *before, const struct line *l,
	const struct line *after)
{
	size_t level = heading_level(l);
	int item = item_kind(l);

	s->lines++;
	s->code += is_code(l);
	s->settings += is_setting(l);
	s->differences += is_difference(l);
	/* A comment in a script has its code below. */
	if (level && is_blank(before) && (is_blank(after) || (level > 1 && !is_code(after))))
		s->headings += level > 1 ? 2 : 1;
	s->points += is_rule(l, before) ? 3 : 0;
	s->links += has_link(l);
	s->strong += contains(l, "**") && has_pair(l, "**");
	s->words += has_pair(l, "`");
	s->quotes += starts(l, "> ");
	s->items += item == 1;
	s->numbered += item == 2;
	if (item && !is_blank(before) && before->s[before->n - 1] == ':' && !item_kind(before))
		s->introduced = 1;
}

static int judge_signs(const struct signs *s)
{
	int points = s->points;

	if (s->differences || s->code * 6 > s->lines)
		return 0;
	if (s->settings * 2 > s->lines && !s->strong && !s->links)
		return 0;
	points += s->headings + (s->links ? 2 : 0) + (s->strong ? 2 : 0) + (s->words ? 1 : 0);
	points += (s->items >= 3) + (s->numbered >= 2) + (s->quotes ? 1 : 0);
	points += s->introduced && s->items + s->numbered >= 2;
	return points >= 2 + s->lines / 200;
}

static struct line next_line(const char **at, const char *end)
{
	struct line l = { *at, 0 };
	const char *newline = memchr(*at, '\n', (size_t)(end - *at));

	l.n = (size_t)((newline ? newline : end) - *at);
	*at = newline ? newline + 1 : end;
	return l;
}

static int opens_block(const struct line *l)
{
	return starts(l, "```") && !memchr(l->s + 3, '`', l->n - 3);
}

int markdown_looks(const char *source, size_t n)
{
	const char *at = source, *end = source + (n < MARKDOWN_MAX ? n : MARKDOWN_MAX);
	struct line before = { source, 0 }, line = next_line(&at, end);
	struct signs signs = { 0 };
	int inside = 0;

	while (line.n || at < end) {
		struct line after = next_line(&at, end);

		if (opens_block(&line)) {
			inside = !inside;
			signs.fences++;
		} else if (!inside && !is_blank(&line)) {
			look_at(&signs, &before, &line, &after);
		}
		before = line;
		line = after;
	}
	if (signs.fences >= 2)
		signs.points += 3;
	return judge_signs(&signs);
}
