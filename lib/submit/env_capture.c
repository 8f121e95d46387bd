/* env_capture: the variables a job gets from whoever submits it */
#include "submit/env_capture.h"

#include "base/config.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* the first eight are those that at(1) leaves out; the others belong to a terminal, a shell or a service */
static const char *const left_out[] = {
	"BASH_VERSINFO",
	"DISPLAY",
	"EUID",
	"GROUPS",
	"SHELLOPTS",
	"TERM",
	"UID",
	"_",
	"BASHOPTS",
	"BASH_ENV",
	"ENV",
	"COLORTERM",
	"COLUMNS",
	"GPG_TTY",
	"INVOCATION_ID",
	"JOURNAL_STREAM",
	"LINES",
	"LISTEN_FDS",
	"LISTEN_FDNAMES",
	"LISTEN_PID",
	"MAINPID",
	"MANAGERPID",
	"NOTIFY_SOCKET",
	"OLDPWD",
	"PPID",
	"PROMPT_COMMAND",
	"PS1",
	"PS2",
	"PS3",
	"PS4",
	"PWD",
	"SHLVL",
	"SSH_TTY",
	"STY",
	"SYSTEMD_EXEC_PID",
	"TERMCAP",
	"TERM_PROGRAM",
	"TERM_PROGRAM_VERSION",
	"TMUX",
	"TMUX_PANE",
	"TTY",
	"VTE_VERSION",
	"WATCHDOG_PID",
	"WATCHDOG_USEC",
	"WAYLAND_DISPLAY",
	"WINDOW",
	"WINDOWID",
	"XAUTHORITY",
	/* set by bgjob for each attempt */
	"BGJOB_ID",
	"BGJOB_ATTEMPT",
	"BGJOB_USER",
	"BGJOB_QUEUE",
	"BGJOB_SLOT",
	"BGJOB_HOME",
	/* set for the jobs of a task */
	"BGJOB_TASK",
	"BGJOB_RUN",
	"BGJOB_MAX_TURNS",
	"BGJOB_PROMPT",
	"BGJOB_TOOLS",
	"BGJOB_MEMORY",
	/* what is traced is this program */
	"BGJOB_TRACE",
	/* may hold a password */
	"BGJOB_SMTP_URL",
};

static size_t name_length(const char *variable)
{
	return strcspn(variable, "=");
}

/* an endpoint's URL is secret only if it contains a password or a key */
static int holds_secret(const char *variable)
{
	static const char url[] = "BGJOB_LLM_URL=";

	return strncmp(variable, url, sizeof(url) - 1) == 0 && strpbrk(variable, "@?");
}

static int is_left_out(const char *variable)
{
	size_t n = name_length(variable);

	/* functions exported by bash: a job's shell must not pick up what happens to be defined */
	if (strncmp(variable, "BASH_FUNC_", 10) == 0)
		return 1;
	for (size_t i = 0; i < sizeof(left_out) / sizeof(*left_out); i++)
		if (strlen(left_out[i]) == n && strncmp(variable, left_out[i], n) == 0)
			return 1;
	return config_secret(variable) || holds_secret(variable);
}

struct list {
	const char **variables; /* NAME=value */
	size_t count, room;
};

static void put(struct list *list, const char *variable)
{
	size_t n = name_length(variable);

	for (size_t i = 0; i < list->count; i++) {
		if (strncmp(list->variables[i], variable, n + 1) == 0) {
			list->variables[i] = variable;
			return;
		}
	}
	list->variables = mem_grow(list->variables, list->count, &list->room, sizeof(char *));
	list->variables[list->count++] = variable;
}

static void put_all(struct list *list)
{
	for (char **variable = environ; *variable; variable++)
		if (strchr(*variable, '=') && !is_left_out(*variable))
			put(list, *variable);
}

/* what cron gives; kept for the life of the program */
static void put_standard(struct list *list)
{
	const struct passwd *user = getpwuid(geteuid());
	static struct str home, name; /* pointed to as long as the program runs */

	put(list, "PATH=/usr/local/bin:/usr/bin:/bin");
	put(list, "SHELL=/bin/sh");
	if (!user)
		return;
	str_clear(&home);
	str_addf(&home, "HOME=%s", user->pw_dir);
	put(list, home.data);
	str_clear(&name);
	str_addf(&name, "LOGNAME=%s", user->pw_name);
	put(list, name.data);
}

static int put_named(struct list *list, const char *name, struct str *why)
{
	size_t n = strlen(name);

	if (strncmp(name, "BGJOB_", 6) == 0 && config_secret(name)) {
		str_addf(why, "--env: %s is a secret of bgjob, which jobs do not get", name);
		return -1;
	}
	for (char **variable = environ; *variable; variable++) {
		if (strncmp(*variable, name, n) == 0 && (*variable)[n] == '=') {
			put(list, *variable);
			return 0;
		}
	}
	str_addf(why, "--env: %s is not set", name);
	return -1;
}

static int compare_variables(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

int env_capture(const char *choice, char *const *added, struct str *environment, struct str *why)
{
	struct list list = { 0 };
	char *words = mem_dup(choice), *save = NULL;
	int status = 0;

	for (char *word = strtok_r(words, ",", &save); word && status == 0;
		word = strtok_r(NULL, ",", &save)) {
		if (strcmp(word, "ALL") == 0)
			put_all(&list);
		else if (strcmp(word, "NONE") == 0)
			put_standard(&list);
		else
			status = put_named(&list, word, why);
	}
	for (; added && *added; added++)
		put(&list, *added);
	if (list.count)
		qsort(list.variables, list.count, sizeof(char *), compare_variables);
	str_addn(environment, "", 0);
	for (size_t i = 0; i < list.count; i++)
		str_addn(environment, list.variables[i], strlen(list.variables[i]) + 1);
	free(list.variables);
	free(words);
	return status;
}
