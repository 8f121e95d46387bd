/* arg: options and operands of a program */
#include "base/arg.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/out.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/value.h"

#ifndef BGJOB_VERSION
#define BGJOB_VERSION "dev"
#endif

enum { HELP_WIDTH = 79, HELP_INDENT = 26 };

static const struct arg_option common[] = {
	{ 'v', "verbose", NULL, "print SQL on stderr; twice: all of BGJOB_TRACE" },
	{ 'h', "help", NULL, "print this help and exit" },
	{ 'V', "version", NULL, "print the version and exit" },
};

enum { COMMON = sizeof common / sizeof *common };

static const char *sentence, *synopsis, *command; /* command: the sub-command, or NULL */
static struct arg_option *table;                  /* the program's options, then the common ones */
static size_t options;
static struct option *longs;
static char *shorts;
static int verbose;

/*
 * If 0, 1 or 2 is closed, the next file opened (the database, perhaps) would
 * get that number and receive whatever is printed. The placeholder fails with
 * EBADF, as a closed descriptor does.
 */
static void fill_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

static int has_letter(const struct arg_option *o)
{
	return o->id < 256;
}

static int value_kind(const struct arg_option *o)
{
	if (!o->value)
		return no_argument;
	return o->value[0] == '[' ? optional_argument : required_argument;
}

/* getopt_long(3)'s tables; the leading ":" tells a missing value from an unknown option. */
static void make_tables(void)
{
	struct str letters = { 0 };

	str_add(&letters, "+:"); /* arg_next() strips the "+" */
	longs = mem_zero(options + 1, sizeof *longs);
	for (size_t i = 0; i < options; i++) {
		longs[i].name = table[i].name;
		longs[i].has_arg = value_kind(&table[i]);
		longs[i].val = table[i].id;
		if (!has_letter(&table[i]))
			continue;
		str_addc(&letters, (char)table[i].id);
		if (longs[i].has_arg == required_argument)
			str_addc(&letters, ':');
	}
	shorts = str_take(&letters);
}

static void set_options(const struct arg_option *own)
{
	size_t n = 0;

	while (own[n].name)
		n++;
	options = n + COMMON;
	table = mem_resize(table, options, sizeof *table);
	if (n)
		memcpy(table, own, n * sizeof *table);
	memcpy(table + n, common, sizeof common);
	free(longs);
	free(shorts);
	make_tables();
	opterr = 0;
	optind = 0; /* makes glibc start over */
}

void arg_init(const char *program, const char *one_sentence, const char *synopsis_lines,
	const struct arg_option *own)
{
	fill_standard_descriptors();
	die_init(program);
	sentence = one_sentence;
	synopsis = synopsis_lines;
	command = NULL;
	verbose = 0;
	set_options(own);
}

void arg_command(const char *word, const char *one_sentence, const char *synopsis_lines,
	const struct arg_option *own)
{
	command = word;
	sentence = one_sentence;
	synopsis = synopsis_lines;
	set_options(own);
}

/* ---- help ---- */

/* Bytes of the next word; a group in brackets is one word if it fits on a line. */
static size_t word_length(const char *text)
{
	size_t n = 0;
	int depth = 0;

	for (; text[n] && text[n] != '\n' && (text[n] != ' ' || depth > 0); n++) {
		depth += text[n] == '[';
		depth -= text[n] == ']';
	}
	return depth > 0 || n > HELP_WIDTH - HELP_INDENT ? strcspn(text, " \n") : n;
}

/* Append the words of one line, wrapped; continuation lines start with `indent` blanks. */
static void wrap(struct str *out, const char *text, int column, int indent)
{
	int begun = 0, width;

	for (;;) {
		size_t n;

		text += strspn(text, " ");
		n = word_length(text);
		if (n == 0)
			break;
		utf8_cut(text, n, INT_MAX, &width);
		if (begun && column + 1 + width > HELP_WIDTH) {
			str_addf(out, "\n%*s", indent, "");
			column = indent;
		} else if (begun) {
			str_addc(out, ' ');
			column++;
		}
		str_addn(out, text, n);
		column += width;
		text += n;
		begun = 1;
	}
	str_addc(out, '\n');
}

