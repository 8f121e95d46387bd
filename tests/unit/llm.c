/* llm: what is asked, repeated, dropped and counted, against a scripted server. "llm ask [show]
 * PROMPT [TOOLS]" asks the configured model, for tests/llm.t. */
#include "net/llm.h"

#include <arpa/inet.h>
#include <cjson/cJSON.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/json.h"
#include "net/http.h"
#include "tap.h"

#define KEY "sk-never_to-BE_seen"
#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
#define PIECE(text) "data: {\"choices\":[{\"delta\":{\"content\":\"" text "\"}}]}\n\n"
#define FINISH "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define USAGE "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}\n\n"
#define NOTHING_USED \
	"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}}\n\n"
#define DONE "data: [DONE]\n\n"
#define GOOD HEAD PIECE("Good") FINISH USAGE DONE
#define ERROR(status, more, body) "HTTP/1.1 " status " X\r\nConnection: close\r\n" more "\r\n" body

/* One answer of the server, to one connection. */
struct said {
	const char *bytes;
	int hold; /* the connection stays open until the client closes it: "dropped" is reported */
	int stop; /* then the stop descriptor is made readable */
};

static struct {
	pid_t pid;
	int port;
	int requests; /* the bodies that arrived, each with a newline, and "dropped" */
	int stop[2];
} server;

static struct http *http;
static struct str shown, retries;
static int ticks;

static void say(int fd, const char *text)
{
	for (size_t n = strlen(text); n > 0;) {
		ssize_t written = write(fd, text, n);

		if (written <= 0)
			break;
		text += written;
		n -= (size_t)written;
	}
}

/* Reports the request line and the body. Both are small. */
static void hear(int fd, int report)
{
	char text[20000];
	size_t n = 0, wanted = sizeof text - 2;
	ssize_t came;

	while (n < wanted && (came = read(fd, text + n, wanted - n)) > 0) {
		char *end, *size;

		n += (size_t)came;
		text[n] = '\0';
		end = strstr(text, "\r\n\r\n");
		size = strcasestr(text, "content-length:");
		if (end && size)
			wanted = (size_t)(end + 4 - text) + strtoul(size + 15, NULL, 10);
	}
	text[n++] = '\n';
	text[n] = '\0';
	say(report, text);
}

_Noreturn static void serve(int listening, int report, const struct said *said)
{
	for (; said->bytes; said++) {
		int fd = accept(listening, NULL, NULL);
		char rest[100];

		if (fd < 0)
			abort();
		hear(fd, report);
		say(fd, said->bytes);
		if (said->stop)
			say(server.stop[1], "x");
		if (said->hold) {
			while (read(fd, rest, sizeof rest) > 0)
				continue;
			say(report, "dropped\n");
		}
		close(fd);
	}
	close(listening);
	close(report);
	_exit(0);
}

static void start(const struct said *said)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), report[2];

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (void *)&at, sizeof at) < 0 || listen(fd, 5) < 0 ||
		getsockname(fd, (void *)&at, &size) < 0 || pipe(report) < 0 ||
		pipe(server.stop) < 0)
		abort();
	server.port = ntohs(at.sin_port);
	server.requests = report[0];
	fflush(NULL);
	server.pid = fork();
	if (server.pid == 0) {
		signal(SIGPIPE, SIG_IGN);
		close(report[0]);
		serve(fd, report[1], said);
	}
	close(fd);
	close(report[1]);
}

/* What the server has received. The caller frees it. */
static char *finish(void)
{
	struct str heard = { 0 };
	char part[4096];
	ssize_t n;

	str_add(&heard, "");
	while ((n = read(server.requests, part, sizeof part)) > 0)
		str_addn(&heard, part, (size_t)n);
	waitpid(server.pid, NULL, 0);
	close(server.requests);
	close(server.stop[0]);
	close(server.stop[1]);
	return str_take(&heard);
}

static void on_text(void *arg, const char *text, size_t n)
{
	(void)arg;
	str_addn(&shown, text, n);
}

static void on_retry(void *arg, const char *reason, int64_t after_ms)
{
	(void)arg;
	str_addf(&retries, "%s;", reason);
	if (after_ms <= 0)
		str_add(&retries, "at once");
}

static int on_tick(void *arg)
{
	(void)arg;
	ticks++;
	return 20;
}

/* A question and what is special about it. */
struct trial {
	struct said said[6];
	struct llm_settings settings;
	struct llm_request request;
	int show, may_wait_ms;
	const char *path, *prompt;
};

static struct cJSON *messages(const char *prompt)
{
	cJSON *list = cJSON_CreateArray(), *message = cJSON_CreateObject();

