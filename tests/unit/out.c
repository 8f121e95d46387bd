/* out: records, and what happens when they cannot be written */
#include "base/out.h"

#include <fcntl.h>
#include <signal.h>

#include "base/arg.h"
#include "base/die.h"
#include "base/str.h"
#include "tap.h"

static void start(void)
{
	static const struct arg_option none[] = { { 0 } };

	arg_init("prog", "do nothing", "", none);
}

static void print_records(void *data)
{
	(void)data;
	out_field("a\tb");
	out_field(NULL);
	out_fieldf("%d\n", 5);
	out_fieldn("x\0", 2);
	out_end();
	out_end();
	out_raw("raw\t\033", 5);
	out_done();
}

static void die_in_record(void *data)
{
	out_field("whole");
	out_end();
	out_field("half");
	die_no("%s", (const char *)data);
}

static void print_much(void)
{
	for (int i = 0; i < 100000; i++) {
		out_fieldf("%d", i);
		out_end();
	}
	out_done();
}

static void print_full(void *data)
{
	dup2(open(data, O_WRONLY), 1);
	out_field("x");
	out_end();
	out_done();
}

static void print_much_full(void *data)
{
	dup2(open(data, O_WRONLY), 1);
	print_much();
}

static void print_nowhere(void *data)
{
	close(1);
	start();
	if (data)
		out_raw("x", 1);
	out_done();
}

/* data: the signal's disposition. */
static void print_to_nobody(void *data)
{
	int ends[2];

	signal(SIGPIPE, data ? SIG_IGN : SIG_DFL);
	if (pipe(ends) < 0)
		abort();
	close(ends[0]);
	dup2(ends[1], 1);
	print_much();
}

static void test_out(void)
{
	struct tap_child c = tap_fork(print_records, NULL, "");

	is_str(c.out, "a\\tb\t\t5\\n\tx\\x00\n\nraw\t\033", "records");
	c = tap_fork(die_in_record, "over", "");
	is_str(c.out, "whole\n", "no half record is left by a program that dies");
	c = tap_fork(print_full, "/dev/full", "");
	is_int(c.status, EXIT_SYSTEM, "a full disk exits 3");
	is_str(c.err, "bgjob: cannot write: No space left on device\n", "once, with the reason");
	c = tap_fork(print_much_full, "/dev/full", "");
	is_int(c.status, EXIT_SYSTEM, "also when the buffer overflows");
	is_str(c.err, "bgjob: cannot write: No space left on device\n", "once, with the reason");
	c = tap_fork(print_nowhere, "x", "");
	is_int(c.status, EXIT_SYSTEM, "a closed stdout exits 3");
	is_str(c.err, "prog: cannot write: Bad file descriptor\n", "with the reason");
	c = tap_fork(print_nowhere, NULL, "");
	is_int(c.status, EXIT_DONE, "unless there was nothing to write");
	c = tap_fork(print_to_nobody, NULL, "");
	is_int(c.status, 141, "a reader that went away ends it with SIGPIPE");
	c = tap_fork(print_to_nobody, "ignore", "");
	is_int(c.status, 141, "and with the same status where SIGPIPE is ignored");
	is_str(c.err, "", "without a word");
}

static void print_columns(void *data)
{
	setenv("COLUMNS", data, 1);
	printf("%d %d %d", out_columns(), out_tty(), out_colour());
}

static void test_terminal(void)
{
	static const char *const bad[] = { "", "0", "-5", "60x", "99999999999999999999" };
	struct tap_child c = tap_fork(print_columns, "60", "");

	is_str(c.out, "60 0 0", "COLUMNS counts; a file is no terminal and has no colour");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		c = tap_fork(print_columns, (void *)(uintptr_t)bad[i], "");
		is_str(c.out, "80 0 0", "COLUMNS=%s does not", bad[i]);
	}
}

/* A pipe takes it in parts. */
static void test_write_all(void)
{
	size_t n = 300000, got = 0;
	char *data = mem_alloc(n);
	int ends[2], status = -1, same = 1;
	pid_t pid;

	for (size_t i = 0; i < n; i++)
		data[i] = (char)(i % 251);
	if (pipe(ends) < 0 || (pid = fork()) < 0)
		abort();
	if (pid == 0) {
		close(ends[0]);
		_exit(out_write_all(ends[1], data, n) == 0 ? 0 : 1);
	}
	close(ends[1]);
	for (ssize_t part; (part = read(ends[0], data, 7000)) > 0; got += (size_t)part)
		for (ssize_t i = 0; i < part; i++)
			same &= data[i] == (char)((got + (size_t)i) % 251);
	close(ends[0]);
	waitpid(pid, &status, 0);
	ok(status == 0 && got == n && same, "all bytes are written, in order");
	is_int(out_write_all(ends[1], data, 1), -1, "a closed descriptor is an error");
	is_int(out_write_all(ends[1], data, 0), 0, "unless there is nothing to write");
	free(data);
}

int main(void)
{
	test_out();
	test_terminal();
	test_write_all();
	return done();
}
