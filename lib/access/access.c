/* access: who may use the chat, and which jobs are theirs */
#include "access/access.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"

/* whether a setting, a comma-separated list, contains the word */
static int listed(const char *setting, const char *word)
{
	const char *at = config_get(setting);
	size_t n = strlen(word);

	while (at && *at) {
		size_t length;

		at += strspn(at, ", \t");
		length = strcspn(at, ", \t");
		if (n > 0 && length == n && strncmp(at, word, n) == 0)
			return 1;
		at += length;
	}
	return 0;
}

static enum user_role stored(const char *user)
{
	return listed("BGJOB_OPERATORS", user) ? USER_OPERATOR : user_role(user);
}

enum user_role access_telegram(const char *id)
{
	enum user_role role = stored(id);

	return role == USER_STRANGER && listed("BGJOB_TELEGRAM_ALLOW", id) ? USER_USER : role;
}

int access_group(const char *id)
{
	return listed("BGJOB_TELEGRAM_GROUPS", id);
}

enum user_role access_local(const char *user)
{
	enum user_role role = stored(user);

	if (strcmp(user, access_owner()) == 0)
		return USER_OPERATOR;
	return role == USER_STRANGER ? USER_USER : role;
}

int access_may_see(const struct viewer *viewer, const struct job *job)
{
	return viewer->role == USER_OPERATOR || (job->user && strcmp(job->user, viewer->user) == 0);
}

const char *access_jobs_of(const struct viewer *viewer)
{
	return viewer->role == USER_OPERATOR ? NULL : viewer->user;
}

const char *access_owner(void)
{
	static char name[256];
	const struct passwd *owner;

	if (*name)
		return name;
	owner = getpwuid(geteuid());
	if (owner)
		snprintf(name, sizeof(name), "%s", owner->pw_name);
	else
		snprintf(name, sizeof(name), "%u", (unsigned)geteuid());
	return name;
}

const char *access_bot(void)
{
	const char *name = config_get("BGJOB_TELEGRAM_BOT");

	return name && *name == '@' ? name + 1 : name;
}