	json_add_text(message, "role", "user");
	json_add_text(message, "content", prompt);
	cJSON_AddItemToArray(list, message);
	return list;
}

/* Runs it. *heard, which the caller frees, is what the server received; may be NULL. */
static struct llm_answer run(struct trial t, char **heard)
{
	struct llm_answer answer;
	cJSON *list = messages(t.prompt ? t.prompt : "Hello");
	struct str url = { 0 };
	char *text;

	str_clear(&shown);
	str_clear(&retries);
	ticks = 0;
	start(t.said);
	str_addf(&url, "http://127.0.0.1:%d%s", server.port, t.path ? t.path : "/v1");
	t.settings.url = url.data;
	t.settings.key = KEY;
	t.settings.model = "a-model";
	t.request.messages = list;
	t.request.stop_fd = server.stop[0];
	t.request.text = t.show ? on_text : NULL;
	t.request.retry = on_retry;
	if (t.may_wait_ms)
		t.request.deadline = clock_boot() + t.may_wait_ms;
	llm_ask(http, &t.settings, &t.request, &answer);
	text = finish();
	if (heard)
		*heard = text;
	else
		free(text);
	cJSON_Delete(list);
	str_free(&url);
	return answer;
}

static int count_of(const char *text, const char *part)
{
	int n = 0;

	for (text = strstr(text, part); text; text = strstr(text + 1, part))
		n++;
	return n;
}

static void test_question(void)
{
	cJSON *tools = cJSON_Parse("[{\"type\":\"function\",\"function\":{\"name\":\"get\"}}]");
	char *heard;
	struct llm_answer a = run((struct trial){ .said = { { .bytes = GOOD } } }, &heard);

	is_int(a.end, LLM_DONE, "an answer");
	is_str(a.content, "Good", "its text");
	is_str(a.finish_reason, "stop", "why it ends");
	is_str(a.reason, "", "nothing is wrong");
	ok(a.usage.prompt_tokens == 7 && a.usage.completion_tokens == 3 && !a.usage.estimated &&
			a.usage.cost_nano == -1,
		"what it costs");
	ok(a.tries == 1 && a.status == 200 && a.call_count == 0, "at the first try");
	ok(strstr(heard, "POST /v1/chat/completions HTTP/1.1\r\n") == heard, "where it was asked");
	ok(strstr(heard, "\r\nAuthorization: Bearer " KEY "\r\n") != NULL, "with the key");
	ok(strstr(heard,
		   "\r\n\r\n{\"model\":\"a-model\",\"messages\":[{\"role\":\"user\","
		   "\"content\":\"Hello\"}],\"stream\":true,"
		   "\"stream_options\":{\"include_usage\":true}}\n") != NULL,
		"the question");
	free(heard);
	llm_answer_free(&a);
	llm_answer_free(&a);
	a = run((struct trial){ .said = { { .bytes = GOOD } },
			.path = "/deep/?version=1",
			.settings.max_tokens = 5,
			.request = { .tools = tools, .tool_choice = "auto" } },
		&heard);
	ok(strstr(heard, "POST /deep/chat/completions?version=1 HTTP") == heard,
		"a URL with a query");
	ok(strstr(heard,
		   "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get\"}}],"
		   "\"tool_choice\":\"auto\",\"max_tokens\":5,") != NULL,
		"tools and a limit");
	free(heard);
	llm_answer_free(&a);
	cJSON_Delete(tools);
}

static void test_open_ends(void)
{
	struct llm_answer a =
		run((struct trial){ .said = { { .bytes = GOOD, .hold = 1 } }, .show = 1 }, NULL);

	is_int(a.end, LLM_DONE, "a server that does not close after [DONE]");
	ok(strcmp(shown.data, "Good") == 0 && a.usage.prompt_tokens == 7, "has said all");
	llm_answer_free(&a);
	a = run((struct trial){ .said = { { .bytes = HEAD PIECE("Good") FINISH, .hold = 1 } } },
		NULL);
	is_int(a.end, LLM_DONE, "nor after the finish");
	is_int(a.usage.estimated, 1, "without usage, which is estimated");
	is_int(a.usage.completion_tokens, 1, "by its length");
	llm_answer_free(&a);
	a = run((struct trial){ .said = { { .bytes = HEAD PIECE("Good") FINISH NOTHING_USED } } },
		NULL);
	ok(a.usage.estimated && a.usage.prompt_tokens > 7 && a.usage.completion_tokens == 1,
		"a usage of 0 is none");
	llm_answer_free(&a);
}

