/* commands_find: find the job that a user names, if they may see it */
#include <string.h>

#include "access/access.h"
#include "base/value.h"
#include "chat/commands.h"

enum { ID_CHARACTERS = 30 };

int commands_find(struct reply *reply, const char *id, struct job *job)
{
	const struct viewer viewer = reply_viewer(reply);
	size_t n = strcspn(id, " \t\n,");
	int64_t number;

	if (n == 0) {
		reply_say_no(reply, "Which job? Add its number. /jobs lists them.\n");
		return -1;
	}
	if (value_id(id, n, &number) < 0) {
		reply_say_line(reply, id, n, ID_CHARACTERS);
		reply_say_no(reply, " is not a job number. /jobs lists them.\n");
		return -1;
	}
	/* the answer must not show whether another user's job exists */
	if (job_get(number, job) == 0) {
		if (access_may_see(&viewer, job))
			return 0;
		job_free(job);
	}
	reply_say_no(reply, "No job %lld. /jobs lists them.\n", (long long)number);
	return -1;
}
