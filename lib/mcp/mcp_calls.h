/* mcp_calls: the requests of an MCP client that are under way, a process each; errors of the system
 * answer the request */
#ifndef MCP_MCP_CALLS_H
#define MCP_MCP_CALLS_H

#include <stddef.h>

#include "mcp/mcp_call.h"

struct pollfd;
struct mcp_child;

/* The answers to the requests of one batch, which go out together. */
struct mcp_batch {
	struct str answers; /* with commas */
	unsigned open;      /* requests without one; and one while it is read */
};

enum {
	MCP_CALLS_AT_ONCE = 8,  /* that run; others wait for one of them to end */
	MCP_CALLS_WAITING = 64, /* that wait for jobs, besides */
	MCP_CALLS_MOST = 256,
};

struct mcp_calls {
	/* set by the caller */
	const struct mcp_options *options;
	struct workspace *workspace;
	int in, out; /* of the protocol: a call has neither */
	/* an answer (batch: its request's, NULL: none) or, last == 0, a notification, as one line */
	void (*say)(struct mcp_batch *batch, const char *text, size_t n, int last, void *arg);
	/* a request of a batch that will have no answer */
	void (*skip)(struct mcp_batch *batch, void *arg);
	void *arg;

	struct mcp_child *first;
	unsigned count, running, waiting;
};

/* Take a request over, and begin it as soon as may be. Refused at once: too many, or an id that is in use. */
void mcp_calls_add(struct mcp_calls *c, struct mcp_request *r, struct mcp_batch *batch);

/* notifications/cancelled: end the one with this id, which is not answered then. */
void mcp_calls_cancel(struct mcp_calls *c, const char *id);

/* No more will come: end those that wait for jobs. */
void mcp_calls_end_waits(struct mcp_calls *c);

/* What to poll, MCP_CALLS_MOST at most; and, with what poll(2) said of the same, what came of it. */
unsigned mcp_calls_poll(const struct mcp_calls *c, struct pollfd *fds);
void mcp_calls_take(struct mcp_calls *c, const struct pollfd *fds);

/* End all of them, and forget them. They end by themselves when this process does. */
void mcp_calls_free(struct mcp_calls *c);

#endif