static void test_repeated(void)
{
	char *heard;
	struct llm_answer a =
		run((struct trial){ .said = { { .bytes = HEAD PIECE("Go") }, { .bytes = "" },
					    { .bytes = ERROR("503", "", "<html>") },
					    { .bytes = GOOD } } },
			&heard);

	is_int(a.end, LLM_DONE, "broken off, closed and refused, then answered");
	is_str(a.content, "Good", "with the last answer");
	is_int(a.tries, 4, "at the fourth try");
	is_int(count_of(heard, "POST "), 4, "which is what came");
	ok(a.usage.estimated && a.usage.prompt_tokens > 7 && a.usage.completion_tokens == 4,
		"all that was taken counts");
	is_int(count_of(retries.data, ";"), 3, "each failure is told");
	ok(strstr(retries.data,
		   "The model's answer broke off;No answer from the model's endpoint: ") ==
				retries.data &&
			strstr(retries.data, ";The model's endpoint answered 503;"),
		"in words: %s", retries.data);
	free(heard);
	llm_answer_free(&a);
	a = run((struct trial){ .said = { { .bytes = HEAD PIECE("Go") } }, .show = 1 }, NULL);
	ok(a.end == LLM_FAILED && a.tries == 1, "what was shown is not repeated");
	ok(strcmp(a.content, "Go") == 0 && strcmp(shown.data, "Go") == 0, "and is kept");
	is_str(a.reason, "The model's answer broke off", "and why");
	llm_answer_free(&a);
	a = run((struct trial){ .said = { { .bytes = HEAD "data: x\n\n" },
					{ .bytes = HEAD "data: x\n\n" },
					{ .bytes = HEAD "data: x\n\n" },
					{ .bytes = HEAD "data: x\n\n" } } },
		NULL);
	ok(a.end == LLM_FAILED && a.tries == 4, "what is malformed is asked four times");
	llm_answer_free(&a);
}

static void test_refused(void)
{
	struct llm_answer a = run(
		(struct trial){
			.said = { { .bytes = ERROR("401", "",
					    "{\"error\":{\"message\":\"Bad key " KEY "\"}}") } } },
		NULL);

	ok(a.end == LLM_FAILED && a.tries == 1 && a.status == 401, "a refusal is final");
	is_str(a.reason, "The model's endpoint answered 401: Bad key ***", "and has no key in it");
	ok(a.usage.prompt_tokens == 0 && !a.usage.estimated, "and costs nothing");
	llm_answer_free(&a);
	a = run((struct trial){ .said = { { .bytes = ERROR("429", "",
						    "{\"error\":{\"type\":\"insufficient_quota\","
						    "\"message\":\"No money\"}}") } } },
		NULL);
	ok(a.end == LLM_FAILED && a.tries == 1, "so is a quota that is used up");
	llm_answer_free(&a);
	a = run((struct trial){ .said = { { .bytes = ERROR("429", "Retry-After: 100\r\n", "") } },
			.may_wait_ms = 20000 },
		NULL);
	ok(a.end == LLM_DEADLINE && a.tries == 1,
		"and a limit that lasts longer than one may wait");
	is_str(a.reason, "The model's endpoint answered 429", "and why");
	llm_answer_free(&a);
	a = run((struct trial){ .said = { { .bytes = ERROR("307", "Location: /ok\r\n", "") } } },
		NULL);
	ok(a.end == LLM_FAILED && a.status == 307, "and a redirect");
	llm_answer_free(&a);
}

static void test_relaxed(void)
{
	struct trial t = {
		.said = { { .bytes = ERROR("400", "", "{\"detail\":\"stream_options: unknown\"}") },
			{ .bytes = ERROR("400", "",
				  "{\"error\":{\"message\":\"Unsupported: max_tokens. "
				  "Use max_completion_tokens\"}}") },
			{ .bytes = GOOD } },
		.settings.max_tokens = 9
	};
	char *heard;
	struct llm_answer a = run(t, &heard);

	ok(a.end == LLM_DONE && a.tries == 3, "what is refused by name is left out");
	is_str(retries.data, "", "at once");
	is_int(count_of(heard, "stream_options"), 1, "stream_options");
	is_int(count_of(heard, "\"max_tokens\":9"), 2, "and max_tokens");
	is_int(count_of(heard, "\"max_completion_tokens\":9"), 1, "for max_completion_tokens");
	free(heard);
	llm_answer_free(&a);
}

