/* agent_open: whose run it is, in which session, with which tools */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "access/access.h"
#include "agent/agent.h"
#include "agent/agent_call.h"
#include "agent/agent_history.h"
#include "agent/agent_prompt.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/json.h"
#include "base/out.h"
#include "db/db.h"
#include "net/http.h"
#include "store/own_job.h"
#include "store/target.h"

enum { ARGUMENTS = 8 };

/* ---- whose ---- */

static int find_session(struct agent *a, int64_t job, const struct job *own, struct str *why)
{
	const char *key;

	if (a->options.session) {
		if (session_get(a->options.session, &a->session) < 0) {
			str_addf(why, "no session %lld", (long long)a->options.session);
			return -1;
		}
		key = a->session.kind == SESSION_CHAT ? a->session.key : NULL;
		key = key && a->session.user ? key + strlen(a->session.user) : "";
		if (*key == ' ' && key[1])
			a->target = mem_dup(key + 1);
	} else {
		a->session.kind = SESSION_AGENT;
		a->session.parent = a->options.parent;
		a->session.job = job;
		a->session.user = mem_dup(own->user);
	}
	if (!a->session.user || !*a->session.user) {
		free(a->session.user);
		a->session.user = mem_dup(access_owner());
	}
	return 0;
}

/* Telegram's users are numbers; everybody else is somebody that the owner of the store speaks for */
static enum user_role role_of(const struct agent *a)
{
	const char *user = a->session.user;

	if (a->target && target_is_telegram(a->target) &&
		strspn(user, "0123456789") == strlen(user))
		return access_telegram(user);
	return access_local(user);
}

static int find_user(struct agent *a, struct str *why)
{
	struct job own;
	int64_t job = own_job_get(&own);
	int status = find_session(a, job, &own, why);

	if (job) {
		a->attempt = own.attempt;
		if (own.timeout_ms >= 0)
			a->deadline = clock_boot() + own.started_at + own.timeout_ms - clock_now();
	}
	job_free(&own);
	if (status < 0)
		return -1;
	tool_context_init(&a->context, a->session.user, role_of(a));
	if (a->context.role == USER_STRANGER) {
		str_addf(why, "user %s is not known any more", a->session.user);
		return -1;
	}
	tool_context_in_job(&a->context, job);
	if (a->session.kind == SESSION_AGENT)
		a->context.depth = 1;
	a->context.session = a->session.id;
	a->context.target = a->target;
	a->context.stop = a->options.stop;
	return 0;
}

/* ---- with what ---- */

static void add_argument(struct agent *a, size_t *count, const char *name, const char *value)
{
	if (!value)
		return;
	a->arguments[(*count)++] = name;
	a->arguments[(*count)++] = value;
}

/* what agents of jobs that are started here are told */
static void set_arguments(struct agent *a)
{
	size_t count = 0;

	a->arguments = mem_zero(ARGUMENTS + 1, sizeof(*a->arguments));
	str_addf(&a->argument_texts, "%lld", (long long)a->session.id);
	if (a->session.kind == SESSION_CHAT)
		add_argument(a, &count, "--parent", a->argument_texts.data);
	add_argument(a, &count, "--model", a->options.model);
	add_argument(a, &count, "--workspace", a->options.workspace);
	a->context.agent = a->arguments;
}

static int set_workspace(struct agent *a, struct str *why)
{
	struct str problem = { 0 };
	int status = 0;

	if (workspace_open(&a->workspace, a->session.user, a->options.workspace, &problem) == 0) {
		a->context.workspace = &a->workspace;
	} else if (a->options.workspace) {
		str_addf(why, "%s", problem.data);
		status = -1;
	} else {
		warn("no files for the model: %s", problem.data);
	}
	str_free(&problem);
	return status;
}

static int set_tools(struct agent *a, struct str *why)
{
	const char *names = a->options.tools;

	if (set_workspace(a, why) < 0)
		return -1;
	set_arguments(a);
	if (!names || strcmp(names, "none") != 0) {
		a->offered = tool_list(names, &a->context, &a->offered_count, why);
		if (!a->offered)
			return -1;
	}
	a->tools = agent_call_tools(a);
	return 0;
}

