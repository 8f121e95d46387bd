/* commands_run: starting workflows */
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "chat/commands.h"
#include "submit/workflow_start.h"
#include "submit/workflow.h"

enum { NAME_CHARACTERS = 40 };

static void say_refused(struct turn *t, const struct workflow *w)
{
	turn_say_no(t, "%s cannot be run at the moment.", w->name);
	if (t->role == USER_OPERATOR) {
		turn_say(t, " ");
		turn_say_line(t, w->refused, strlen(w->refused), 500);
	}
	turn_say(t, "\n");
}

void commands_started(struct turn *t, int64_t job, enum workflow_detach detach)
{
	t->job = job;
	t->detach = detach;
	t->runner = 1;
	t->messages = t->target != NULL;
	if (t->named)
		turn_say(t, "#%lld — I'll message you when done 🔄\n", (long long)job);
	else if (detach != WORKFLOW_NEVER)
		turn_say(t, "Started — I'll message you when done 🔄 #%lld\n", (long long)job);
	turn_button(t, "Cancel", "/cancel", job);
	turn_button(t, "Status", "/job", job);
}

static void record(struct turn *t, const struct workflow *w, const char *name, const char *text,
	int named)
{
	struct str why = { 0 };
	int64_t id = start_record(&(struct start){ .user = t->user,
					  .target = t->target,
					  .workflow = w,
					  .text = text },
		&why);

	if (id <= 0) {
		turn_say_no(t, "%s could not be started.\n", w->name);
		warn("cannot start the workflow %s: %s", w->name, why.len ? why.data : "");
	} else {
		t->named = named;
		if (named)
			turn_say(t, "Started workflow: %s\n", name);
		commands_started(t, id, w->detach);
	}
	str_free(&why);
}

int commands_start(struct turn *t, const char *name, const char *text, int named)
{
	struct workflow w;
	int found = workflow_find(name, &w);

	if (found < 0)
		say_refused(t, &w);
	else if (found && w.personal && t->group)
		turn_say_no(t, "%s looks into what is yours alone: say it in a chat with me.\n",
			w.name);
	else if (found)
		record(t, &w, name, text, named);
	workflow_free(&w);
	return found != 0;
}

void commands_run(struct turn *t, const char *argument)
{
	size_t n = strcspn(argument, " \t\n");
	char *name = mem_dupn(argument, n);

	argument += n;
	argument += strspn(argument, " \t\n");
	if (n == 0) {
		turn_say_no(t, "Say what to run: /run NAME TEXT. /workflows lists the names.\n");
	} else if (!workflow_named(name, n) || !commands_start(t, name, argument, 0)) {
		turn_say_no(t, "No workflow ");
		turn_say_line(t, name, n, NAME_CHARACTERS);
		turn_say(t, ". /workflows lists them.\n");
	}
	free(name);
}

/* as a chat's menu shows it: Telegram's commands have no "-" */
static void say_name(struct turn *t, const char *name)
{
	turn_say(t, "/");
	for (; *name; name++)
		turn_say(t, "%c", *name == '-' ? '_' : *name);
}

static void say_workflow(struct turn *t, const struct workflow *w)
{
	if (w->refused && t->role != USER_OPERATOR)
		return;
	if (w->refused) {
		turn_say(t, "✗ %s: ", w->name);
		turn_say_line(t, w->refused, strlen(w->refused), 500);
	} else {
		say_name(t, w->name);
		turn_say(t, " — %s%s%s", w->title, *w->description ? ": " : "", w->description);
	}
	turn_say(t, "\n");
}

void commands_workflows(struct turn *t, const char *unused)
{
	size_t count;
	struct workflow *list = workflow_list(&count);

	(void)unused;
	for (size_t i = 0; i < count; i++)
		say_workflow(t, &list[i]);
	if (!t->text.len)
		turn_say_no(t, "No workflows are installed.\n");
	workflow_list_free(list, count);
}

void commands_offer(struct turn *t)
{
	size_t count, named = 0;
	struct workflow *list = workflow_list(&count);

	t->no = 1;
	turn_say(t, "I don't know what to do with that.\n");
	for (size_t i = 0; i < count; i++) {
		if (list[i].refused)
			continue;
		turn_say(t, named++ ? ", " : "I can run ");
		say_name(t, list[i].name);
	}
	turn_say(t, "%s/help shows what else there is.\n", named ? ".\n" : "");
	if (t->role == USER_OPERATOR)
		turn_say(t, "No model is configured that could answer (BGJOB_LLM_URL).\n");
	workflow_list_free(list, count);
}
