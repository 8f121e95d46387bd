/* mcp_calls: the requests of an MCP client that are under way, a process each */
#include "mcp/mcp_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/die.h"
#include "mcp/mcp_methods.h"

enum {
	LINE_MOST = 4 << 20,
	GRACE = 2, /* s, for a tool to end what it started */
};

struct mcp_child {
	struct mcp_calls *calls;
	struct mcp_request request;
	struct mcp_batch *batch;
	enum mcp_method_kind kind;
	pid_t pid; /* 0: not started */
	int pipe;
	int answered, dropped;
	struct jsonrpc_lines lines;
	struct mcp_child *next;
};

/* ---- the process ---- */

static int stop_pipe[2] = { -1, -1 };

static void on_term(int number)
{
	int error = errno;

	(void)number;
	(void)!write(stop_pipe[1], "", 1);
	alarm(GRACE);
	errno = error;
}

/* a call in the workspace is asked to end, because it may have to end a command of its own */
static int listen_to_term(void)
{
	struct sigaction action = { .sa_handler = on_term };

	if (pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		die_errno("cannot make a pipe");
	sigaction(SIGTERM, &action, NULL);
	return stop_pipe[0];
}

static _Noreturn void child_main(struct mcp_child *call, int out, pid_t parent)
{
	struct mcp_calls *c = call->calls;
	struct mcp_call w = { .options = c->options,
		.request = &call->request,
		.workspace = c->workspace,
		.out = out,
		.stop = -1 };

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	close(c->in);
	close(c->out);
	for (const struct mcp_child *other = c->first; other; other = other->next)
		if (other->pid)
			close(other->pipe);
	/* the reader of the pipe is the parent; if it is gone, PDEATHSIG ends this process */
	signal(SIGPIPE, SIG_IGN);
	if (c->workspace && strcmp(call->request.message.method, "tools/call") == 0)
		w.stop = listen_to_term();
	mcp_methods_run(&w);
}

static void refuse_call(struct mcp_child *call, const char *reason)
{
	struct mcp_calls *c = call->calls;
	struct str text = { 0 };

	if (!call->answered && !call->dropped) {
		mcp_request_refuse(&call->request, &text, JSONRPC_INTERNAL, reason, NULL);
		c->say(call->batch, text.data, text.len, 1, c->arg);
	}
	call->answered = 1;
	str_free(&text);
}

static void forget(struct mcp_child *call)
{
	struct mcp_calls *c = call->calls;
	struct mcp_child **link = &c->first;

	while (*link != call)
		link = &(*link)->next;
	*link = call->next;
	c->count--;
	if (call->pid) {
		close(call->pipe);
		c->running -= call->kind == MCP_METHOD_QUICK;
		c->waiting -= call->kind == MCP_METHOD_WAITS;
	}
	mcp_request_free(&call->request);
	str_free(&call->lines.line);
	free(call);
}

/* Returns 0, or -1 if it was refused: the caller frees it. */
static int begin(struct mcp_child *call)
{
	struct mcp_calls *c = call->calls;
	pid_t parent = getpid(), pid;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0) {
		refuse_call(call, strerror(errno));
		return -1;
	}
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		child_main(call, ends[1], parent);
	}
	close(ends[1]);
	if (pid < 0) {
		refuse_call(call, strerror(errno));
		close(ends[0]);
		return -1;
	}
	call->pid = pid;
	call->pipe = ends[0];
	c->running += call->kind == MCP_METHOD_QUICK;
	c->waiting += call->kind == MCP_METHOD_WAITS;
	return 0;
}

static void begin_more(struct mcp_calls *c)
{
	struct mcp_child *next;

	for (struct mcp_child *call = c->first; call; call = next) {
		next = call->next;
		if (!call->pid && c->running < MCP_CALLS_AT_ONCE && begin(call) < 0)
			forget(call);
	}
}

/* ---- called by the server ---- */

static struct mcp_child *find_child(const struct mcp_calls *c, const char *id)
{
	for (struct mcp_child *call = c->first; call; call = call->next)
		if (!call->answered && !call->dropped && strcmp(call->request.message.id, id) == 0)
			return call;
	return NULL;
}

