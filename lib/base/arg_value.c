/* arg_value: values and lists of ids from the command line */
#include "base/arg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/str.h"
#include "base/value.h"

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

/* Ids in the order given, and where each is in them: slot = index + 1, 0 = free. */
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
	c->cap = c->cap ? c->cap * 2 : 16;
	c->ids = mem_resize(c->ids, c->cap, sizeof *c->ids);
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
		die_errno("cannot read the standard input");
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
