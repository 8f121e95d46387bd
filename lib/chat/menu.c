/* menu: the commands that Telegram's clients offer for "/" */
#include "chat/menu.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "chat/command.h"
#include "net/telegram.h"
#include "submit/workflow.h"

enum { ENTRIES = 100, DESCRIPTION = 256 /* UTF-16 units */ }; /* Bot API, "BotCommand" */

struct menu {
	struct telegram_command entries[ENTRIES];
	unsigned count;
};

/* as much as fits, cut between characters; some characters are two UTF-16 units */
static char *cut_description(const char *text)
{
	size_t n = strlen(text), used = 0;
	int units = 0;

	while (used < n) {
		uint32_t cp;
		size_t length = utf8_decode(text + used, n - used, &cp);

		units += cp != UTF8_INVALID && cp > 0xFFFF ? 2 : 1;
		if (units > DESCRIPTION)
			break;
		used += length;
	}
	return mem_dupn(text, used);
}

static int has_entry(const struct menu *m, const char *name)
{
	for (unsigned i = 0; i < m->count; i++)
		if (strcmp(m->entries[i].name, name) == 0)
			return 1;
	return 0;
}

static void add_command(struct menu *m, const char *name, const char *text)
{
	char *copy = mem_dup(name);

	/* Telegram's commands have no "-"; the chat treats "_" as the same */
	for (char *p = copy; *p; p++)
		if (*p == '-')
			*p = '_';
	if (m->count == ENTRIES || has_entry(m, copy)) {
		free(copy);
		return;
	}
	m->entries[m->count].name = copy;
	m->entries[m->count++].description = cut_description(text);
}

/* without /start, which clients send by themselves, and /pair, which only strangers need */
static void add_commands(struct menu *m)
{
	size_t count;
	const struct command *table = command_table(&count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(table[i].name, "start") != 0 && strcmp(table[i].name, "pair") != 0)
			add_command(m, table[i].name, table[i].description);
}

static void add_workflows(struct menu *m)
{
	size_t count;
	struct workflow *list = workflow_list(&count);

	for (size_t i = 0; i < count; i++) {
		const struct workflow *w = &list[i];

		if (!w->refused)
			add_command(m, w->name, *w->description ? w->description : w->title);
	}
	workflow_list_free(list, count);
}

void menu_set(struct telegram *t, struct outcome_call then)
{
	struct menu m = { 0 };

	add_commands(&m);
	add_workflows(&m);
	telegram_set_commands(t, m.entries, m.count, then);
	for (unsigned i = 0; i < m.count; i++) {
		free((char *)(uintptr_t)m.entries[i].name);
		free((char *)(uintptr_t)m.entries[i].description);
	}
}
