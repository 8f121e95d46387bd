/* trace: which topics are on, the form of a line, and that it contains no secret */
#include "base/trace.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/arg.h"
#include "base/config.h"
#include "base/str.h"
#include "tap.h"

static const struct arg_option options[] = { { 0 } };

static void start(int verbose)
{
	char name[] = "prog", v[] = "-v", *argv[] = { name, v, v, NULL };

	setenv("TZ", "UTC", 1);
	arg_init("prog", "test", "", options);
	arg_next(1 + verbose, argv, 0);
}

static void print_on(void *topics)
{
	if (topics)
		setenv("BGJOB_TRACE", topics, 1);
	start(0);
	printf("%d%d%d%d%d", trace_on(TRACE_SQL), trace_on(TRACE_SPAWN), trace_on(TRACE_HTTP),
		trace_on(TRACE_LOCK), trace_on(TRACE_WAKE));
}

static void print_verbose(void *count)
{
	start(*(int *)count);
	printf("%d%d", trace_on(TRACE_SQL), trace_on(TRACE_WAKE));
}

static void is_on(const char *topics, const char *wanted)
{
	char *copy = mem_dup(topics);
	struct tap_child c = tap_fork(print_on, copy, "");

	is_str(c.out, wanted, "BGJOB_TRACE=%s", topics ? topics : "(unset)");
	is_int(c.status, EXIT_DONE, "is legal");
	free(copy);
}

static void test_topics(void)
{
	char wrong[] = "sql,htp";
	struct tap_child c;
	int count = 1;

	is_on(NULL, "00000");
	is_on("", "00000");
	is_on("sql", "10000");
	is_on("spawn", "01000");
	is_on("http", "00100");
	is_on("lock", "00010");
	is_on("wake,sql", "10001");
	is_on("sql, http,", "10100");
	is_on("all", "11111");
	c = tap_fork(print_on, wrong, "");
	is_int(c.status, EXIT_USAGE, "an unknown word is a usage error");
	is_str(c.err,
		"prog: BGJOB_TRACE: unknown word \"htp\"; known are sql, spawn, http, lock, wake, all\n",
		"which lists the known ones");
	c = tap_fork(print_verbose, &count, "");
	is_str(c.out, "00", "-v alone traces nothing");
	count = 2;
	c = tap_fork(print_verbose, &count, "");
	is_str(c.out, "11", "-v -v traces all");
}

/* The line without its time, which is checked digit by digit. */
static const char *after_time(char *line)
{
	static const char form[] = "prog: 00:00:00.000 ";

	for (size_t i = 0; i < sizeof form - 1; i++)
		if (form[i] == '0' ? line[i] < '0' || line[i] > '9' : line[i] != form[i])
			return line;
	return line + sizeof form - 1;
}

static void print_line(void *text)
{
	setenv("BGJOB_TRACE", "spawn", 1);
	setenv("BGJOB_LLM_KEY", "k-9", 1);
	setenv("BGJOB_TELEGRAM_TOKEN", "", 1);
	setenv("OTHER_TOKEN", "long-enough", 1);
	setenv("SHORT_KEY", "short", 1);
	start(0);
	errno = ENOENT;
	trace(TRACE_HTTP, "not shown: %s", (char *)text);
	trace(TRACE_SPAWN, "%s", (char *)text);
	printf("%d", errno);
}

static void line(const char *text, const char *wanted)
{
	char *copy = mem_dup(text);
	struct tap_child c = tap_fork(print_line, copy, "");

	is_str(after_time(c.err), wanted, "traced: %s", text);
	is_int(atoi(c.out), ENOENT, "errno is kept");
	free(copy);
}

static void test_lines(void)
{
	line("pid 7: /bin/sh -c x", "spawn: pid 7: /bin/sh -c x\n");
	line("two\nlines\033[2J", "spawn: two\\nlines\\x1b[2J\n");
	line("key=k-9, k-9k-9", "spawn: key=***, ******\n");
	line("long-enough and short", "spawn: *** and short\n");
	line("https://api/bot1234:AbC-d/getMe", "spawn: https://api/bot***/getMe\n");
	line("https://api/bot1234%3AAbC/getMe", "spawn: https://api/bot***/getMe\n");
	line("/botany/7:15", "spawn: /botany/7:15\n");
	line("smtp://me:pw@host:25/x@y", "spawn: smtp://***@host:25/x@y\n");
	line("http://host/a:b", "spawn: http://host/a:b\n");
}

/* Secrets of the configuration file: the longest that fits, and one alone on its line. */
static void test_file(void)
{
	char folder[] = "/tmp/bgjob-trace-XXXXXX", path[80];
	struct tap_child c;
	char text[] = "abc abcdef NAME";
	FILE *file;

	if (!tap_folder(folder))
		abort();
	setenv("XDG_CONFIG_HOME", folder, 1);
	snprintf(path, sizeof path, "%s/bgjob", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/bgjob/config", folder);
	file = fopen(path, "w");
	if (!file)
		abort();
	fputs("A_TOKEN=abc\nB_PASSWORD='abcdef'\nC_SECRET=abcd\nBGJOB_LLM_MODEL=NAME\n", file);
	fclose(file);
	chmod(path, 0600);
	c = tap_fork(print_line, text, "");
	is_str(after_time(c.err), "spawn: *** *** NAME\n",
		"secrets of the file, not its other values");
}

int main(void)
{
	unsetenv("BGJOB_TRACE");
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	test_topics();
	test_lines();
	test_file();
	return done();
}
