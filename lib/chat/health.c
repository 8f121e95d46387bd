/* health: what is wrong with the operator's workflows and intents */
#include "chat/health.h"

#include <string.h>

#include "base/str.h"
#include "chat/intent.h"
#include "chat/workflow.h"

static int look_at_workflows(void (*line)(int ok, const char *name, const char *text))
{
	struct str text = { 0 };
	int refused = 0;
	size_t count;
	struct workflow *list = workflow_list(&count);

	for (size_t i = 0; i < count; i++) {
		if (!list[i].refused)
			continue;
		refused++;
		str_clear(&text);
		str_addf(&text, "%s is refused: %s", list[i].name, list[i].refused);
		line(0, "workflows", text.data);
	}
	if (!refused) {
		str_addf(&text, "%zu may be run", count);
		line(1, "workflows", text.data);
	}
	str_free(&text);
	workflow_list_free(list, count);
	return refused;
}

static int look_at_intents(void (*line)(int ok, const char *name, const char *text))
{
	struct str problems = { 0 };
	int wrong = 0;

	str_add(&problems, "");
	intents_free(intents_load(&problems));
	for (char *at = problems.data; *at;) {
		size_t n = strcspn(at, "\n");
		char *next = at + n + (at[n] == '\n');

		at[n] = '\0';
		line(0, "intents", at);
		wrong++;
		at = next;
	}
	if (!wrong)
		line(1, "intents", "every line can be read");
	str_free(&problems);
	return wrong;
}

int health_look(void (*line)(int ok, const char *name, const char *text))
{
	return look_at_workflows(line) + look_at_intents(line);
}
