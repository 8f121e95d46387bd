/* agent: a model that works with tools until it has an answer */
#include "agent/agent.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "access/access.h"
#include "agent/agent_call.h"
#include "agent/agent_history.h"
#include "agent/agent_prompt.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/failpoint.h"
#include "base/json.h"
#include "base/out.h"
#include "db/db.h"
#include "net/http.h"
#include "store/own_job.h"
#include "store/target.h"
#include "store/usage.h"

enum { ARGUMENTS = 8 };

/* what follows a turn */
enum step { STEP_ON, STEP_AGAIN, STEP_DONE, STEP_STOPPED, STEP_FAILED };

/* ---- the user and the session ---- */

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

/* Telegram's users are numbers; for anybody else the store's owner runs this program */
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
		str_addf(why, "user %s is no longer known", a->session.user);
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

/* ---- tools and limits ---- */

static void add_argument(struct agent *a, size_t *count, const char *name, const char *value)
{
	if (!value)
		return;
	a->arguments[(*count)++] = name;
	a->arguments[(*count)++] = value;
}

/* for the agents of jobs that this one starts */
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

/* ---- the history ---- */

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

/* in one transaction: a reader of the session sees all of it or nothing */
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
	/* an earlier run was killed after it had recorded the prompt */
	if (prompt && h.asked && strcmp(prompt, h.asked) == 0)
		prompt = NULL;
	if (a->session.kind == SESSION_CHAT) {
		a->said = mem_dup(prompt ? prompt : h.asked ? h.asked : "");
		a->context.said = config_yes("BGJOB_CLASSIFY", 0) ? NULL : a->said;
	}
	if (!prompt && !h.open)
		str_addf(why, "session %lld is not waiting for an answer",
			(long long)a->session.id);
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

/* ---- one question ---- */

static int stopped(const struct agent *a)
{
	struct pollfd fd = { .fd = a->options.stop, .events = POLLIN };

	return a->options.stop >= 0 && poll(&fd, 1, 0) > 0;
}

/* whether the caps leave room; an unknown usage counts as no room */
static int may_ask(struct agent *a)
{
	if (a->options.budget >= 0 && a->used >= a->options.budget) {
		str_addf(&a->reason, "The budget of this run is used up: %lld of %lld tokens",
			(long long)a->used, (long long)a->options.budget);
		return 0;
	}
	return usage_allows(NULL, a->context.job, a->options.daily_cap, a->options.job_cap,
		clock_now(), &a->reason);
}

static void on_text(void *arg, const char *text, size_t n)
{
	struct agent *a = arg;

	agent_output_add(&a->speech, text, n);
}

static void on_retry(void *arg, const char *reason, int64_t after_ms)
{
	char after[CLOCK_TEXT];

	(void)arg;
	clock_format_duration(after_ms, after);
	agent_output_line("%s: %s; retrying in %s", die_program(), reason, after);
}

static int on_tick(void *arg)
{
	struct agent *a = arg;

	return agent_typing_tick(&a->typing);
}

static void count_usage(struct agent *a, const struct llm_answer *answer, int64_t now)
{
	struct usage usage = { .session = a->session.id,
		.job = a->context.job,
		.attempt = a->attempt,
		.user = a->context.user,
		.model = *answer->model ? answer->model : a->llm.model,
		.prompt = answer->usage.prompt_tokens,
		.completion = answer->usage.completion_tokens,
		.cost_nano = answer->usage.cost_nano,
		.estimated = answer->usage.estimated };

	if (usage.prompt + usage.completion <= 0 && usage.cost_nano <= 0)
		return;
	usage_add(&usage, now);
	a->used += usage.prompt + usage.completion;
}

/* usage and answer, in one transaction; message: what the model said, or NULL */
static void record_answer(struct agent *a, const struct llm_answer *answer, const cJSON *message)
{
	const cJSON *calls = cJSON_GetObjectItem(message, "tool_calls");
	char *text = calls ? cJSON_PrintUnformatted(calls) : NULL;
	struct session_message row = { .role = SESSION_ASSISTANT,
		.content = answer->content,
		.tool_calls = text };
	int64_t now = clock_now();

	if (calls && !text)
		die_system("out of memory");
	db_begin();
	count_usage(a, answer, now);
	if (message) {
		session_turn(a->session.id);
		session_append(a->session.id, &row, now);
	}
	db_commit();
	cJSON_free(text);
	failpoint("agent-recorded");
}

static void ask(struct agent *a, const cJSON *tools, const char *choice, struct llm_answer *answer)
{
	struct llm_request request = { .messages = a->messages,
		.tools = tools,
		.tool_choice = choice,
		.deadline = a->deadline,
		.stop_fd = a->options.stop,
		.text = a->speech.live ? on_text : NULL,
		.retry = on_retry,
		.tick = a->typing.telegram ? on_tick : NULL,
		.arg = a };

	a->ask(a->http, &a->llm, &request, answer);
	failpoint("agent-asked");
}

static enum step why_none(struct agent *a, const struct llm_answer *answer)
{
	str_add(&a->reason, answer->reason);
	return answer->end == LLM_STOPPED ? STEP_STOPPED : STEP_FAILED;
}

