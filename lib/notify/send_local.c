/* send_local: messages to a program or a terminal on this machine */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmpx.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/die.h"
#include "base/out.h"
#include "base/process.h"
#include "base/spawn.h"
#include "base/str.h"
#include "notify/send.h"
#include "store/result.h"

enum { EXEC_LIMIT = 60 }; /* seconds */

extern char **environ;

int send_tty_here, send_tty_failed;

static void add_variable(struct str *list, const char *name, const char *value)
{
	if (value) {
		str_addf(list, "%s=%s", name, value);
		str_addc(list, '\0');
	}
}

/*
 * variables of the job that may have started us, and settings that may contain a password in a URL
 */
static int is_foreign(const char *name)
{
	static const char *const names[] = { "BGJOB_HOME", "BGJOB_ID", "BGJOB_ATTEMPT",
		"BGJOB_USER", "BGJOB_QUEUE", "BGJOB_SLOT", "BGJOB_EVENT", "BGJOB_STATUS",
		"BGJOB_LABEL", "BGJOB_SMTP_URL" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], name) == 0)
			return 1;
	return 0;
}

/* our environment without secrets, and variables about the message */
static void make_environment(const struct sending *s, struct str *list)
{
	for (char **e = environ; *e; e++) {
		char *name = mem_dupn(*e, strcspn(*e, "="));

		if (!config_secret(name) && !is_foreign(name))
			str_addn(list, *e, strlen(*e) + 1);
		free(name);
	}
	add_variable(list, "BGJOB_HOME", config_home());
	add_variable(list, "BGJOB_EVENT", s->event);
	add_variable(list, "BGJOB_ID", s->job[0]);
	add_variable(list, "BGJOB_STATUS", s->job[1]);
	add_variable(list, "BGJOB_LABEL", s->job[2]);
}

static char **pointers(struct str *list)
{
	size_t count = 0, room = 0;
	char **all = mem_grow(NULL, 0, &room, sizeof(*all));

	for (char *p = list->data; p < list->data + list->len; p += strlen(p) + 1) {
		all[count++] = p;
		all = mem_grow(all, count, &room, sizeof(*all));
	}
	all[count] = NULL;
	return all;
}

/* the message is a file in memory: a program that does not read it cannot block us */
static int message_file(const struct sending *s)
{
	int fd = memfd_create("bgjob-message", MFD_CLOEXEC);

	if (fd >= 0 && (out_write_all(fd, s->body, s->size) < 0 || lseek(fd, 0, SEEK_SET) != 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int spawn_program(struct sending *s, int in)
{
	char *program = s->row.target + strlen("exec:");
	char *argv[] = { program, NULL };
	const int fds[] = { in, SPAWN_NULL, SPAWN_OURS };
	struct spawn receiver = { .program = program,
		.argv = argv,
		.fds = fds,
		.count = 3,
		.session = 1 };
	struct str list = { 0 };
	char **variables;
	int error;

	make_environment(s, &list);
	variables = pointers(&list);
	receiver.environment = variables;
	error = spawn(&receiver, &s->child);
	free(variables);
	str_free(&list);
	if (error)
		s->child = 0;
	return error;
}

void send_exec(struct sending *s)
{
	int in = message_file(s), error;
	char reason[128];

	if (in < 0) {
		sending_finish(s, OUTCOME_AGAIN, strerror(errno));
		return;
	}
	error = spawn_program(s, in);
	close(in);
	if (error) {
		snprintf(reason, sizeof(reason), "cannot run it: %s", strerror(error));
		sending_finish(s, OUTCOME_AGAIN, reason);
		return;
	}
	s->pidfd = process_open(s->child);
	s->deadline = clock_boot() + EXEC_LIMIT * CLOCK_SECOND;
}

void send_reap(struct sending *s)
{
	char reason[64] = "";
	int status;

	if (clock_boot() >= s->deadline)
		kill(-s->child, SIGKILL);
	if (waitpid(s->child, &status, clock_boot() >= s->deadline ? 0 : WNOHANG) != s->child)
		return;
	spawn_ended(s->child, status);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		sending_finish(s, OUTCOME_SENT, "");
	} else if (clock_boot() >= s->deadline) {
		sending_finish(s, OUTCOME_UNCERTAIN, "it ran for more than a minute");
	} else {
		snprintf(reason, sizeof(reason),
			WIFEXITED(status) ? "it exited with %d" : "it was killed by signal %d",
			WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
		sending_finish(s, OUTCOME_AGAIN, reason);
	}
	s->child = 0;
}

/* a terminal of this user; does not wait for one that is stopped */
static int open_terminal(const char *path)
{
	int fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_uid == geteuid() &&
		isatty(fd))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* where the user is logged in */
static int open_any_terminal(void)
{
	const struct passwd *user = getpwuid(geteuid());
	struct utmpx *entry;
	char path[64];
	int fd = -1;

	setutxent();
	while (user && fd < 0 && (entry = getutxent())) {
		if (entry->ut_type != USER_PROCESS ||
			strncmp(entry->ut_user, user->pw_name, sizeof(entry->ut_user)) != 0)
			continue;
		snprintf(path, sizeof(path), "/dev/%.*s", (int)sizeof(entry->ut_line),
			entry->ut_line);
		fd = open_terminal(path);
	}
	endutxent();
	return fd;
}

static int open_target(const struct sending *s)
{
	const char *path = strchr(s->row.target, ':');
	int fd = path ? open_terminal(path + 1) : -1;

	if (fd < 0)
		fd = open_terminal("/dev/tty");
	return fd < 0 ? open_any_terminal() : fd;
}

void send_tty(struct sending *s)
{
	int fd = send_tty_here ? dup(STDOUT_FILENO) : open_target(s), raw = fd >= 0 && isatty(fd);
	struct str text = { 0 };
	ssize_t written;
	int error;

	if (fd < 0 && !send_tty_here) {
		sending_finish(s, OUTCOME_AGAIN, "no terminal of this user is open");
		return;
	}
	/* start on a new line: the user may be in the middle of one */
	if (raw && !send_tty_here)
		str_add(&text, "\r\n");
	for (size_t i = 0; i < s->size; i++) {
		if (raw && s->body[i] == '\n')
			str_addc(&text, '\r');
		str_addc(&text, s->body[i]);
	}
	written = write(fd, text.data, text.len);
	error = errno;
	if (written < 0 && send_tty_here) {
		warn_errno("cannot write stdout");
		send_tty_failed = 1;
	}
	if (written == (ssize_t)text.len)
		sending_finish(s, OUTCOME_SENT, "");
	else if (written < 0)
		sending_finish(s, OUTCOME_AGAIN, strerror(error));
	else
		sending_finish(s, OUTCOME_UNCERTAIN, "the terminal took only part of it");
	if (fd >= 0)
		close(fd);
	str_free(&text);
}
