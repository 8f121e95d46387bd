/* tree: all processes below this one and signals to them */
#include "shim/tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"

/* read a small file of /proc whole; its length, 0 if it is gone */
static size_t slurp(const char *name, char *buffer, size_t size)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	size_t total = 0;
	ssize_t n;

	if (fd < 0)
		return 0;
	while (total < size - 1 && (n = read(fd, buffer + total, size - 1 - total)) > 0)
		total += (size_t)n;
	close(fd);
	buffer[total] = '\0';
	return total;
}

/* field 4 of proc(5)'s stat; the name before it may hold anything, also ")" */
static pid_t parent_of(pid_t pid)
{
	char name[64], text[512];
	const char *close_paren;

	snprintf(name, sizeof(name), "/proc/%ld/stat", (long)pid);
	if (!slurp(name, text, sizeof(text)))
		return -1;
	close_paren = strrchr(text, ')');
	if (!close_paren || strlen(close_paren) < 5 || close_paren[2] == 'Z')
		return -1;
	return (pid_t)strtol(close_paren + 4, NULL, 10);
}

/* a child of ours stays a zombie until we wait for it: its pid cannot be another's */
static int signal_one(pid_t pid, pid_t parent, int signal_number)
{
	int fd = process_open(pid), sent = 0;

	if (fd < 0)
		return 0;
	if (parent_of(pid) == parent)
		sent = process_signal(fd, signal_number) == 0;
	close(fd);
	return sent;
}

static int signal_below(pid_t parent, int signal_number, int depth);

/* from the list of one thread; "" when it has no children */
static int signal_listed(char *list, pid_t parent, int signal_number, int depth)
{
	char *save = NULL;
	int count = 0;

	for (char *word = strtok_r(list, " \n", &save); word; word = strtok_r(NULL, " \n", &save)) {
		pid_t pid = (pid_t)strtol(word, NULL, 10);

		/* children first: a parent that dies gives them to us, where they are found again */
		count += signal_below(pid, signal_number, depth + 1);
		count += signal_one(pid, parent, signal_number);
	}
	return count;
}

static int signal_scanned(pid_t parent, int signal_number, int depth)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int count = 0;

	while (proc && (entry = readdir(proc))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (!isdigit((unsigned char)entry->d_name[0]) || parent_of(pid) != parent)
			continue;
		count += signal_below(pid, signal_number, depth + 1);
		count += signal_one(pid, parent, signal_number);
	}
	if (proc)
		closedir(proc);
	return count;
}

static int signal_threads(pid_t parent, int signal_number, int depth)
{
	char name[64], file[400], list[4096];
	struct dirent *entry;
	int count = 0;
	DIR *tasks;

	snprintf(name, sizeof(name), "/proc/%ld/task", (long)parent);
	tasks = opendir(name);
	while (tasks && (entry = readdir(tasks))) {
		snprintf(file, sizeof(file), "%s/%s/children", name, entry->d_name);
		if (isdigit((unsigned char)entry->d_name[0]) && slurp(file, list, sizeof(list)))
			count += signal_listed(list, parent, signal_number, depth);
	}
	if (tasks)
		closedir(tasks);
	return count;
}

/* what the buffer cut off, and what was too deep, is found in the next round */
static int signal_below(pid_t parent, int signal_number, int depth)
{
	static int lists = -1;

	if (lists < 0)
		lists = access("/proc/thread-self/children", R_OK) == 0;
	if (depth > 64)
		return 0;
	return lists ? signal_threads(parent, signal_number, depth)
		     : signal_scanned(parent, signal_number, depth);
}

int tree_signal(int signal_number)
{
	return signal_below(getpid(), signal_number, 0);
}

int tree_empty(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD;
}