static void test_dropped(void)
{
	char *heard;
	struct llm_answer a =
		run((struct trial){ .said = { { .bytes = "", .hold = 1, .stop = 1 } } }, &heard);

	is_int(a.end, LLM_STOPPED, "a request without an answer is stopped");
	ok(strstr(heard, "\ndropped\n") != NULL, "which its server notices");
	ok(a.usage.prompt_tokens > 0 && a.usage.estimated, "and it may have cost");
	free(heard);
	llm_answer_free(&a);
	a = run((struct trial){ .said = { { .bytes = HEAD PIECE("Go"), .hold = 1, .stop = 1 } },
			.show = 1 },
		&heard);
	is_int(a.end, LLM_STOPPED, "so is one that is answering");
	is_str(a.reason, "Stopped", "and it says so");
	free(heard);
	llm_answer_free(&a);
	a = run((struct trial){ .said = { { .bytes = ERROR("503", "Retry-After: 500\r\n", ""),
					.stop = 1 } } },
		NULL);
	ok(a.end == LLM_STOPPED && a.tries == 1, "and the wait for the next try");
	llm_answer_free(&a);
	a = run((struct trial){ .said = { { .bytes = HEAD ": ping\n\n", .hold = 1 } },
			.may_wait_ms = 1000,
			.request.tick = on_tick },
		&heard);
	is_int(a.end, LLM_DEADLINE, "a deadline");
	is_str(a.reason, "The model's answer took too long", "is named");
	ok(strstr(heard, "\ndropped\n") != NULL, "and drops the request");
	ok(ticks >= 2, "what goes on meanwhile is called: %d", ticks);
	free(heard);
	llm_answer_free(&a);
	a = run((struct trial){ .said = { { .bytes = "", .hold = 1 }, { .bytes = GOOD } },
			.settings.idle_ms = 1500 },
		NULL);
	ok(a.end == LLM_DONE && a.tries == 2, "silence is not waited for");
	is_str(retries.data, "Nothing came from the model's endpoint for 1.5s;", "and is named");
	llm_answer_free(&a);
}

static void test_nobody(void)
{
	cJSON *list = messages("x");
	struct llm_settings settings = { .url = "http://127.0.0.1:1/v1", .model = "x" };
	struct llm_request r = { .messages = list, .stop_fd = -1, .deadline = clock_boot() + 2500 };
	struct llm_answer a;

	llm_ask(http, &settings, &r, &a);
	ok(a.end == LLM_DEADLINE && a.tries >= 2, "a closed port is tried again");
	ok(strstr(a.reason, "No answer from the model's endpoint: ") == a.reason, "%s", a.reason);
	llm_answer_free(&a);
	settings.url = "ftp://127.0.0.1/";
	llm_ask(http, &settings, &r, &a);
	ok(a.end != LLM_DONE && a.tries == 1, "another protocol is not");
	llm_answer_free(&a);
	cJSON_Delete(list);
}

static void test_message(void)
{
	struct llm_call calls[] = { { (char *)"c1", (char *)"get", (char *)"{\"n\":1}", NULL },
		{ (char *)"c2", (char *)"put", (char *)"{\"n\":", (char *)"{\"g\":1}" } };
	struct llm_answer a = { .content = (char *)"", .calls = calls, .call_count = 2 };
	cJSON *message = llm_answer_message(&a);
	char *text = cJSON_PrintUnformatted(message);

	is_str(text,
		"{\"role\":\"assistant\",\"content\":null,\"tool_calls\":["
		"{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"get\","
		"\"arguments\":\"{\\\"n\\\":1}\"}},"
		"{\"id\":\"c2\",\"type\":\"function\",\"function\":{\"name\":\"put\","
		"\"arguments\":\"{}\"},\"extra_content\":{\"g\":1}}]}",
		"an answer as a message");
	cJSON_free(text);
	cJSON_Delete(message);
	a = (struct llm_answer){ .content = (char *)"Hi" };
	message = llm_answer_message(&a);
	text = cJSON_PrintUnformatted(message);
	is_str(text, "{\"role\":\"assistant\",\"content\":\"Hi\"}", "one without calls");
	cJSON_free(text);
	cJSON_Delete(message);
}

static void test_settings(void)
{
	struct llm_settings s;
	struct str why = { 0 };

	is_int(llm_settings_read(&s, NULL, &why), 1, "no model");
	is_str(why.data, "No model is configured: BGJOB_LLM_URL is not set", "and why");
	setenv("BGJOB_LLM_URL", "localhost:1234", 1);
	setenv("BGJOB_LLM_MODEL", "a", 1);
	is_int(llm_settings_read(&s, NULL, &why), -1, "no URL");
	setenv("BGJOB_LLM_URL", "http://localhost:1234/v1", 1);
	is_int(llm_settings_read(&s, NULL, &why), 0, "a URL and a model");
	ok(strcmp(s.model, "a") == 0 && !s.key && s.idle_ms == 5 * CLOCK_MINUTE, "are read");
	unsetenv("BGJOB_LLM_MODEL");
	is_int(llm_settings_read(&s, "b", &why), 0, "another model");
	is_str(s.model, "b", "is taken");
	is_int(llm_settings_read(&s, NULL, &why), -1, "none is wrong");
	str_free(&why);
}

