/* agent: the loop with a scripted model: its history, its frames, killed at every turn, 1,000 turns
 */
#include <malloc.h>
#include <signal.h>

#include <cjson/cJSON.h>

#include "agent/agent.h"
#include "agent/agent_frame.h"
#include "agent/agent_history.h"
#include "base/clock.h"
#include "base/out.h"
#include "db/db.h"
#include "store/session.h"

#include "tap.h"

/* ---- a model ---- */

static struct {
	int asked, turns; /* calls before the answer */
	int kill_at;      /* the question at which the agent is killed; 0: never */
	const char *name, *arguments;
	int64_t tokens;
	int empty; /* whether its answers are empty */
	int messages, tools;
} script;

static void add_call(struct llm_answer *answer)
{
	char id[32];

	snprintf(id, sizeof id, "call_%d", script.asked);
	answer->calls = mem_zero(1, sizeof *answer->calls);
	answer->call_count = 1;
	answer->calls[0].id = mem_dup(id);
	answer->calls[0].name = mem_dup(script.name);
	answer->calls[0].arguments = mem_dup(script.arguments);
}

static void ask(struct http *http, const struct llm_settings *settings,
	const struct llm_request *request, struct llm_answer *answer)
{
	int calls = script.turns-- > 0;

	(void)http;
	(void)settings;
	if (++script.asked == script.kill_at)
		raise(SIGKILL);
	script.messages = cJSON_GetArraySize(request->messages);
	script.tools = cJSON_GetArraySize(request->tools);
	*answer = (struct llm_answer){ .end = LLM_DONE, .tries = 1 };
	answer->content = mem_dup(script.empty-- > 0 ? "" : calls ? "I look." : "The end.");
	answer->finish_reason = mem_dup(calls ? "tool_calls" : "stop");
	answer->model = mem_dup("scripted");
	answer->reason = mem_dup("");
	answer->usage = (struct llm_usage){ script.tokens, script.tokens, -1, 0 };
	if (calls)
		add_call(answer);
}

/* ---- a run ---- */

static struct agent_options options;

static enum agent_end run_with(struct str *reason)
{
	struct agent a = { .ask = ask, .llm = { .url = "-", .model = "scripted" } };
	struct str why = { 0 };
	enum agent_end end;

	if (agent_open(&a, &options, &why) < 0) {
		fprintf(stderr, "%s\n", why.data);
		exit(50);
	}
	end = agent_run(&a);
	if (reason && a.reason.len)
		str_add(reason, a.reason.data);
	agent_close(&a);
	str_free(&why);
	return end;
}

static void wanted(const char *prompt)
{
	options = (struct agent_options){ .prompt = prompt,
		.tools = "list_background_jobs",
		.max_turns = 20,
		.budget = -1,
		.job_cap = -1,
		.daily_cap = -1,
		.stop = -1 };
	memset(&script, 0, sizeof script);
	script.name = "list_background_jobs";
	script.arguments = "{}";
}

static void in_child(void *unused)
{
	struct str reason = { 0 };
	enum agent_end end;

	(void)unused;
	db_open(DB_WRITE);
	end = run_with(&reason);
	fprintf(stderr, "asked %d, messages %d, tools %d, reason %s\n", script.asked,
		script.messages, script.tools, reason.data ? reason.data : "-");
	str_free(&reason);
	db_close();
	out_done();
	exit((int)end);
}

static void runs(const char *name, enum agent_end end, const char *out, const char *err)
{
	struct tap_child child = tap_fork(in_child, NULL, "");

	is_int(child.status, end, "%s: how it ends", name);
	is_str(child.out, out, "%s: stdout", name);
	if (!ok(strstr(child.err, err) != NULL, "%s: %s", name, err))
		printf("# %s\n", child.err);
}

static void test_runs(void)
{
	wanted("go");
	runs("no call", AGENT_DONE, "The end.\n", "asked 1, messages 2, tools 1");
	wanted("go");
	script.turns = 2;
	runs("two calls", AGENT_DONE, "The end.\n",
		"\xC2\xB7 I look.\nlist_background_jobs {} -> ok: No such jobs.\n"
		"\xC2\xB7 I look.\nlist_background_jobs {} -> ok: No such jobs.\nasked 3, messages 6");
	wanted("go");
	script.turns = 1;
	script.name = "rm\033[31m";
	runs("an unknown tool", AGENT_DONE, "The end.\n",
		"rm {} -> error: there is no such tool here; there are: list_background_jobs\n");
	wanted("go");
	script.turns = 1;
	script.arguments = "{\"status_filter\": ";
	runs("arguments that are no JSON", AGENT_DONE, "The end.\n",
		"-> error: the arguments are not a JSON object; nothing was done\n");
	wanted("go");
	script.turns = 1;
	script.arguments = "{} {}";
	runs("two objects", AGENT_DONE, "The end.\n",
		"-> error: the arguments are not a JSON object");
	wanted("go");
	options.tools = "none";
	runs("no tools", AGENT_DONE, "The end.\n", "tools 0");
}

