/* agent: a model that works with tools until it has an answer */
#include "agent/agent.h"

#include <poll.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "agent/agent_call.h"
#include "base/clock.h"
#include "base/failpoint.h"
#include "db/db.h"
#include "store/usage.h"

/* after a turn: what comes next */
enum step { STEP_ON, STEP_AGAIN, STEP_DONE, STEP_STOPPED, STEP_FAILED };

/* ---- one question ---- */

static int stopped(const struct agent *a)
{
	struct pollfd fd = { .fd = a->options.stop, .events = POLLIN };

	return a->options.stop >= 0 && poll(&fd, 1, 0) > 0;
}

/* whether the caps leave room; what cannot be told counts as no */
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
	agent_output_line("%s: %s; again in %s", die_program(), reason, after);
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

/* what came of a question, in one transaction; message: what the model said, or NULL */
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

/* an answer that is not all that the model had to say */
static void note_cut(struct agent *a, const struct llm_answer *answer)
{
	if (strcmp(answer->finish_reason, "length") == 0)
		agent_output_note(&a->speech,
			"(The answer was cut off at the limit of its length.)");
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

/* ---- all turns are used ---- */

static void add_request(struct agent *a)
{
	cJSON *message = cJSON_CreateObject();
	struct str text = { 0 };

	str_addf(&text,
		"All %lld turns are used. Give the best answer that you have by now, without tools, "
		"and say what is missing.",
		(long long)a->options.max_turns);
	cJSON_AddStringToObject(message, "role", "user");
	cJSON_AddStringToObject(message, "content", text.data);
	cJSON_AddItemToArray(a->messages, message);
	str_free(&text);
}

/* some endpoints take no conversation with calls in it unless the tools are named, others call them even so */
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
