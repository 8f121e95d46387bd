/* mcp: a Model Context Protocol server that offers the tools */
#include "mcp/mcp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "access/workspace.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/json.h"
#include "mcp/mcp_calls.h"
#include "mcp/mcp_methods.h"

enum {
	LINE_MOST = 4 << 20,
	OUTPUT_MOST = 8 << 20, /* while more than this waits for the client nothing is read */
	PIECE = 4096,          /* PIPE_BUF: after poll(2) so much can be written without blocking */
	REST = 1000,           /* ms, for calls under way at the end of the input */
	FRESH = 300000,        /* ms: how long a client may cache server/discover */
};

struct server {
	struct mcp_calls calls;
	const char *agreed; /* the version of "initialize"; NULL: none yet */
	int modern;         /* a request of the modern revision has arrived */
	struct jsonrpc_lines lines;
	struct str output;
	size_t written;
	int64_t deadline; /* clock_boot(): when to leave; 0: the input has not ended */
};

static const char instructions[] =
	"Background jobs on this machine: they continue when the conversation or the client ends, and "
	"their results are kept. Start long work with start_background_job or run_workflow and do not "
	"wait for it; list_background_jobs and show_background_job show its progress and result.";

/* ---- output ---- */

/* as much as the client takes without waiting */
static void flush(struct server *s)
{
	struct pollfd out = { .fd = s->calls.out, .events = POLLOUT };

	while (s->written < s->output.len && poll(&out, 1, 0) > 0) {
		size_t left = s->output.len - s->written;
		ssize_t n = write(s->calls.out, s->output.data + s->written,
			left < PIECE ? left : PIECE);

		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0 && errno != EINTR)
			die_errno("cannot write");
		s->written += n > 0 ? (size_t)n : 0;
	}
	if (s->written == s->output.len)
		str_clear(&s->output);
	if (s->output.len == 0)
		s->written = 0;
}

static void send_line(struct server *s, const char *text, size_t n)
{
	str_addn(&s->output, text, n);
	str_addc(&s->output, '\n');
}

static void close_one(struct server *s, struct mcp_batch *batch)
{
	if (--batch->open > 0)
		return;
	if (batch->answers.len > 0) {
		str_addc(&batch->answers, ']');
		send_line(s, batch->answers.data, batch->answers.len);
	}
	str_free(&batch->answers);
	free(batch);
}

static void say_answer(struct mcp_batch *batch, const char *text, size_t n, int last, void *arg)
{
	struct server *s = arg;

	if (!last || !batch) {
		send_line(s, text, n);
		return;
	}
	str_addc(&batch->answers, batch->answers.len ? ',' : '[');
	str_addn(&batch->answers, text, n);
	close_one(s, batch);
}

static void skip(struct mcp_batch *batch, void *arg)
{
	if (batch)
		close_one(arg, batch);
}

static void answer_request(struct server *s, struct mcp_batch *batch, struct str *text)
{
	say_answer(batch, text->data, text->len, 1, s);
	str_free(text);
}

/* ---- requests answered in this process ---- */

static cJSON *add_object(cJSON *object, const char *name)
{
	return cJSON_AddObjectToObject(object, name);
}

/* specification/2025-11-25/basic/lifecycle */
static void initialize(struct server *s, const struct mcp_request *r, struct str *text)
{
	const char *wanted = mcp_request_text(r, "protocolVersion");
	cJSON *result, *capabilities, *tasks;

	if (!wanted) {
		mcp_request_refuse(r, text, JSONRPC_PARAMS, "protocolVersion is missing", NULL);
		return;
	}
	s->agreed = mcp_request_agree(wanted);
	result = cJSON_CreateObject();
	cJSON_AddStringToObject(result, "protocolVersion", s->agreed);
	capabilities = add_object(result, "capabilities");
	add_object(capabilities, "tools");
	if (strcmp(s->agreed, MCP_LEGACY) == 0) {
		tasks = add_object(capabilities, "tasks");
		add_object(tasks, "cancel");
		add_object(add_object(add_object(tasks, "requests"), "tools"), "call");
	}
	cJSON_AddItemToObject(result, "serverInfo", mcp_request_server());
	cJSON_AddStringToObject(result, "instructions", instructions);
	mcp_request_answer(r, text, result, "complete");
}