static void print_text(void *arg, const char *text, size_t n)
{
	struct str *out = arg;

	str_add(out, "text ");
	str_escape(out, text, n);
	str_addc(out, '\n');
}

static void print_retry(void *arg, const char *reason, int64_t after_ms)
{
	str_addf(arg, "retry %s%s\n", reason, after_ms >= CLOCK_SECOND ? " (later)" : "");
}

static void print_answer(struct str *out, const struct llm_answer *a)
{
	static const char *const ends[] = { "done", "stopped", "deadline", "failed" };

	str_addf(out, "%s tries %u status %ld%s%s\n", ends[a->end], a->tries, a->status,
		*a->reason ? ": " : "", a->reason);
	if (*a->content) {
		str_add(out, "content ");
		str_escape(out, a->content, strlen(a->content));
		str_addc(out, '\n');
	}
	for (size_t i = 0; i < a->call_count; i++)
		str_addf(out, "call %s %s %s\n", a->calls[i].id, a->calls[i].name,
			a->calls[i].arguments);
	if (*a->finish_reason)
		str_addf(out, "finish %s\n", a->finish_reason);
	str_addf(out, "usage %" PRId64 " %" PRId64 "%s", a->usage.prompt_tokens,
		a->usage.completion_tokens, a->usage.estimated ? " estimated" : "");
	if (a->usage.cost_nano >= 0)
		str_addf(out, " cost %" PRId64, a->usage.cost_nano);
	str_addc(out, '\n');
}

/*
 * Answers each tool call by "the result of NAME" until there are none. tools_text: a JSON array,
 * or NULL. DEADLINE_MS in the environment limits each question.
 */
static int ask(int show, const char *prompt, const char *tools_text)
{
	struct llm_settings settings;
	struct str why = { 0 }, out = { 0 };
	cJSON *list = messages(prompt), *tools = tools_text ? cJSON_Parse(tools_text) : NULL;
	const char *limit = getenv("DEADLINE_MS");
	struct llm_request r = { .messages = list, .tools = tools, .stop_fd = -1, .arg = &out };
	struct llm_answer a = { 0 };
	size_t calls;

	if (llm_settings_read(&settings, NULL, &why) != 0)
		die_usage("%s", why.data);
	r.deadline = limit ? clock_boot() + atoll(limit) : 0;
	r.text = show ? print_text : NULL;
	r.retry = print_retry;
	do {
		llm_ask(http, &settings, &r, &a);
		print_answer(&out, &a);
		cJSON_AddItemToArray(list, llm_answer_message(&a));
		for (size_t i = 0; i < a.call_count; i++) {
			cJSON *result = cJSON_CreateObject();
			struct str text = { 0 };

			str_addf(&text, "the result of %s", a.calls[i].name);
			json_add_text(result, "role", "tool");
			json_add_text(result, "tool_call_id", a.calls[i].id);
			json_add_text(result, "content", text.data);
			cJSON_AddItemToArray(list, result);
			str_free(&text);
		}
		calls = a.call_count;
		llm_answer_free(&a);
	} while (calls > 0);
	fputs(out.data, stdout);
	str_free(&out);
	cJSON_Delete(list);
	cJSON_Delete(tools);
	return 0;
}

int main(int argc, char *argv[])
{
	http = http_new();
	if (argc >= 3 && strcmp(argv[1], "ask") == 0) {
		int show = strcmp(argv[2], "show") == 0;

		if (argc < 3 + show)
			return 2;
		ask(show, argv[2 + show], argv[3 + show]);
		http_free(http);
		return 0;
	}
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	unsetenv("BGJOB_LLM_URL");
	unsetenv("BGJOB_LLM_KEY");
	unsetenv("BGJOB_LLM_MODEL");
	/* a watchdog: no test here may wait for ever */
	alarm(120);
	test_question();
	test_open_ends();
	test_repeated();
	test_refused();
	test_dropped();
	test_relaxed();
	test_nobody();
	test_message();
	test_settings();
	http_free(http);
	str_free(&shown);
	str_free(&retries);
	return done();
}