static void help_synopsis(struct str *out)
{
	int indent = (int)strlen("usage: ") + (int)strlen(die_program()) + 1;
	const char *before = "usage: ";

	for (const char *line = synopsis, *end; line; line = *end ? end + 1 : NULL) {
		end = line + strcspn(line, "\n");
		str_addf(out, "%s%s%s", before, die_program(), end > line ? " " : "");
		wrap(out, line, indent, indent);
		before = "       ";
	}
}

/* "  -q, --queue NAME" and, in the second column, what it does. */
static void help_option(struct str *out, const struct arg_option *o)
{
	size_t begin = out->len;
	int width;

	if (has_letter(o))
		str_addf(out, "  -%c, --%s", o->id, o->name);
	else
		str_addf(out, "      --%s", o->name);
	if (o->value && o->value[0] == '[')
		str_addf(out, "[=%s", o->value + 1);
	else if (o->value)
		str_addf(out, " %s", o->value);
	utf8_cut(out->data + begin, out->len - begin, INT_MAX, &width);
	if (width > HELP_INDENT - 2) {
		str_addc(out, '\n');
		width = 0;
	}
	str_addf(out, "%*s", HELP_INDENT - width, "");
	wrap(out, o->help ? o->help : "", HELP_INDENT, HELP_INDENT);
}

_Noreturn static void help(void)
{
	struct str out = { 0 };

	help_synopsis(&out);
	str_addc(&out, '\n');
	wrap(&out, sentence, 0, 0);
	str_addc(&out, '\n');
	for (size_t i = 0; i < options; i++)
		help_option(&out, &table[i]);
	out_raw(out.data, out.len);
	str_free(&out);
	out_done();
	exit(EXIT_DONE);
}

_Noreturn static void version(void)
{
	out_raw("bgjob " BGJOB_VERSION "\n", strlen("bgjob " BGJOB_VERSION "\n"));
	out_done();
	exit(EXIT_DONE);
}

/* ---- errors ---- */

static const struct arg_option *find_option(int id)
{
	for (size_t i = 0; i < options; i++)
		if (table[i].id == id)
			return &table[i];
	return NULL;
}

_Noreturn static void die_unknown(const char *sign, int n, const char *option)
{
	die_usage("unknown option %s%.*s (see %s%s%s --help)", sign, n, option, die_program(),
		command ? " " : "", command ? command : "");
}

/* An unknown or ambiguous long option; text is "--foo" or "--foo=bar". */
_Noreturn static void die_long(const char *text)
{
	struct str matches = { 0 };
	int n = (int)strcspn(text, "=");

	for (size_t i = 0; i < options; i++)
		if (strncmp(table[i].name, text + 2, (size_t)n - 2) == 0)
			str_addf(&matches, "%s--%s", matches.len ? ", " : "", table[i].name);
	if (matches.len)
		die_usage("option %.*s is ambiguous: %s", n, text, matches.data);
	die_unknown("", n, text);
}

/*
 * What getopt_long(3) rejected. With '?', optopt is 0 for an unknown long
 * option, else an unknown letter, or the id of an option that takes no value
 * but was given one.
 */
_Noreturn static void die_option(int result, const char *text)
{
	const struct arg_option *o = optopt ? find_option(optopt) : NULL;
	char letter = (char)optopt;

	if (!optopt)
		die_long(text);
	if (!o)
		die_unknown("-", 1, &letter);
	if (result == '?')
		die_usage("option --%s takes no value", o->name);
	if (strncmp(text, "--", 2) == 0)
		die_usage("option --%s needs a value", o->name);
	die_usage("option -%c needs a value", optopt);
}

int arg_next(int argc, char *argv[], int stop_at_operand)
{
	for (;;) {
		int id =
			getopt_long(argc, argv, stop_at_operand ? shorts : shorts + 1, longs, NULL);

		switch (id) {
		case 'v': verbose++; break;
		case 'h': help();
		case 'V': version();
		case '?':
		case ':': die_option(id, argv[optind - 1]);
		default: return id;
		}
	}
}

int arg_verbose(void)
{
	return verbose;
}

_Noreturn static void refuse(const char *option, const struct str *why)
{
	die_usage("%s: %s", option, why->data);
}

int64_t arg_number(const char *option, const char *text, int64_t min, int64_t max)
{
	struct str why = { 0 };
	int64_t value;

	if (value_number(&why, text, min, max, &value) < 0)
		refuse(option, &why);
	return value;
}

