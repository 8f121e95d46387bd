/* llm: one question to a model over OpenAI's chat completions API */
#include "net/llm.h"

#include <cjson/cJSON.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "net/http.h"
#include "net/llm_error.h"
#include "net/llm_join.h"
#include "net/llm_request.h"
#include "net/outcome.h"

enum { DOUBTFUL_TRIES = 4 };

static const int64_t FIRST_WAIT = CLOCK_SECOND / 2, LONGEST_WAIT = 30 * CLOCK_SECOND;
static const int64_t TRY_FOR = 10 * CLOCK_MINUTE; /* without a deadline */
/* usage follows finish_reason, and some servers do not close after "[DONE]" */
static const int64_t AFTER_FINISH = 2 * CLOCK_SECOND, AFTER_END = CLOCK_SECOND / 5;

/* One question. */
struct ask {
	struct http *http;
	const struct llm_settings *settings;
	const struct llm_request *request;
	struct llm_answer *answer;
	struct llm_join *join; /* of the try under way */
	int64_t began, last_byte, try_at, retry_after_ms;
	size_t body_size;
	unsigned doubtful; /* tries that failed so */
	unsigned shown : 1, over : 1, taken : 1, broken : 1, stopped : 1, dropped : 1;
	struct llm_error error;
};

int64_t llm_tokens(size_t n)
{
	return (int64_t)(n / 4 + (n % 4 > 0));
}

static int is_late(const struct ask *a, int64_t at)
{
	int64_t deadline = a->request->deadline;

	return deadline > 0 && at >= deadline;
}

static void on_text(void *arg, const char *text, size_t n)
{
	struct ask *a = arg;

	a->shown = 1;
	a->request->text(a->request->arg, text, n);
}

static int on_piece(void *arg, const char *data, size_t n)
{
	struct ask *a = arg;

	a->taken = 1;
	a->last_byte = clock_boot();
	return llm_join_feed(a->join, data, n);
}

/* How the try ended; a body in the answer is an error's. */
static void on_done(void *arg, const struct http_answer *answer)
{
	struct ask *a = arg;
	const struct llm_joined *joined = llm_join_end(a->join);

	a->over = 1;
	a->answer->status = answer->status;
	a->retry_after_ms = answer->retry_after_s * CLOCK_SECOND;
	if (answer->status >= 200 && answer->status <= 299) {
		a->taken = 1;
		if (joined->complete && joined->error.kind == LLM_NO_ERROR)
			return;
		llm_error_set(&a->error, joined->error.kind, joined->error.text.data);
	} else if (answer->sent == HTTP_ANSWERED) {
		cJSON *json = cJSON_ParseWithLengthOpts(answer->body, answer->size + 1, NULL, 1);

		llm_error_read(&a->error, json, answer->status);
		cJSON_Delete(json);
		if (llm_request_relax(a->settings, answer->status, answer->body))
			a->error.kind = LLM_NO_ERROR;
	} else {
		struct str words = { 0 };

		a->taken |= answer->sent == HTTP_CUT && a->dropped;
		str_addf(&words, "No answer from the model's endpoint: %s", answer->error);
		llm_error_set(&a->error,
			answer->hopeless                        ? LLM_LASTING
				: answer->sent == HTTP_NOT_SENT ? LLM_PASSING
								: LLM_DOUBTFUL,
			words.data);
		str_free(&words);
	}
}