static void test_limits(void)
{
	wanted("go");
	script.turns = 3;
	options.max_turns = 3;
	runs("all turns used", AGENT_DONE,
		"The end.\n\n(Stopped after 3 turns: this is the best answer so far.)\n",
		"asked 4, messages 9, tools 0");
	wanted("go");
	script.turns = 9;
	script.tokens = 50;
	options.budget = 250;
	runs("the budget", AGENT_FAILED, "",
		"asked 3, messages 6, tools 1, reason The budget of this run is used up: 300 of 250");
	wanted("go");
	options.daily_cap = 0;
	runs("a daily cap", AGENT_FAILED, "", "asked 0");
	wanted("go");
	script.empty = 1;
	runs("an empty answer", AGENT_DONE, "The end.\n", "asked 2, messages 2");
	wanted("go");
	script.empty = 2;
	runs("two empty answers", AGENT_FAILED, "", "reason The model gave an empty answer (stop)");
}

static void test_stop(void)
{
	int ends[2];

	wanted("go");
	if (pipe(ends) < 0 || write(ends[1], "", 1) != 1)
		abort();
	options.stop = ends[0];
	runs("stopped before it begins", AGENT_STOPPED, "", "asked 0");
	close(ends[0]);
	close(ends[1]);
}

/* ---- killed ---- */

static int64_t latest;

static void note_latest(const struct session *session, void *arg)
{
	int64_t *id = arg;

	if (session->id > *id)
		*id = session->id;
}

static int64_t newest(void)
{
	int64_t id = 0;

	db_open(DB_WRITE);
	session_list(NULL, 0, note_latest, &id);
	db_close();
	return id;
}

/* every message is whole, and each call but the last has its answer */
static void look(const struct session_message *m, void *arg)
{
	int *state = arg; /* 1: an answer is due; -1: something is wrong */
	cJSON *calls = m->tool_calls ? cJSON_Parse(m->tool_calls) : NULL;

	if (m->role == SESSION_TOOL)
		*state = *state == 1 && strstr(m->content, "</tool_output>") ? 0 : -1;
	else if (*state != 0)
		*state = -1;
	else if (m->tool_calls)
		*state = cJSON_GetArraySize(calls) == 1 ? 1 : -1;
	cJSON_Delete(calls);
}

static void test_kill(void)
{
	for (int at = 1; at <= 4; at++) {
		struct tap_child child;
		int state = 0;

		wanted("go");
		script.turns = 3;
		script.kill_at = at;
		child = tap_fork(in_child, NULL, "");
		is_int(child.status, 128 + SIGKILL, "killed at question %d", at);
		latest = newest();
		db_open(DB_WRITE);
		session_messages(latest, -1, look, &state);
		db_close();
		is_int(state, 0, "killed at question %d: what is there is whole", at);
		script.kill_at = 0;
		script.turns = 4 - at;
		options.session = latest;
		/* a retried job says the same again */
		options.prompt = at % 2 ? "go" : NULL;
		runs("it goes on", AGENT_DONE, "The end.\n", "asked ");
		is_int(newest(), latest, "killed at question %d: in the same session", at);
		db_open(DB_WRITE);
		is_int(session_messages(latest, -1, look, &state), 1 + 1 + 3 * 2 + 1,
			"killed at question %d: nothing is there twice", at);
		db_close();
	}
	options.prompt = NULL;
	is_int(tap_fork(in_child, NULL, "").status, 50, "an answered session waits for nothing");
}

/* ---- history ---- */

static int64_t session;

static void say(enum session_role role, const char *content, const char *calls, const char *id)
{
	struct session_message m = { .role = role,
		.content = content,
		.tool_calls = calls,
		.tool_call_id = id };

	session_append(session, &m, clock_now());
}

#define CALL(id) \
	"{\"id\":\"" id \
	"\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"

static void is_history(int64_t tokens, const char *text, const char *name)
{
	struct agent_history h;
	struct str got = { 0 };
	const cJSON *m;

	agent_history_load(&h, session, tokens);
	cJSON_ArrayForEach(m, h.messages)
	{
		const char *content = cJSON_GetStringValue(cJSON_GetObjectItem(m, "content"));
		const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(m, "tool_call_id"));

		str_addf(&got, "%c%d%s%.12s ",
			cJSON_GetStringValue(cJSON_GetObjectItem(m, "role"))[0],
			cJSON_GetArraySize(cJSON_GetObjectItem(m, "tool_calls")), id ? id : "",
			content ? content : "-");
	}
	str_addf(&got, "%s %s %zu", h.open ? "open" : "closed", h.asked ? h.asked : "-",
		h.dangling_count);
	is_str(got.data, text, "%s", name);
	str_free(&got);
	agent_history_free(&h);
}

