/* job_option: the options that jobs and tasks share */
#include "submit/job_option.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/value.h"
#include "store/queue.h"

static int fail_option(struct str *why, const char *text, const char *what)
{
	str_addf(why, "%s%s%s", text, what ? ": " : "", what ? what : "");
	return -1;
}

int job_option_name(struct str *why, const char *value, const char **where)
{
	if (!queue_name_valid(value))
		return value_bad(why, "not a name (1 to 64 of A-Z a-z 0-9 . _ -)", value);
	*where = value;
	return 0;
}

int job_option_text(struct str *why, const char *value, const char **where)
{
	if (!*value)
		return value_bad(why, "empty", value);
	*where = value;
	return 0;
}

int job_option_notify_on(struct str *why, const char *value, const char **where)
{
	static const char *const known[] = { "done", "failed", "change", "always", "never" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(known[i], value) == 0) {
			*where = known[i];
			return 0;
		}
	}
	return value_bad(why, "not one of done, failed, change, always, never", value);
}

void job_option_argument(struct str *command, const char *argument)
{
	str_addn(command, argument, strlen(argument) + 1);
}

int job_option_command(struct str *why, const char *shell, struct str *command)
{
	if (shell && command->len)
		return fail_option(why, "either a command or --shell TEXT, not both", NULL);
	if (shell) {
		job_option_argument(command, "sh");
		job_option_argument(command, "-c");
		job_option_argument(command, shell);
	}
	if (!command->len)
		return fail_option(why, "no command given", NULL);
	if (!command->data[0])
		return fail_option(why, "the command is empty", NULL);
	return 0;
}

static int may_enter(const char *directory)
{
	struct stat st;

	if (stat(directory, &st) < 0)
		return 0;
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return 0;
	}
	return faccessat(AT_FDCWD, directory, X_OK, AT_EACCESS) == 0;
}

char *job_option_directory(struct str *why, const char *directory)
{
	static char *current;
	char *absolute;

	if (!directory && !current)
		current = realpath(".", NULL);
	absolute = directory ? realpath(directory, NULL) : mem_dup(current);
	if (absolute && (!directory || may_enter(absolute)))
		return absolute;
	fail_option(why, directory ? directory : "the current directory", strerror(errno));
	free(absolute);
	return NULL;
}

int job_option_umask(void)
{
	static int known = -1;

	if (known < 0) {
		known = (int)umask(077);
		umask((mode_t)known);
	}
	return known;
}

size_t job_option_room(const struct str *environment)
{
	size_t room = environment->len;

	for (size_t i = 0; i < environment->len; i++)
		if (environment->data[i] == '\0')
			room += sizeof(char *);
	return room;
}

/* 128 KiB for one string, and all of it (execve(2)) */
int job_option_fits(struct str *why, const struct str *command, size_t room, const char *user)
{
	enum { ONE = 131072, ROOM = 16384 /* our own variables, the shim's path */ };
	const char *p = command->data, *end = p + command->len;
	size_t name = user ? strlen(user) : 0, total = ROOM + name + room;

	for (; p < end; p += strlen(p) + 1) {
		if (strlen(p) + 1 > ONE)
			return fail_option(why,
				"an argument is longer than the system takes (128 KiB): "
				"put it into a file",
				NULL);
		total += strlen(p) + 1 + sizeof(char *);
	}
	if (sizeof("BGJOB_USER=") + name > ONE)
		return fail_option(why, "user: longer than the system takes for a variable", NULL);
	if (total > (size_t)sysconf(_SC_ARG_MAX))
		return fail_option(why,
			"arguments and environment are longer than the system takes", NULL);
	return 0;
}