/* specification/2026-07-28/server/discover */
static void discover(const struct mcp_request *r, struct str *text)
{
	cJSON *result = cJSON_CreateObject(), *capabilities;

	cJSON_AddItemToObject(result, "supportedVersions", mcp_request_versions());
	capabilities = add_object(result, "capabilities");
	add_object(capabilities, "tools");
	add_object(add_object(capabilities, "extensions"), MCP_TASKS);
	cJSON_AddStringToObject(result, "instructions", instructions);
	cJSON_AddNumberToObject(result, "ttlMs", FRESH);
	cJSON_AddStringToObject(result, "cacheScope", "private");
	mcp_request_answer(r, text, result, "complete");
}

/* Returns whether it was; else a child has to answer it. */
static int answer_here(struct server *s, const struct mcp_request *r, struct str *text)
{
	const char *method = r->message.method;

	if (strcmp(method, "initialize") == 0 && !r->modern)
		initialize(s, r, text);
	else if (strcmp(method, "ping") == 0 && !r->modern)
		mcp_request_answer(r, text, cJSON_CreateObject(), "complete");
	else if (strcmp(method, "server/discover") == 0 && r->modern)
		discover(r, text);
	else if (mcp_methods_kind(r) == MCP_METHOD_NONE)
		mcp_request_refuse(r, text, JSONRPC_NO_METHOD, "Method not found", NULL);
	return text->len > 0;
}

static void take_request(struct server *s, struct jsonrpc_message *m, struct mcp_batch *batch)
{
	struct str text = { 0 };
	struct mcp_request r;

	if (batch)
		batch->open++;
	if (mcp_request_read(&r, m, s->agreed, &text) == 0) {
		s->modern |= r.modern;
		if (!answer_here(s, &r, &text))
			mcp_calls_add(&s->calls, &r, batch);
	}
	if (text.len > 0)
		answer_request(s, batch, &text);
	mcp_request_free(&r);
	str_free(&text);
}

/* ---- messages ---- */

/*
 * If no id can be read, JSON-RPC answers with the id null. MCP leaves it out since 2025-11-25
 * (JSONRPCErrorResponse in its schema); which rule applies is known once the client has named its
 * version.
 */
static void refuse_unread(struct server *s, struct mcp_batch *batch, const char *id, int code,
	const char *message)
{
	int latest = s->agreed ? strcmp(s->agreed, MCP_LEGACY) == 0 : s->modern;
	struct str text = { 0 };

	if (batch)
		batch->open++;
	jsonrpc_error(&text, id || latest ? id : "null", code, message, NULL);
	answer_request(s, batch, &text);
}

static void take_notification(struct server *s, const struct jsonrpc_message *m, const char *text,
	size_t n)
{
	char *id;

	if (strcmp(m->method, "notifications/cancelled") != 0)
		return;
	id = jsonrpc_id_in(text, n, "requestId");
	if (id)
		mcp_calls_cancel(&s->calls, id);
	free(id);
}

static void take_message(struct server *s, const char *text, size_t n, struct mcp_batch *batch)
{
	struct jsonrpc_message m;
	int error = jsonrpc_parse(&m, text, n);

	if (error == JSONRPC_PARSE)
		refuse_unread(s, batch, NULL, error, "Parse error");
	else if (error)
		refuse_unread(s, batch, m.id, error,
			error == JSONRPC_PARAMS ? "params is not an object" : "Invalid request");
	else if (m.kind == JSONRPC_REQUEST)
		take_request(s, &m, batch);
	else if (m.kind == JSONRPC_NOTIFICATION)
		take_notification(s, &m, text, n);
	jsonrpc_free(&m);
}

/* specification/2025-03-26/basic: "Batching"; removed in 2025-06-18 */
static void take_batch(struct server *s, const char *text, size_t n)
{
	struct mcp_batch *batch;
	const char *element;
	size_t at = 0, size;

	if (!s->agreed || strcmp(s->agreed, "2025-03-26") > 0) {
		refuse_unread(s, NULL, NULL, JSONRPC_INVALID, "no batches in this version");
		return;
	}
	batch = mem_zero(1, sizeof(*batch));
	batch->open = 1;
	while (json_element(text, n, &at, &element, &size) == 0)
		take_message(s, element, size, batch);
	close_one(s, batch);
}