int64_t arg_duration(const char *option, const char *text)
{
	struct str why = { 0 };
	int64_t ms;

	if (value_duration(&why, text, 0, &ms) < 0)
		refuse(option, &why);
	return ms;
}

int64_t arg_size(const char *option, const char *text)
{
	struct str why = { 0 };
	int64_t bytes;

	if (value_size(&why, text, 0, &bytes) < 0)
		refuse(option, &why);
	return bytes;
}

int64_t arg_time(const char *option, const char *text)
{
	struct str why = { 0 };
	int64_t ms;

	if (value_time(&why, text, &ms) < 0)
		refuse(option, &why);
	return ms;
}

int64_t arg_id_of(const char *what, const char *text)
{
	int64_t id;

	if (value_id(text, strlen(text), &id) < 0)
		die_usage("not a %s id: %s", what, text);
	return id;
}

int64_t arg_id(const char *text)
{
	return arg_id_of("job", text);
}

/* ---- lists of ids ---- */

/* Ids in the order given, and a hash table of them: slot = index + 1, 0 = free. */
struct collection {
	int64_t *ids;
	size_t count, cap;
	size_t *slots;
	size_t slot_count; /* a power of two, at least twice cap */
};

static size_t *find_slot(const struct collection *c, int64_t id)
{
	size_t i = (size_t)((uint64_t)id * UINT64_C(0x9E3779B97F4A7C15) >> 20);

	for (;; i++) {
		size_t *slot = &c->slots[i & (c->slot_count - 1)];

		if (*slot == 0 || c->ids[*slot - 1] == id)
			return slot;
	}
}

static void grow(struct collection *c)
{
	c->ids = mem_grow(c->ids, c->count, &c->cap, sizeof *c->ids);
	free(c->slots);
	c->slot_count = c->cap * 2;
	c->slots = mem_zero(c->slot_count, sizeof *c->slots);
	for (size_t i = 0; i < c->count; i++)
		*find_slot(c, c->ids[i]) = i + 1;
}

static void collect_id(struct collection *c, int64_t id)
{
	size_t *slot;

	if (c->count == c->cap)
		grow(c);
	slot = find_slot(c, id);
	if (*slot)
		return;
	c->ids[c->count++] = id;
	*slot = c->count;
}

static void collect_stdin(struct collection *c, const char *what)
{
	char *line = NULL;
	size_t size = 0, number = 0;
	ssize_t got;

	while ((got = getline(&line, &size, stdin)) >= 0) {
		size_t n = 0, end = (size_t)got;
		int64_t id;

		number++;
		end -= line[end - 1] == '\n';
		if (end == 0)
			continue;
		while (n < end && line[n] != '\t' && line[n] != ' ')
			n++;
		line[n] = '\0';
		if (value_id(line, n, &id) < 0)
			die_usage("standard input, line %zu: not a %s id: %s", number, what, line);
		collect_id(c, id);
	}
	if (ferror(stdin))
		die_errno("cannot read standard input");
	free(line);
}

void arg_ids_of(const char *what, struct arg_ids *ids, int count, char *operands[])
{
	struct collection c = { 0 };

	if (count <= 0)
		die_usage("no %s id given (see %s --help)", what, die_program());
	for (int i = 0; i < count; i++) {
		if (strcmp(operands[i], "-") == 0)
			collect_stdin(&c, what);
		else
			collect_id(&c, arg_id_of(what, operands[i]));
	}
	free(c.slots);
	ids->ids = c.ids;
	ids->count = c.count;
}

void arg_ids(struct arg_ids *ids, int count, char *operands[])
{
	arg_ids_of("job", ids, count, operands);
}

void arg_ids_free(struct arg_ids *ids)
{
	free(ids->ids);
	*ids = (struct arg_ids){ 0 };
}

char **arg_list(const char *option, const char *text)
{
	size_t n = strlen(text), words = 1, length;
	char **list, *copy;

	for (size_t i = 0; i < n; i++)
		words += text[i] == ',';
	list = mem_alloc((words + 1) * sizeof *list + n + 1);
	copy = memcpy(list + words + 1, text, n + 1);
	for (size_t i = 0; i < words; i++, copy += length + 1) {
		length = strcspn(copy, ",");
		if (length == 0)
			die_usage("%s: empty word in the list: %s", option, text);
		list[i] = copy;
		copy[length] = '\0';
	}
	list[words] = NULL;
	return list;
}
