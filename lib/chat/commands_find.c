/* commands_find: a job somebody named, if it is theirs, and how jobs are called */
#include <string.h>

#include "base/value.h"
#include "chat/commands.h"

enum { NAME_CHARACTERS = 40, REASON_CHARACTERS = 80, ID_CHARACTERS = 30 };

int commands_may_see(const struct reply *reply, const struct job *job)
{
	return reply->role == USER_OPERATOR || (job->user && strcmp(job->user, reply->user) == 0);
}

int commands_find(struct reply *reply, const char *id, struct job *job)
{
	size_t n = strcspn(id, " \t\n,");
	int64_t number;

	if (n == 0) {
		reply_say_no(reply, "Which job? Say its number. /jobs lists them.\n");
		return -1;
	}
	if (value_id(id, n, &number) < 0) {
		reply_say_line(reply, id, n, ID_CHARACTERS);
		reply_say_no(reply, " is not the number of a job. /jobs lists them.\n");
		return -1;
	}
	/* whether a job of somebody else is there is not theirs to know either */
	if (job_get(number, job) == 0) {
		if (commands_may_see(reply, job))
			return 0;
		job_free(job);
	}
	reply_say_no(reply, "No job %lld. /jobs lists them.\n", (long long)number);
	return -1;
}

void commands_say_name(struct reply *reply, const struct job *job)
{
	const char *name = job->label && strcmp(job->type, "shell") == 0 ? job->label : job->type;

	reply_say_line(reply, name, strlen(name), NAME_CHARACTERS);
}

void commands_say_status(struct reply *reply, const struct job *job)
{
	static const char *const badges[] = { "🕒", "⏳", "✅", "❌", "🚫" };
	int held = job->status == JOB_QUEUED && job->hold;

	reply_say(reply, "%s %s", held ? "⏸" : badges[job->status], job_status_name(job->status));
	if (job->reason && (job->status == JOB_FAILED || job->status == JOB_CANCELLED)) {
		reply_say(reply, ": ");
		reply_say_line(reply, job->reason, strlen(job->reason), REASON_CHARACTERS);
	}
}