/* Wait for the set or the stop descriptor, at most until then (-1: no limit). */
static void wait_for(struct ask *a, int64_t until)
{
	struct pollfd stop = { .fd = a->request->stop_fd, .events = POLLIN };
	int64_t now = clock_boot(), ms = until < 0 ? -1 : until > now ? until - now : 0;
	int tick = a->request->tick ? a->request->tick(a->request->arg) : -1;

	if (tick >= 0 && (ms < 0 || tick < ms))
		ms = tick;
	if (ms > CLOCK_MINUTE)
		ms = CLOCK_MINUTE;
	if (http_wait(a->http, &stop, stop.fd >= 0, (int)ms) < 0)
		a->broken = 1;
	a->stopped |= stop.fd >= 0 && stop.revents != 0;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* When to drop the try if nothing more arrives. */
static int64_t try_until(const struct ask *a)
{
	const struct llm_joined *joined = llm_join_now(a->join);
	int64_t until = a->request->deadline > 0 ? a->request->deadline : -1;

	if (a->settings->idle_ms > 0)
		until = sooner(until, a->last_byte + a->settings->idle_ms);
	if (joined->complete)
		until = sooner(until, a->last_byte + (joined->ended ? AFTER_END : AFTER_FINISH));
	return until;
}

/* The endpoint's words may contain the key, or bytes that are not text. */
static void clean_error(struct ask *a)
{
	struct outcome o = { 0 };

	if (a->error.text.len == 0)
		return;
	outcome_reason(&o, a->error.text.data, a->error.text.len, a->settings->key);
	str_clear(&a->error.text);
	str_add(&a->error.text, o.reason);
}

static void drop(struct ask *a)
{
	char limit[CLOCK_TEXT];
	struct str words = { 0 };

	a->dropped = 1;
	if (!a->stopped && !a->broken && !llm_join_now(a->join)->complete &&
		!is_late(a, clock_boot())) {
		clock_format_duration(a->settings->idle_ms, limit);
		str_addf(&words, "Nothing came from the model's endpoint for %s", limit);
		llm_error_set(&a->error, LLM_DOUBTFUL, words.data);
		str_free(&words);
	}
	http_stop(a->http, a);
}

static void start_ask(struct ask *a)
{
	struct str bearer = { 0 };
	const char *headers[] = { "Content-Type: application/json", "Accept: text/event-stream",
		NULL, NULL };
	struct http_request r = { .headers = headers,
		.piece = on_piece,
		.done = on_done,
		.arg = a };
	char *url = llm_request_url(a->settings);

	if (a->settings->key) {
		str_addf(&bearer, "Authorization: Bearer %s", a->settings->key);
		headers[2] = bearer.data;
	}
	r.url = url;
	r.body = llm_request_body(a->settings, a->request, &r.body_size);
	a->body_size = r.body_size;
	http_start(a->http, &r);
	free(url);
	str_free(&bearer);
}

/* Some report 0 for what they do not count; caps must hold there too. */
static int64_t count(struct llm_usage *usage, int64_t tokens, size_t bytes)
{
	if (tokens > 0 || (tokens == 0 && bytes == 0))
		return tokens;
	usage->estimated = 1;
	return llm_tokens(bytes);
}

static void sum_usage(struct ask *a, const struct llm_joined *joined)
{
	struct llm_usage *usage = &a->answer->usage;
	size_t came = joined->content.whole.len;

	if (!a->taken)
		return;
	for (size_t i = 0; i < joined->call_count; i++)
		came += joined->calls[i].name.len + joined->calls[i].arguments.whole.len;
	usage->prompt_tokens += count(usage, joined->prompt_tokens, a->body_size);
	usage->completion_tokens += count(usage, joined->completion_tokens, came);
	if (joined->cost_nano >= 0)
		usage->cost_nano =
			(usage->cost_nano < 0 ? 0 : usage->cost_nano) + joined->cost_nano;
}

static void take_content(struct ask *a, const struct llm_joined *joined)
{
	struct llm_answer *answer = a->answer;

	free(answer->content);
	free(answer->finish_reason);
	free(answer->model);
	answer->content = mem_dup(joined->content.whole.data);
	answer->model = mem_dup(joined->model.data);
	answer->finish_reason = mem_dup(joined->finish_reason.data);
}

static void take_calls(struct llm_answer *answer, const struct llm_joined *joined)
{
	if (!*answer->finish_reason) {
		free(answer->finish_reason);
		answer->finish_reason = mem_dup(joined->call_count > 0 ? "tool_calls" : "stop");
	}
	answer->call_count = joined->call_count;
	answer->calls = mem_zero(joined->call_count + 1, sizeof *answer->calls);
	for (size_t i = 0; i < joined->call_count; i++) {
		const struct llm_join_call *call = &joined->calls[i];

		answer->calls[i] =
			(struct llm_call){ mem_dup(call->id.data), mem_dup(call->name.data),
				mem_dup(call->arguments.whole.data), mem_dup(call->extra) };
	}
}

/* Returns whether there is an answer. */
static int try_once(struct ask *a)
{
	const struct llm_joined *joined;
	int complete;

	a->join = llm_join_new(a->request->text ? on_text : NULL, a);
	a->over = a->taken = a->dropped = 0;
	a->error.kind = LLM_NO_ERROR;
	str_clear(&a->error.text);
	a->answer->status = 0;
	a->answer->tries++;
	a->last_byte = clock_boot();
	start_ask(a);
	while (!a->over) {
		int64_t until = try_until(a);

		if (a->stopped || a->broken || (until >= 0 && clock_boot() >= until))
			drop(a);
		else
			wait_for(a, until);
	}
	clean_error(a);
	joined = llm_join_now(a->join);
	complete = joined->complete && a->error.kind == LLM_NO_ERROR;
	sum_usage(a, joined);
	take_content(a, joined);
	if (complete)
		take_calls(a->answer, joined);
	llm_join_free(a->join);
	return complete;
}

static int64_t ask_backoff(const struct ask *a)
{
	int64_t ms = FIRST_WAIT;
	uint32_t chance = 0;

	for (unsigned i = 1; i < a->answer->tries && ms < LONGEST_WAIT; i++)
		ms *= 2;
	if (ms > LONGEST_WAIT)
		ms = LONGEST_WAIT;
	if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) < 0)
		chance = (uint32_t)clock_boot();
	ms = ms / 2 + (int64_t)chance % (ms / 2 + 1);
	return ms < a->retry_after_ms ? a->retry_after_ms : ms;
}