/* ---- one turn ---- */

/* a note if the answer was cut off */
static void note_cut(struct agent *a, const struct llm_answer *answer)
{
	if (strcmp(answer->finish_reason, "length") == 0)
		agent_output_note(&a->speech, "(The answer was cut off at its length limit.)");
	else if (strcmp(answer->finish_reason, "content_filter") == 0)
		agent_output_note(&a->speech, "(The answer was cut off by the model's filter.)");
}

static enum step carry_on(struct agent *a, const struct llm_answer *answer)
{
	agent_output_aside(&a->speech, answer->content);
	for (size_t i = 0; i < answer->call_count; i++) {
		if (stopped(a))
			return STEP_STOPPED;
		agent_call(a, &answer->calls[i]);
	}
	return stopped(a) ? STEP_STOPPED : STEP_ON;
}

static enum step take_turn(struct agent *a, int again)
{
	struct llm_answer answer = { 0 };
	cJSON *message = NULL;
	enum step step = STEP_DONE;

	if (!may_ask(a))
		return STEP_FAILED;
	ask(a, a->tools, NULL, &answer);
	if (answer.end == LLM_DONE && (*answer.content || answer.call_count))
		message = llm_answer_message(&answer);
	record_answer(a, &answer, message);
	if (answer.end != LLM_DONE) {
		step = why_none(a, &answer);
	} else if (!message && !again) {
		step = STEP_AGAIN;
	} else if (!message) {
		str_addf(&a->reason, "The model gave an empty answer (%s)", answer.finish_reason);
		step = STEP_FAILED;
	} else if (answer.call_count) {
		cJSON_AddItemToArray(a->messages, message);
		message = NULL;
		step = carry_on(a, &answer);
	} else {
		agent_output_answer(&a->speech, answer.content);
		note_cut(a, &answer);
	}
	cJSON_Delete(message);
	llm_answer_free(&answer);
	return step;
}

/* ---- all turns are used up ---- */

static void add_request(struct agent *a)
{
	cJSON *message = cJSON_CreateObject();
	struct str text = { 0 };

	str_addf(&text,
		"All %lld turns are used up. Give the best answer you have so far, without tools, and "
		"say what is missing.",
		(long long)a->options.max_turns);
	cJSON_AddStringToObject(message, "role", "user");
	cJSON_AddStringToObject(message, "content", text.data);
	cJSON_AddItemToArray(a->messages, message);
	str_free(&text);
}

/*
 * some endpoints refuse a conversation with calls in it if no tools are given; others call tools
 * anyway
 */
static void ask_without_tools(struct agent *a, struct llm_answer *answer)
{
	enum { BAD_REQUEST = 400 };

	ask(a, NULL, NULL, answer);
	if (answer->end != LLM_FAILED || answer->status != BAD_REQUEST || a->speech.begun)
		return;
	record_answer(a, answer, NULL);
	llm_answer_free(answer);
	*answer = (struct llm_answer){ 0 };
	ask(a, a->tools, "none", answer);
}

static enum step take_last(struct agent *a)
{
	struct llm_answer answer = { 0 };
	struct str note = { 0 };
	cJSON *message = NULL;
	enum step step = STEP_DONE;

	if (!may_ask(a))
		return STEP_FAILED;
	add_request(a);
	a->speech.final = 1;
	ask_without_tools(a, &answer);
	if (answer.end == LLM_DONE && *answer.content)
		message = cJSON_CreateObject();
	record_answer(a, &answer, message);
	cJSON_Delete(message);
	if (answer.end != LLM_DONE) {
		step = why_none(a, &answer);
	} else {
		agent_output_answer(&a->speech, answer.content);
		str_addf(&note, "(Stopped after %lld turns: %s.)", (long long)a->options.max_turns,
			*answer.content ? "this is the best answer so far"
					: "the model has no answer yet");
		agent_output_note(&a->speech, note.data);
	}
	str_free(&note);
	llm_answer_free(&answer);
	return step;
}

/* ---- the end ---- */

static void end_session(struct agent *a, enum session_status status)
{
	if (a->session.kind == SESSION_CHAT && status == SESSION_DONE)
		return;
	db_begin_light();
	session_end(a->session.id, status, a->reason.len ? a->reason.data : NULL, clock_now());
	db_commit_light();
}

enum agent_end agent_run(struct agent *a)
{
	enum step step = STEP_ON;
	int64_t turn;

	for (turn = 0; turn < a->options.max_turns && step <= STEP_AGAIN; turn++)
		step = stopped(a) ? STEP_STOPPED : take_turn(a, step == STEP_AGAIN);
	if (step <= STEP_AGAIN)
		step = take_last(a);
	agent_output_end(&a->speech);
	switch (step) {
	case STEP_STOPPED:
		str_clear(&a->reason);
		str_add(&a->reason, "stopped");
		end_session(a, SESSION_STOPPED);
		return AGENT_STOPPED;
	case STEP_FAILED: end_session(a, SESSION_FAILED); return AGENT_FAILED;
	default: end_session(a, SESSION_DONE); return AGENT_DONE;
	}
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
