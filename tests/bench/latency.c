/* bench: the time from the commit of a submission to the first instruction of its command
 *
 *	latency COUNT COMMIT_TIME.so BGJOB-SUBMIT [OPTION...]
 *
 * Submits itself COUNT times, one after the other, to a pool that is idle, and prints p50, p99
 * and the maximum in microseconds. Linked statically, so that its main() is close to the exec. */
#include <errno.h>
#include <poll.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

enum { PATIENCE = 20000, REST = 40 }; /* ms */

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void give_up(const char *what)
{
	fprintf(stderr, "latency: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* as the job: the time first, then everything else */
static int stamp(int64_t at, const char *fifo)
{
	int64_t message[2] = { 's', at };
	int fd = open(fifo, O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, message, sizeof(message)) != sizeof(message);
}

/* both messages of one job, in either order: the command may be quicker than we are */
static int64_t one(int fifo)
{
	int64_t committed = 0, started = 0, message[2];

	while (!committed || !started) {
		struct pollfd wait = { .fd = fifo, .events = POLLIN };

		errno = ETIMEDOUT;
		if (poll(&wait, 1, PATIENCE) != 1 ||
			read(fifo, message, sizeof(message)) != sizeof(message))
			give_up("no word from the job");
		/* a later commit of the same program does not belong to the submission */
		if (message[0] == 'c' && !committed)
			committed = message[1];
		else if (message[0] == 's')
			started = message[1];
	}
	return started - committed;
}

static pid_t submit(char *argv[], char *environment[])
{
	posix_spawn_file_actions_t files;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	errno = posix_spawn(&pid, argv[0], &files, NULL, argv, environment);
	if (errno)
		give_up(argv[0]);
	posix_spawn_file_actions_destroy(&files);
	return pid;
}

/* the submitter's environment: ours, the preloaded object, the FIFO */
static char **extended(const char *preload, const char *fifo)
{
	size_t n = 0;
	char **list;

	while (environ[n])
		n++;
	list = calloc(n + 3, sizeof(*list));
	if (!list || asprintf(&list[n], "LD_PRELOAD=%s", preload) < 0 ||
		asprintf(&list[n + 1], "BENCH_FIFO=%s", fifo) < 0)
		give_up("memory");
	memcpy(list, environ, n * sizeof(*list));
	return list;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void measure(int fifo, int64_t *took, int count, char *argv[], char *environment[])
{
	const struct timespec rest = { 0, REST * 1000000L };
	int status;

	for (int i = 0; i < count; i++) {
		pid_t pid = submit(argv, environment);

		took[i] = one(fifo);
		if (waitpid(pid, &status, 0) != pid || status != 0)
			give_up("bgjob-submit failed");
		nanosleep(&rest, NULL); /* the end is recorded, the pool idle again */
	}
	qsort(took, (size_t)count, sizeof(*took), by_value);
}

int main(int argc, char *argv[])
{
	int64_t at = now_ns(), *took;
	char folder[] = "/tmp/bgjob-latency.XXXXXX", fifo[64], self[4096];
	char *job[] = { "--env", "NONE", "--", self, "stamp", fifo, NULL };
	char **command;
	int count, fd;
	ssize_t n;

	if (argc == 3 && strcmp(argv[1], "stamp") == 0)
		return stamp(at, argv[2]);
	if (argc < 4 || (count = atoi(argv[1])) < 1)
		return 2;
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n < 0 || !mkdtemp(folder))
		give_up(folder);
	self[n] = '\0';
	snprintf(fifo, sizeof(fifo), "%s/fifo", folder);
	if (mkfifo(fifo, 0600) < 0 || (fd = open(fifo, O_RDWR | O_CLOEXEC)) < 0)
		give_up(fifo);
	took = calloc((size_t)count, sizeof(*took));
	command = calloc((size_t)argc + sizeof(job) / sizeof(*job), sizeof(*command));
	if (!took || !command)
		give_up("memory");
	memcpy(command, argv + 3, (size_t)(argc - 3) * sizeof(*command));
	memcpy(command + argc - 3, job, sizeof(job));
	measure(fd, took, count, command, extended(argv[2], fifo));
	printf("%lld %lld %lld\n", (long long)took[(count - 1) / 2] / 1000,
		(long long)took[(count * 99 - 1) / 100] / 1000, (long long)took[count - 1] / 1000);
	free(command);
	free(took);
	unlink(fifo);
	rmdir(folder);
	return 0;
}