/* Why there is no further try; LLM_DONE: there is one, at a->try_at. */
static enum llm_end decide_end(struct ask *a)
{
	int64_t now = clock_boot(), wait;

	if (a->stopped)
		return LLM_STOPPED;
	if (is_late(a, now))
		return LLM_DEADLINE;
	if (a->broken || a->error.kind == LLM_LASTING || a->shown)
		return LLM_FAILED;
	a->try_at = now;
	if (a->error.kind == LLM_NO_ERROR)
		return LLM_DONE; /* asked again at once, without what was refused */
	if (a->error.kind == LLM_DOUBTFUL && ++a->doubtful >= DOUBTFUL_TRIES)
		return LLM_FAILED;
	wait = ask_backoff(a);
	a->try_at = now + wait;
	if (is_late(a, a->try_at) || (a->request->deadline <= 0 && a->try_at > a->began + TRY_FOR))
		return LLM_DEADLINE;
	if (a->request->retry)
		a->request->retry(a->request->arg, a->error.text.data, wait);
	return LLM_DONE;
}

static void set_reason(struct ask *a, enum llm_end end)
{
	const char *reason = a->error.text.data;

	if (end == LLM_DONE)
		reason = "";
	else if (end == LLM_STOPPED)
		reason = "Stopped";
	else if (a->broken)
		reason = "Waiting for the network failed";
	else if (end == LLM_DEADLINE && a->dropped)
		reason = "The model's answer took too long";
	a->answer->end = end;
	a->answer->reason = mem_dup(reason);
}

void llm_ask(struct http *http, const struct llm_settings *settings,
	const struct llm_request *request, struct llm_answer *answer)
{
	struct ask a = { .http = http, .settings = settings, .request = request, .answer = answer };
	enum llm_end end = LLM_DONE;
	int complete = 0;

	*answer = (struct llm_answer){ .content = mem_dup(""),
		.finish_reason = mem_dup(""),
		.model = mem_dup(""),
		.usage = { .cost_nano = -1 } };
	a.began = a.try_at = clock_boot();
	while (end == LLM_DONE && !complete) {
		while (!a.stopped && !a.broken && clock_boot() < a.try_at)
			wait_for(&a, a.try_at);
		if (a.stopped)
			end = LLM_STOPPED;
		else if (!(complete = try_once(&a)))
			end = decide_end(&a);
	}
	set_reason(&a, end);
	str_free(&a.error.text);
}

void llm_answer_free(struct llm_answer *answer)
{
	for (size_t i = 0; i < answer->call_count; i++) {
		free(answer->calls[i].id);
		free(answer->calls[i].name);
		free(answer->calls[i].arguments);
		free(answer->calls[i].extra);
	}
	free(answer->calls);
	free(answer->content);
	free(answer->finish_reason);
	free(answer->model);
	free(answer->reason);
	*answer = (struct llm_answer){ 0 };
}