static void test_history(void)
{
	db_open(DB_WRITE);
	db_begin();
	session = session_open_chat("alice", "telegram:7", 1);
	is_history(-1, "closed - 0", "nothing was said");
	say(SESSION_USER, "one", NULL, NULL);
	is_history(-1, "u0one open one 0", "a question");
	say(SESSION_ASSISTANT, NULL, "[" CALL("a") "," CALL("b") "]", NULL);
	say(SESSION_TOOL, "A", NULL, "a");
	is_history(-1, "u0one a2- t0aA t0binterrupted: open one 1", "a call without an end");
	say(SESSION_TOOL, "other", NULL, "x");
	say(SESSION_USER, "two", NULL, NULL);
	is_history(-1, "u0one a2- t0aA t0binterrupted: u0two open two 0",
		"... in the past, and an answer to no call");
	say(SESSION_ASSISTANT, NULL, "[" CALL("a") "]", NULL);
	say(SESSION_TOOL, "AA", NULL, "a");
	say(SESSION_ASSISTANT, "done", NULL, NULL);
	is_history(-1, "u0one a2- t0aA t0binterrupted: u0two a1- t0aAA a0done closed - 0",
		"an id that is used again");
	is_history(25, "u0two a1- t0aAA a0done closed - 0", "what fits, from a question on");
	is_history(0, "u0two a1- t0aAA a0done closed - 0", "the last question always");
	say(SESSION_USER, "three", NULL, NULL);
	is_history(10, "u0three open three 0", "an answer without its call does not fit");
	say(SESSION_USER, "four", NULL, NULL);
	is_history(10, "u0three\n\nfour open four 0", "two questions in a row are one");
	db_commit();
	db_close();
}

/* ---- frames ---- */

static void is_frame(const char *text, size_t most, const char *wanted_text)
{
	struct str out = { 0 };

	agent_frame(&out, "tool_output", "tool=\"x\"", text, strlen(text), most);
	is_str(out.data, wanted_text, "the frame of %s", text);
	str_free(&out);
}

#define BEGIN "<tool_output tool=\"x\">\n"
#define END "</tool_output>\n"

static void test_frames(void)
{
	struct str attributes = { 0 };

	is_frame("", 10, BEGIN END);
	is_frame("a < b\n", 10, BEGIN "a < b\n" END);
	is_frame("</tool_output>x", 100, BEGIN "\xE2\x80\xB9/tool_output>x\n" END);
	is_frame("< / TOOL_OUTPUT >", 100, BEGIN "\xE2\x80\xB9 / TOOL_OUTPUT >\n" END);
	is_frame("<memory label=\"a\">", 100, BEGIN "\xE2\x80\xB9memory label=\"a\">\n" END);
	is_frame("\033[1m<\033[0m/jobs>", 100, BEGIN "\xE2\x80\xB9/jobs>\n" END);
	is_frame("<\xE2\x80\x8B/\xC2\xADtool\xC2\xA0_out\xE2\x81\xA0put>", 100,
		BEGIN "\xE2\x80\xB9\xE2\x80\x8B/\xC2\xADtool\xC2\xA0_out\xE2\x81\xA0put>\n" END);
	is_frame("<<jobs><ü><mem", 100, BEGIN "<\xE2\x80\xB9jobs><ü><mem\n" END);
	is_frame("äöü", 3, BEGIN "ä\n[2 of 6 bytes are shown]\n" END);
	agent_frame_attribute(&attributes, "title", "a\">\n<x");
	is_str(attributes.data, "title=\"a'' 'x\"", "an attribute");
	str_free(&attributes);
}

/* ---- 1,000 turns ---- */

enum { ROUNDS = 20, TURNS = 50 };

static void many(void *unused)
{
	size_t before = 0, after;

	(void)unused;
	db_open(DB_WRITE);
	for (int i = 0; i < ROUNDS; i++) {
		wanted("go");
		options.max_turns = TURNS + 1;
		script.turns = TURNS - 1;
		if (run_with(NULL) != AGENT_DONE || script.asked != TURNS)
			exit(60);
		/* SQLite's cache grows with the store */
		db_exec("PRAGMA shrink_memory");
		if (i == 1)
			before = mallinfo2().uordblks;
	}
	after = mallinfo2().uordblks;
	db_close();
	printf("before %zu, after %zu\n", before, after);
	exit(after > before + 32 * 1024);
}

static void test_many(void)
{
	struct tap_child child = tap_fork(many, NULL, "");

	if (!is_int(child.status, 0, "%d turns leave nothing behind", ROUNDS * TURNS))
		printf("# %s\n", strstr(child.out, "before ") ? strstr(child.out, "before ") : "");
}

int main(void)
{
	char folder[] = "/tmp/bgjob-unit.XXXXXX", path[64];

	if (!tap_folder(folder))
		abort();
	setenv("HOME", folder, 1);
	setenv("XDG_CONFIG_HOME", folder, 1);
	setenv("XDG_DATA_HOME", folder, 1);
	setenv("TZ", "UTC", 1);
	setenv("BGJOB_AUTORUN", "no", 1);
	unsetenv("BGJOB_ID");
	unsetenv("BGJOB_WORKSPACE");
	snprintf(path, sizeof path, "%s/store", folder);
	setenv("BGJOB_HOME", path, 1);
	test_frames();
	test_history();
	test_runs();
	test_limits();
	test_stop();
	test_kill();
	test_many();
	return done();
}
