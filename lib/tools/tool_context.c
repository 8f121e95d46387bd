/* tool_context: on whose behalf tools are called, and from where */
#include "tools/tool_context.h"

#include <string.h>

#include "base/clock.h"
#include "store/job.h"

void tool_context_init(struct tool_context *c, const char *user, enum user_role role)
{
	*c = (struct tool_context){ .user = user, .role = role, .stop = -1 };
}

void tool_context_in_job(struct tool_context *c, int64_t id)
{
	struct job job;

	c->job = id;
	c->depth = id != 0;
	if (id && job_get(id, &job) == 0) {
		c->depth = job.run || strcmp(job.type, JOB_TYPE_CHAT) != 0;
		job_free(&job);
	}
}

struct viewer tool_context_viewer(const struct tool_context *c)
{
	return (struct viewer){ .user = c->user, .role = c->role, .now = clock_now() };
}