/* ---- what was said ---- */

static void add_system(struct agent *a, const char *text)
{
	cJSON *message = cJSON_CreateObject();

	cJSON_AddStringToObject(message, "role", "system");
	json_add_text(message, "content", text);
	cJSON_InsertItemInArray(a->messages, 0, message);
}

static void append(struct agent *a, enum session_role role, const char *content, const char *call)
{
	struct session_message row = { .role = role, .content = content, .tool_call_id = call };

	session_append(a->session.id, &row, clock_now());
}

/* in one transaction: who reads the session finds all of this or nothing */
static void record_opening(struct agent *a, const struct agent_history *h, const char *system,
	const char *prompt)
{
	int64_t now = clock_now();

	db_begin();
	if (!a->session.id) {
		a->session.id = session_open_agent(a->session.user, a->session.job, a->attempt,
			a->session.parent, a->llm.model, now);
		append(a, SESSION_SYSTEM, system, NULL);
	} else if (a->session.status != SESSION_ACTIVE) {
		session_end(a->session.id, SESSION_ACTIVE, NULL, now);
	}
	for (size_t i = 0; i < h->dangling_count; i++)
		append(a, SESSION_TOOL, AGENT_HISTORY_INTERRUPTED, h->dangling[i]);
	if (prompt)
		append(a, SESSION_USER, prompt, NULL);
	db_commit();
	a->context.session = a->session.id;
}

static int64_t room(const struct agent *a)
{
	return a->session.kind == SESSION_CHAT ? AGENT_HISTORY_TOKENS : -1;
}

static int set_messages(struct agent *a, struct str *why)
{
	const char *prompt = a->options.prompt;
	struct agent_history h;
	struct str system = { 0 };
	int status = -1;

	agent_history_load(&h, a->session.id, room(a));
	/* asked again by a run that was killed and begins anew */
	if (prompt && h.asked && strcmp(prompt, h.asked) == 0)
		prompt = NULL;
	if (a->session.kind == SESSION_CHAT) {
		a->said = mem_dup(prompt ? prompt : h.asked ? h.asked : "");
		a->context.said = config_yes("BGJOB_CLASSIFY", 0) ? NULL : a->said;
	}
	if (!prompt && !h.open)
		str_addf(why, "session %lld waits for no answer", (long long)a->session.id);
	else
		status = agent_prompt(&system, a, why);
	if (status == 0) {
		record_opening(a, &h, system.data, prompt);
		a->messages = h.messages;
		h.messages = NULL;
		add_system(a, system.data);
		if (prompt)
			agent_history_say(a->messages, prompt);
	}
	agent_history_free(&h);
	str_free(&system);
	return status;
}

int agent_open(struct agent *a, const struct agent_options *options, struct str *why)
{
	a->options = *options;
	a->context.stop = -1;
	if (!a->ask)
		a->ask = llm_ask;
	if (agent_prompt_memory_valid(options->memory, why) < 0 || find_user(a, why) < 0 ||
		set_tools(a, why) < 0 || set_messages(a, why) < 0)
		return -1;
	a->llm.max_tokens = options->max_tokens;
	a->speech.live = out_tty() || (a->session.kind == SESSION_CHAT && !options->typing);
	a->http = http_new();
	if (options->typing)
		agent_typing_start(&a->typing, a->http, options->typing);
	return 0;
}

void agent_close(struct agent *a)
{
	http_free(a->http);
	agent_typing_free(&a->typing);
	agent_output_free(&a->speech);
	cJSON_Delete(a->messages);
	cJSON_Delete(a->tools);
	free(a->offered);
	free(a->arguments);
	str_free(&a->argument_texts);
	workspace_close(&a->workspace);
	session_free(&a->session);
	free(a->target);
	free(a->said);
	str_free(&a->reason);
}
