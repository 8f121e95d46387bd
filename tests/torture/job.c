/* job: the job of the torture test: it writes a ledger and known output, and takes its time
 *
 * job LEDGER OUT ERR MS EXIT [-f N] [-i SIZE] [-o MS] [-r] [-t]
 *	LEDGER   gets "start ID ATTEMPT PID" and "end ID ATTEMPT", each in one write(2)
 *	OUT ERR  how many bytes go to stdout and stderr
 *	-f N     exit 1 in the attempts before N
 *	-i SIZE  stdin has to be SIZE bytes of pattern 0, else exit 9
 *	-o MS    leave a daemon behind that lives so long: "orphan ID ATTEMPT PID"
 *	-r       of a task's run: "run ID ATTEMPT TASK RUN USER", "-" for none
 *	-t       take no SIGTERM
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PERIOD = 8191 }; /* a prime, so that a lost or doubled block cannot go unnoticed */

static const char *ledger;

static long variable(const char *name)
{
	const char *value = getenv(name);

	return value ? atol(value) : 0;
}

static void note_rest(const char *word, const char *rest)
{
	int fd = open(ledger, O_WRONLY | O_APPEND | O_CREAT, 0600), n;
	char line[256];

	n = snprintf(line, sizeof(line), "%s %ld %ld%s\n", word, variable("BGJOB_ID"),
		variable("BGJOB_ATTEMPT"), rest);
	if (fd < 0 || n >= (int)sizeof(line) || write(fd, line, (size_t)n) != n)
		_exit(8);
	close(fd);
}

static void note(const char *word, long pid)
{
	char rest[32] = "";

	if (pid)
		snprintf(rest, sizeof(rest), " %ld", pid);
	note_rest(word, rest);
}

static const char *word_of(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : "-";
}

static void note_run(void)
{
	char rest[200];

	snprintf(rest, sizeof(rest), " %s %s %s", word_of("BGJOB_TASK"), word_of("BGJOB_RUN"),
		word_of("BGJOB_USER"));
	note_rest("run", rest);
}

/* the same in pattern() of jobs.py */
static void pattern(unsigned char *block, uint32_t seed)
{
	uint32_t x = seed;

	for (int i = 0; i < PERIOD; i++) {
		x = x * 1103515245u + 12345u;
		block[i] = (unsigned char)(x >> 16);
	}
}

static void nap(long ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&left, &left) < 0)
		;
}

static void put(int fd, const unsigned char *block, long from, long to)
{
	while (from < to) {
		long at = from % PERIOD, n = to - from;
		ssize_t done;

		if (n > PERIOD - at)
			n = PERIOD - at;
		if (n > 20000)
			n = 20000;
		done = write(fd, block + at, (size_t)n);
		if (done < 0)
			_exit(7);
		from += done;
	}
}

static int input_is(long size)
{
	static unsigned char block[PERIOD], piece[4096];
	long at = 0;
	ssize_t n;

	pattern(block, 0);
	while ((n = read(STDIN_FILENO, piece, sizeof(piece))) > 0)
		for (ssize_t i = 0; i < n; i++, at++)
			if (piece[i] != block[at % PERIOD])
				return 0;
	return at == size;
}

/*
 * double-forked, in its own session, with its streams closed: only the process tree still leads to
 * it
 */
static void leave_orphan(long ms)
{
	if (fork() != 0)
		return;
	setsid();
	if (fork() != 0)
		_exit(0);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	note("orphan", (long)getpid());
	nap(ms);
	_exit(0);
}

int main(int argc, char *argv[])
{
	static unsigned char block[2][PERIOD];
	long fail_before = 0, input = 0, orphan = 0;
	long size[2], ms;
	int option;

	if (argc < 6)
		return 64;
	ledger = argv[1];
	note("start", (long)getpid());
	optind = 6;
	while ((option = getopt(argc, argv, "f:i:o:rt")) >= 0) {
		switch (option) {
		case 'f': fail_before = atol(optarg); break;
		case 'i': input = atol(optarg); break;
		case 'o': orphan = atol(optarg); break;
		case 'r': note_run(); break;
		case 't': signal(SIGTERM, SIG_IGN); break;
		default: return 64;
		}
	}
	ms = atol(argv[4]);
	if (!input_is(input))
		return 9;
	if (orphan)
		leave_orphan(orphan);
	for (int i = 0; i < 2; i++) {
		size[i] = atol(argv[2 + i]);
		pattern(block[i], (uint32_t)variable("BGJOB_ID") * 2 + (uint32_t)i + 1);
		put(STDOUT_FILENO + i, block[i], 0, size[i] / 3);
	}
	nap(ms);
	for (int i = 0; i < 2; i++)
		put(STDOUT_FILENO + i, block[i], size[i] / 3, size[i]);
	note("end", 0);
	return variable("BGJOB_ATTEMPT") < fail_before ? 1 : atoi(argv[5]);
}
