/* mcp_calls: the requests of an MCP client that are under way, a process each; a system error
 * becomes the answer to the request */
#ifndef MCP_MCP_CALLS_H
#define MCP_MCP_CALLS_H

#include <stddef.h>

#include "mcp/mcp_call.h"

struct pollfd;
struct mcp_child;

/* The answers to one batch, which are sent together. */
struct mcp_batch {
	struct str answers; /* with commas */
	unsigned open;      /* requests not answered yet, plus one while the batch is being read */
};

enum {
	MCP_CALLS_AT_ONCE = 8,  /* running quick calls; more of them are queued */
	MCP_CALLS_WAITING = 64, /* calls that wait for jobs, not counted among those */
	MCP_CALLS_MOST = 256,
};

struct mcp_calls {
	/* set by the caller */
	const struct mcp_options *options;
	struct workspace *workspace;
	int in, out; /* the client's streams; closed in a call */
	/* an answer (batch: that of its request, or NULL) or, if last is 0, a notification, as one line */
	void (*say)(struct mcp_batch *batch, const char *text, size_t n, int last, void *arg);
	/* a request of a batch that will have no answer */
	void (*skip)(struct mcp_batch *batch, void *arg);
	void *arg;

	struct mcp_child *first;
	unsigned count, running, waiting;
};

/*
 * Take over a request and start it as soon as there is room. It is refused at once if there are too
 * many, or if its id is in use.
 */
void mcp_calls_add(struct mcp_calls *c, struct mcp_request *r, struct mcp_batch *batch);

/* notifications/cancelled: end the call with this id; it is not answered. */
void mcp_calls_cancel(struct mcp_calls *c, const char *id);

/* The input has ended: end the calls that wait for jobs. */
void mcp_calls_end_waits(struct mcp_calls *c);

/*
 * Fill in what to poll, MCP_CALLS_MOST at most, and return how many; then take what poll(2) found.
 */
unsigned mcp_calls_poll(const struct mcp_calls *c, struct pollfd *fds);
void mcp_calls_take(struct mcp_calls *c, const struct pollfd *fds);

/* End and forget all of them. They also end by themselves when this process does. */
void mcp_calls_free(struct mcp_calls *c);

#endif