static void take_request_line(const char *text, size_t n, void *arg)
{
	struct server *s = arg;
	int batch = text ? jsonrpc_batch(text, n) : 0;

	if (!text)
		refuse_unread(s, NULL, NULL, JSONRPC_INVALID, "the message is longer than 4 MiB");
	else if (batch == 0)
		take_message(s, text, n, NULL);
	else if (batch > 0)
		take_batch(s, text, n);
	else
		refuse_unread(s, NULL, NULL, batch,
			batch == JSONRPC_PARSE ? "Parse error" : "Invalid request");
}

/* ---- the loop ---- */

static void take_end(struct server *s)
{
	jsonrpc_finish(&s->lines, take_request_line, s);
	mcp_calls_end_waits(&s->calls);
	s->deadline = clock_boot() + REST;
}

static void take_input(struct server *s, short events)
{
	char piece[65536];
	ssize_t n;

	/* the client has closed its end and does not read: there is no room for more answers */
	if (!(events & POLLIN) && s->output.len > OUTPUT_MOST) {
		take_end(s);
		return;
	}
	n = read(s->calls.in, piece, sizeof(piece));
	if (n > 0)
		jsonrpc_feed(&s->lines, piece, (size_t)n, take_request_line, s);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		take_end(s);
}

static int is_over(const struct server *s)
{
	return s->deadline &&
		((!s->calls.first && s->output.len == 0) || clock_boot() >= s->deadline);
}

static void serve_once(struct server *s)
{
	static struct pollfd fds[2 + MCP_CALLS_MOST];
	int64_t left = s->deadline ? s->deadline - clock_boot() : -1;
	unsigned count;

	fds[0] = (struct pollfd){ .fd = s->deadline ? -1 : s->calls.in,
		.events = s->output.len > OUTPUT_MOST ? 0 : POLLIN };
	fds[1] = (struct pollfd){ .fd = s->output.len ? s->calls.out : -1, .events = POLLOUT };
	count = mcp_calls_poll(&s->calls, fds + 2);
	if (poll(fds, 2 + count, left < 0 && s->deadline ? 0 : (int)left) < 0) {
		if (errno != EINTR)
			die_errno("cannot wait");
		return;
	}
	mcp_calls_take(&s->calls, fds + 2);
	if (fds[0].revents)
		take_input(s, fds[0].revents);
	flush(s);
}

/*
 * move both away, so that neither a call nor a program that it starts can write between the
 * messages
 */
static void take_descriptors(struct server *s, int in, int out)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	s->calls.in = fcntl(in, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	s->calls.out = fcntl(out, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (null < 0 || s->calls.in < 0 || s->calls.out < 0 || dup2(null, STDIN_FILENO) < 0 ||
		dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		die_errno("cannot move the standard input and output");
	close(null);
}

static int check_options(const struct mcp_options *options, struct workspace *workspace,
	struct str *why)
{
	struct tool_context nobody;
	const struct tool **list;
	size_t count;

	tool_context_init(&nobody, "", USER_USER);
	list = tool_list(options->tools, &nobody, &count, why);
	free(list);
	if (!list)
		return -1;
	return options->folder ? workspace_open(workspace, NULL, options->folder, why) : 0;
}

int mcp_serve(const struct mcp_options *options, int in, int out, struct str *why)
{
	struct workspace workspace = { 0 };
	struct server s = { .lines = { .most = LINE_MOST } };

	if (check_options(options, &workspace, why) < 0)
		return -1;
	s.calls = (struct mcp_calls){ .options = options,
		.workspace = options->folder ? &workspace : NULL,
		.say = say_answer,
		.skip = skip,
		.arg = &s };
	take_descriptors(&s, in, out);
	while (!is_over(&s))
		serve_once(&s);
	mcp_calls_free(&s.calls);
	close(s.calls.in);
	close(s.calls.out);
	str_free(&s.lines.line);
	str_free(&s.output);
	workspace_close(&workspace);
	return 0;
}
