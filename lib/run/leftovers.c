/* leftovers: processes of an attempt that outlived their shim */
#include "run/leftovers.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "db/home.h"

/* session of a living process (field 6 of proc(5)'s stat); -1 if it is a zombie or gone */
static pid_t session_of(const char *pid)
{
	char name[300], text[1024];
	const char *at;
	char state;
	ssize_t n;
	int fd, session;

	snprintf(name, sizeof(name), "/proc/%s/stat", pid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = '\0';
	at = strrchr(text, ')');
	if (!at || sscanf(at + 1, " %c %*d %*d %d", &state, &session) != 2 || state == 'Z')
		return -1;
	return session;
}

static void read_environment(const char *pid, struct str *environment)
{
	char name[300], piece[4096];
	ssize_t n;
	int fd;

	str_clear(environment);
	str_addn(environment, "", 0);
	snprintf(name, sizeof(name), "/proc/%s/environ", pid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		str_addn(environment, piece, (size_t)n);
	if (fd >= 0)
		close(fd);
}

static const char *variable(const struct str *environment, const char *name)
{
	size_t n = strlen(name);
	const char *p = environment->data, *end = p + environment->len;

	for (; p < end; p += strlen(p) + 1)
		if (strncmp(p, name, n) == 0 && p[n] == '=')
			return p + n + 1;
	return NULL;
}

struct origin {
	int64_t job, attempt;
};

static int origin_of(const char *pid, struct str *environment, struct origin *o)
{
	const char *home, *job, *attempt;

	read_environment(pid, environment);
	home = variable(environment, "BGJOB_HOME");
	job = variable(environment, "BGJOB_ID");
	attempt = variable(environment, "BGJOB_ATTEMPT");
	if (!home || !job || !attempt || strcmp(home, home_path()) != 0)
		return 0;
	o->job = strtoll(job, NULL, 10);
	o->attempt = strtoll(attempt, NULL, 10);
	return 1;
}

static int belongs(const char *pid, struct str *environment, pid_t session, struct origin *o)
{
	int64_t job = o->job, attempt = o->attempt;
	pid_t its = session_of(pid);

	if (its < 0)
		return 0;
	if (session > 0 && its == session)
		return 1;
	return origin_of(pid, environment, o) &&
		(job == 0 || (o->job == job && o->attempt == attempt));
}

int leftovers_find(int64_t job, int64_t attempt, pid_t session,
	void (*each)(pid_t pid, int64_t job, int64_t attempt, void *arg), void *arg)
{
	DIR *proc = opendir("/proc");
	struct str environment = { 0 };
	struct dirent *entry;
	int count = 0;

	while (proc && (entry = readdir(proc))) {
		struct origin o = { job, attempt };
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (!isdigit((unsigned char)entry->d_name[0]) || pid == getpid() ||
			!belongs(entry->d_name, &environment, session, &o))
			continue;
		count++;
		if (each)
			each(pid, o.job, o.attempt, arg);
	}
	if (proc)
		closedir(proc);
	str_free(&environment);
	return proc ? count : 1; /* unknown: a retry has to wait */
}
