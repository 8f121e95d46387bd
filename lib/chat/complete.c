/* complete: completions of what was typed in a chat */
#include "chat/complete.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "chat/command.h"
#include "submit/workflow.h"

static void offer_name(struct complete *c, const char *start, const char *name)
{
	if (strncmp(name, start, strlen(start)) != 0)
		return;
	c->names = mem_resize(c->names, c->count + 1, sizeof(*c->names));
	c->names[c->count++] = mem_dup(name);
}

static void offer_commands(struct complete *c, const char *start)
{
	size_t count;
	const struct command *table = command_table(&count);

	for (size_t i = 0; i < count; i++)
		offer_name(c, start, table[i].name);
}

static void offer_workflows(struct complete *c, const char *start)
{
	size_t count;
	struct workflow *workflows = workflow_list(&count);

	for (size_t i = 0; i < count; i++)
		if (!workflows[i].refused)
			offer_name(c, start, workflows[i].name);
	workflow_list_free(workflows, count);
}

/* how many leading bytes all names share */
static size_t common_length(const struct complete *c)
{
	size_t n = c->count ? strlen(c->names[0]) : 0;

	for (size_t i = 1; i < c->count; i++) {
		size_t k = 0;

		while (k < n && c->names[i][k] == c->names[0][k])
			k++;
		n = k;
	}
	return n;
}

void complete_find(struct complete *c, const char *typed, size_t n)
{
	char *text = mem_dupn(typed, n);
	int run = strncmp(text, "/run ", 5) == 0;
	const char *start = *text ? text + (run ? 5 : 1) : text;
	struct str insert = { 0 };

	*c = (struct complete){ 0 };
	if ((*text == '/' || *text == '#') && !strpbrk(start, " \t")) {
		if (*text == '/' && !run)
			offer_commands(c, start);
		offer_workflows(c, start);
	}
	str_add(&insert, "");
	if (c->count)
		str_addn(&insert, c->names[0] + strlen(start), common_length(c) - strlen(start));
	if (c->count == 1)
		str_addc(&insert, ' ');
	c->insert = str_take(&insert);
	free(text);
}

void complete_free(struct complete *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->names[i]);
	free(c->names);
	free(c->insert);
}
