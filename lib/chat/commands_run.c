/* commands_run: starting workflows */
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "chat/commands.h"
#include "notify/acknowledgement.h"
#include "submit/workflow.h"
#include "submit/workflow_start.h"

enum { NAME_CHARACTERS = 40 };

static void say_refused(struct reply *reply, const struct workflow *w)
{
	reply_say_no(reply, "%s cannot be run right now.", w->name);
	if (reply->role == USER_OPERATOR) {
		reply_say(reply, " ");
		reply_say_line(reply, w->refused, strlen(w->refused), 500);
	}
	reply_say(reply, "\n");
}

void commands_started(struct reply *reply, int64_t job, enum workflow_detach detach)
{
	reply->job = job;
	reply->detach = detach;
	reply->runner = 1;
	reply->messages = reply->target != NULL;
	if (reply->named) {
		reply_say(reply, "#%lld — I'll message you when done 🔄\n", (long long)job);
	} else if (detach != WORKFLOW_NEVER) {
		acknowledgement_text(&reply->text, job);
		reply_say(reply, "\n");
	}
	acknowledgement_buttons(&reply->buttons, job);
}

static void record_start(struct reply *reply, const struct workflow *w, const char *name,
	const char *text, int named)
{
	struct str why = { 0 };
	int64_t id = workflow_start_record(&(struct workflow_start){ .user = reply->user,
						   .target = reply->target,
						   .workflow = w,
						   .text = text },
		&why);

	if (id <= 0) {
		reply_say_no(reply, "%s could not be started.\n", w->name);
		warn("cannot start the workflow %s: %s", w->name, why.len ? why.data : "");
	} else {
		reply->named = named;
		if (named)
			reply_say(reply, "Started workflow: %s\n", name);
		commands_started(reply, id, w->detach);
	}
	str_free(&why);
}

int commands_start(struct reply *reply, const char *name, const char *text, int named)
{
	struct workflow w;
	int found = workflow_find(name, &w);

	if (found < 0)
		say_refused(reply, &w);
	else if (found && w.personal && reply->group)
		reply_say_no(reply, "%s reads your private data: start it in a private chat.\n",
			w.name);
	else if (found)
		record_start(reply, &w, name, text, named);
	workflow_free(&w);
	return found != 0;
}

void commands_run(struct reply *reply, const char *argument)
{
	size_t n = strcspn(argument, " \t\n");
	char *name = mem_dupn(argument, n);

	argument += n;
	argument += strspn(argument, " \t\n");
	if (n == 0) {
		reply_say_no(reply, "Run what? Send /run NAME TEXT. /workflows lists the names.\n");
	} else if (!workflow_named(name, n) || !commands_start(reply, name, argument, 0)) {
		reply_say_no(reply, "No workflow ");
		reply_say_line(reply, name, n, NAME_CHARACTERS);
		reply_say(reply, ". /workflows lists them.\n");
	}
	free(name);
}

/* as in the chat's menu: Telegram's commands have no "-" */
static void say_name(struct reply *reply, const char *name)
{
	reply_say(reply, "/");
	for (; *name; name++)
		reply_say(reply, "%c", *name == '-' ? '_' : *name);
}

static void say_workflow(struct reply *reply, const struct workflow *w)
{
	if (w->refused && reply->role != USER_OPERATOR)
		return;
	if (w->refused) {
		reply_say(reply, "✗ %s: ", w->name);
		reply_say_line(reply, w->refused, strlen(w->refused), 500);
	} else {
		say_name(reply, w->name);
		reply_say(reply, " — %s%s%s", w->title, *w->description ? ": " : "",
			w->description);
	}
	reply_say(reply, "\n");
}

void commands_workflows(struct reply *reply, const char *unused)
{
	size_t count;
	struct workflow *list = workflow_list(&count);

	(void)unused;
	for (size_t i = 0; i < count; i++)
		say_workflow(reply, &list[i]);
	if (!reply->text.len)
		reply_say_no(reply, "No workflows are installed.\n");
	workflow_list_free(list, count);
}

void commands_offer(struct reply *reply)
{
	size_t count, named = 0;
	struct workflow *list = workflow_list(&count);

	reply->no = 1;
	reply_say(reply, "I don't know what to do with that.\n");
	for (size_t i = 0; i < count; i++) {
		if (list[i].refused)
			continue;
		reply_say(reply, named++ ? ", " : "I can run ");
		say_name(reply, list[i].name);
	}
	reply_say(reply, "%s/help lists everything else.\n", named ? ".\n" : "");
	if (reply->role == USER_OPERATOR)
		reply_say(reply, "No model is configured to answer free text (BGJOB_LLM_URL).\n");
	workflow_list_free(list, count);
}