static void append(struct mcp_calls *c, struct mcp_child *call)
{
	struct mcp_child **link = &c->first;

	while (*link)
		link = &(*link)->next;
	*link = call;
	c->count++;
}

void mcp_calls_add(struct mcp_calls *c, struct mcp_request *r, struct mcp_batch *batch)
{
	struct mcp_child *call = mem_zero(1, sizeof(*call));
	int used = find_child(c, r->message.id) != NULL;

	call->calls = c;
	call->request = *r;
	call->batch = batch;
	call->kind = mcp_methods_kind(r);
	call->lines.most = LINE_MOST;
	*r = (struct mcp_request){ 0 };
	append(c, call);
	if (used) {
		refuse_call(call, "this id is in use");
	} else if (c->count > MCP_CALLS_MOST ||
		(call->kind == MCP_METHOD_WAITS && c->waiting >= MCP_CALLS_WAITING)) {
		refuse_call(call, "too many requests at once");
	} else if (call->kind == MCP_METHOD_QUICK) {
		begin_more(c);
		return;
	} else if (begin(call) == 0) {
		return;
	}
	forget(call);
}

static void end(struct mcp_child *call)
{
	struct mcp_calls *c = call->calls;

	if (call->dropped)
		return;
	if (!call->answered)
		c->skip(call->batch, c->arg);
	call->dropped = 1;
	if (call->pid)
		kill(call->pid, SIGTERM);
	else
		forget(call);
}

void mcp_calls_cancel(struct mcp_calls *c, const char *id)
{
	struct mcp_child *call = find_child(c, id);

	if (call)
		end(call);
}

void mcp_calls_end_waits(struct mcp_calls *c)
{
	struct mcp_child *next;

	for (struct mcp_child *call = c->first; call; call = next) {
		next = call->next;
		if (call->kind == MCP_METHOD_WAITS || call->answered)
			end(call);
	}
}

unsigned mcp_calls_poll(const struct mcp_calls *c, struct pollfd *fds)
{
	unsigned count = 0;

	for (const struct mcp_child *call = c->first; call; call = call->next)
		if (call->pid)
			fds[count++] = (struct pollfd){ .fd = call->pipe, .events = POLLIN };
	return count;
}

static void take_child_line(const char *text, size_t n, void *arg)
{
	struct mcp_child *call = arg;
	int last = text && *text == MCP_CALL_ANSWER;

	if (!text)
		refuse_call(call, "the answer is too long");
	else if (!call->dropped && !(last && call->answered))
		call->calls->say(call->batch, text + 1, n - 1, last, call->calls->arg);
	call->answered |= last;
}

static void reap(struct mcp_child *call)
{
	struct str reason = { 0 };
	int status = 0;

	while (waitpid(call->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		str_addf(&reason, "the call was killed by signal %d", WTERMSIG(status));
	else
		str_addf(&reason, "the call failed with exit code %d", WEXITSTATUS(status));
	refuse_call(call, reason.data);
	str_free(&reason);
	forget(call);
}

static void take_lines(struct mcp_child *call)
{
	char piece[65536];
	ssize_t n = read(call->pipe, piece, sizeof(piece));

	if (n > 0)
		jsonrpc_feed(&call->lines, piece, (size_t)n, take_child_line, call);
	else if (n == 0 || errno != EINTR)
		reap(call);
}

void mcp_calls_take(struct mcp_calls *c, const struct pollfd *fds)
{
	struct mcp_child *next;

	for (struct mcp_child *call = c->first; call; call = next) {
		next = call->next;
		if (call->pid && fds++->revents)
			take_lines(call);
	}
	begin_more(c);
}

void mcp_calls_free(struct mcp_calls *c)
{
	struct mcp_child *next;

	for (struct mcp_child *call = c->first; call; call = next) {
		next = call->next;
		if (call->pid)
			kill(call->pid, SIGTERM);
		forget(call);
	}
}
