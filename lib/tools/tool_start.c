/* tool_start: the tools that start jobs */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/die.h"
#include "base/text.h"
#include "db/db.h"
#include "notify/acknowledgement.h"
#include "service/paths.h"
#include "service/runner.h"
#include "submit/workflow_start.h"
#include "tools/tool_arguments.h"
#include "tools/tool_table.h"
#include "tools/tool_text.h"

enum { LABEL_CHARACTERS = 60 };

static int64_t record_job(const struct tool_context *c, const struct workflow *w,
	const char *const *arguments, const char *input, struct str *why)
{
	struct str conversation = { 0 };
	struct workflow_start s = { .user = c->user,
		.target = c->target,
		.workflow = w,
		.arguments = arguments,
		.text = input,
		.conversation = c->conversation,
		.most = TOOL_JOBS_AT_ONCE };
	int64_t id;

	if (c->session)
		str_addf(&conversation, "session %lld", (long long)c->session);
	else
		str_addf(&conversation, "user %s", c->user);
	if (!s.conversation)
		s.conversation = conversation.data;
	db_begin();
	id = workflow_start_record(&s, why);
	/* the user is told at once, whatever the model says about it later */
	if (id > 0)
		acknowledgement_queue(c->target, id, clock_now());
	db_commit();
	str_free(&conversation);
	return id;
}

static int start_as_job(struct tool_context *c, const struct workflow *w,
	const char *const *arguments, const char *input, struct str *text, cJSON **structured)
{
	struct str why = { 0 };
	int64_t id = record_job(c, w, arguments, input, &why);
	int runs;

	if (id == WORKFLOW_START_FULL)
		str_addf(text,
			"%d jobs of this conversation have not ended, and that is the limit: wait "
			"for one of them, or cancel one.",
			TOOL_JOBS_AT_ONCE);
	else if (id == 0)
		str_addf(text, "It could not be started: %s.", why.data);
	str_free(&why);
	if (id <= 0)
		return -1;
	runs = runner_ensure();
	if (c->target)
		runner_ensure_notifier();
	str_addf(text, "Started as background job #%lld%s. ", (long long)id,
		runs ? "" : "; it is waiting: no runner is alive");
	str_add(text,
		c->target
			? "The user has been told, and will be told when it ends; do not wait for it."
			: "No message is sent when it ends: show_background_job then has its result.");
	*structured = cJSON_CreateObject();
	cJSON_AddNumberToObject(*structured, "job_id", (double)id);
	cJSON_AddStringToObject(*structured, "type", w->name);
	cJSON_AddStringToObject(*structured, "status", "queued");
	/* some clients show the model only the structured result */
	cJSON_AddStringToObject(*structured, "message", text->data);
	return 0;
}

static char folded(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c == '-' || c == '_' || c == '\n' ? ' ' : c;
}

/* whether the name occurs in what was said, as a word: "disk usage" counts as disk-usage */
static int is_said(const char *said, const char *name)
{
	char before = ' ';

	for (; *said; before = *said++) {
		size_t n = 0;

		if (isalnum((unsigned char)before))
			continue;
		while (name[n] && folded(said[n]) == folded(name[n]))
			n++;
		if (!name[n] && !isalnum((unsigned char)said[n]))
			return 1;
	}
	return 0;
}

/* label NULL: the workflow's title */
static int start_workflow(struct tool_context *c, const char *name, const char *input,
	const char *label, struct str *text, cJSON **structured)
{
	struct workflow w;
	int found = workflow_find(name, &w), status;

	if (found > 0 && c->said && !is_said(c->said, w.name)) {
		status = tool_text_refuse(text,
			"The user has not asked for the workflow %s by name, so it was not started. "
			"Answer without it, or tell them how to start it: /%s TEXT.",
			name, name);
	} else if (found > 0) {
		if (label) {
			free(w.title);
			w.title = mem_dup(label);
		}
		status = start_as_job(c, &w, NULL, input, text, structured);
	} else {
		if (found < 0)
			warn("the workflow %s is refused: %s", name, w.refused);
		status = tool_text_refuse(text,
			found < 0 ? "%s cannot be run at the moment."
				  : "There is no workflow %s. These are installed:",
			name);
		if (found == 0)
			tool_text_workflows(text);
	}
	workflow_free(&w);
	return status;
}

/* one clean line of at most LABEL_CHARACTERS, maybe ""; the caller frees it */
static char *make_label(const char *words)
{
	struct str label = { 0 };

	text_line(&label, words, strlen(words), LABEL_CHARACTERS, TEXT_CHARACTERS);
	return str_take(&label);
}

/* bgjob-agent with the arguments of the context; it reads the prompt from its stdin */
static int start_agent(struct tool_context *c, const char *prompt, char *label, struct str *text,
	cJSON **structured)
{
	char *path = mem_dup(paths_program("bgjob-agent"));
	struct workflow w = { .name = (char *)"agent",
		.path = path,
		.title = *label ? label : (char *)"agent",
		.timeout_ms = CLOCK_HOUR };
	const char **arguments = NULL;
	size_t n = 0;
	int status = -1;

	while (c->agent && c->agent[n])
		n++;
	arguments = mem_zero(n + 2, sizeof(*arguments));
	for (size_t i = 0; i < n; i++)
		arguments[i] = c->agent[i];
	arguments[n] = "-";
	if (!config_get("BGJOB_LLM_URL"))
		tool_text_refuse(text,
			"No model is configured for background jobs (BGJOB_LLM_URL): "
			"name a workflow.");
	else if (access(path, X_OK) < 0)
		tool_text_refuse(text, "bgjob-agent is not installed: name a workflow.");
	else
		status = start_as_job(c, &w, arguments, prompt, text, structured);
	free(arguments);
	free(path);
	return status;
}

TOOLS_RUN(start_job)
{
	const char *workflow = tool_argument_text(arguments, "workflow", NULL);
	const char *prompt = tool_argument_text(arguments, "prompt", "");
	const char *words = tool_argument_text(arguments, "label", NULL);
	char *label = make_label(words ? words : prompt);
	int status;

	if (workflow)
		status = start_workflow(c, workflow, prompt, words && *label ? label : NULL, text,
			structured);
	else
		status = start_agent(c, prompt, label, text, structured);
	free(label);
	return status;
}

TOOLS_RUN(run_workflow)
{
	const char *name = tool_argument_text(arguments, "name", NULL);

	if (name)
		return start_workflow(c, name, tool_argument_text(arguments, "text", ""), NULL,
			text, structured);
	str_add(text, "These workflows are installed:");
	tool_text_workflows(text);
	return 0;
}
