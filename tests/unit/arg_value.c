/* arg_value: numbers, sizes and ids as they are typed; ids from operands and stdin; lists */
#include "base/arg.h"
#include "base/die.h"
#include "tap.h"

static void start(void)
{
	static const struct arg_option none[] = { { 0 } };

	arg_init("prog", "do nothing", "", none);
}

static int64_t number(const char *text)
{
	return arg_number("--limit", text, 1, 100);
}

static int64_t any_number(const char *text)
{
	return arg_number("--limit", text, INT64_MIN, INT64_MAX);
}

static int64_t positive(const char *text)
{
	return arg_number("--limit", text, 0, INT64_MAX);
}

static int64_t duration(const char *text)
{
	return arg_duration("--within", text);
}

static int64_t size(const char *text)
{
	return arg_size("--size", text);
}

static int64_t instant(const char *text)
{
	return arg_time("--since", text);
}

struct value {
	int64_t (*read)(const char *text);
	const char *text;
};

static void print_value(void *data)
{
	struct value *v = data;

	start();
	printf("%" PRId64, v->read(v->text));
}

static void is_value(int64_t (*read)(const char *), const char *text, const char *wanted)
{
	struct value v = { read, text };
	struct tap_child c = tap_fork(print_value, &v, "");

	is_str(*c.out ? c.out : c.err, wanted, "value %s", text);
}

static void no_value(int64_t (*read)(const char *), const char *text, const char *wanted)
{
	struct value v = { read, text };
	struct tap_child c = tap_fork(print_value, &v, "");

	is_int(c.status, EXIT_USAGE, "value %s refused", text);
	is_str(c.err, wanted, "value %s: the line", text);
}

static void test_numbers(void)
{
	static const char *const bad[] = { "", " 5", "5 ", "+5", "0x10", "1e3", "1.5", "-", "--1",
		"5-", "\303\244", "1,000" };

	is_value(number, "1", "1");
	is_value(number, "100", "100");
	is_value(number, "0042", "42");
	is_value(any_number, "9223372036854775807", "9223372036854775807");
	is_value(any_number, "-9223372036854775808", "-9223372036854775808");
	is_value(any_number, "-0", "0");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char line[100];

		snprintf(line, sizeof line, "prog: --limit: not a number: %s\n", bad[i]);
		no_value(number, bad[i], line);
	}
	no_value(number, "0", "prog: --limit: must be between 1 and 100: 0\n");
	no_value(number, "101", "prog: --limit: must be between 1 and 100: 101\n");
	no_value(number, "-5", "prog: --limit: must be between 1 and 100: -5\n");
	no_value(positive, "-1", "prog: --limit: must be at least 0: -1\n");
	no_value(positive, "-99999999999999999999",
		"prog: --limit: must be at least 0: -99999999999999999999\n");
	no_value(positive, "9223372036854775808",
		"prog: --limit: must be between 0 and "
		"9223372036854775807: 9223372036854775808\n");
	no_value(any_number, "-9223372036854775809",
		"prog: --limit: must be at least -9223372036854775808: -9223372036854775809\n");
	no_value(number, "5\n", "prog: --limit: not a number: 5\\n\n");
}

static void test_sizes(void)
{
	is_value(size, "0", "0");
	is_value(size, "512", "512");
	is_value(size, "64K", "65536");
	is_value(size, "10M", "10485760");
	is_value(size, "2G", "2147483648");
	is_value(size, "1T", "1099511627776");
	is_value(size, "1k", "1024");
	is_value(size, "8388607T", "9223370937343148032");
	no_value(size, "8388608T", "prog: --size: too large: 8388608T\n");
	no_value(size, "9223372036854775808", "prog: --size: too large: 9223372036854775808\n");
	no_value(size, "99999999999999999999K", "prog: --size: too large: 99999999999999999999K\n");
	no_value(size, "", "prog: --size: not a size: \n");
	no_value(size, "K", "prog: --size: not a size: K\n");
	no_value(size, "-1", "prog: --size: not a size: -1\n");
	no_value(size, "-1K", "prog: --size: not a size: -1K\n");
	no_value(size, "1.5M", "prog: --size: not a size: 1.5M\n");
	no_value(size, "1KB", "prog: --size: not a size: 1KB\n");
	no_value(size, "1KK", "prog: --size: not a size: 1KK\n");
	no_value(size, "0x10", "prog: --size: not a size: 0x10\n");
	no_value(size, " 5", "prog: --size: not a size:  5\n");
}

static void test_other_values(void)
{
	is_value(duration, "1h30m", "5400000");
	no_value(duration, "x", "prog: --within: not a duration: x\n");
	no_value(duration, "9999999d", "prog: --within: too long: 9999999d\n");
	is_value(instant, "1970-01-02T00:00Z", "86400000");
	no_value(instant, "2026-02-30", "prog: --since: no such date: 2026-02-30\n");
	is_value(arg_id, "42", "42");
	is_value(arg_id, "#42", "42");
	is_value(arg_id, "9223372036854775807", "9223372036854775807");
	no_value(arg_id, "9223372036854775808", "prog: not a job id: 9223372036854775808\n");
	no_value(arg_id, "0", "prog: not a job id: 0\n");
	no_value(arg_id, "-1", "prog: not a job id: -1\n");
	no_value(arg_id, "#-1", "prog: not a job id: #-1\n");
	no_value(arg_id, "##1", "prog: not a job id: ##1\n");
	no_value(arg_id, "", "prog: not a job id: \n");
	no_value(arg_id, "#", "prog: not a job id: #\n");
	no_value(arg_id, "42\tqueued", "prog: not a job id: 42\\tqueued\n");
}

/* ---- ids ---- */

static void print_ids(void *data)
{
	char **operands = data;
	struct arg_ids ids;
	int count = 0;

	while (operands[count])
		count++;
	start();
	arg_ids(&ids, count, operands);
	printf("%zu:", ids.count);
	for (size_t i = 0; i < ids.count; i++)
		printf(" %" PRId64, ids.ids[i]);
	arg_ids_free(&ids);
	arg_ids_free(&ids);
}

#define OPERANDS(...) ((char *[]){ __VA_ARGS__, NULL })

static void is_ids(char *operands[], const char *input, const char *wanted)
{
	struct tap_child c = tap_fork(print_ids, operands, input);

	is_str(*c.out ? c.out : c.err, wanted, "ids %s, stdin %s", operands[0], input);
}

static void no_ids(char *operands[], const char *input, const char *wanted)
{
	struct tap_child c = tap_fork(print_ids, operands, input);

	is_int(c.status, EXIT_USAGE, "ids refused, stdin %s", input);
	is_str(c.err, wanted, "the line");
}

static void test_ids(void)
{
	is_ids(OPERANDS("3", "1", "#3", "2", "1"), "99\n", "3: 3 1 2");
	is_ids(OPERANDS("-"), "", "0:");
	is_ids(OPERANDS("-"), "\n\n", "0:");
	is_ids(OPERANDS("-"), "42\tqueued\tmake\n7 done\n\n#8\n42\n", "3: 42 7 8");
	is_ids(OPERANDS("-"), "42\n43", "2: 42 43");
	is_ids(OPERANDS("5", "-", "6", "-"), "42\n5\n", "3: 5 42 6");
	no_ids(OPERANDS(NULL), "42\n", "prog: no job id given (see prog --help)\n");
	no_ids(OPERANDS("x"), "", "prog: not a job id: x\n");
	no_ids(OPERANDS("-"), "42\n\nx\033\n",
		"prog: standard input, line 3: not a job id: x\\x1b\n");
	no_ids(OPERANDS("-"), "42\r\n", "prog: standard input, line 1: not a job id: 42\\r\n");
	no_ids(OPERANDS("-"), " 42\n", "prog: standard input, line 1: not a job id: \n");
	no_ids(OPERANDS("-"), "\t42\n", "prog: standard input, line 1: not a job id: \n");
	no_ids(OPERANDS("-"), "0\n", "prog: standard input, line 1: not a job id: 0\n");
	no_ids(OPERANDS("-"), "-\n", "prog: standard input, line 1: not a job id: -\n");
}

/* Enough for several growth steps of the set, each id three times. */
static void many_ids(void *data)
{
	struct arg_ids ids;
	FILE *in = tmpfile();
	int wrong = 0;

	(void)data;
	for (int i = 0; i < 150000; i++)
		fprintf(in, "%d\tx\n", i % 50000 * 1024 + 1);
	rewind(in);
	dup2(fileno(in), 0);
	arg_ids(&ids, 1, OPERANDS("-"));
	for (size_t i = 0; i < ids.count; i++)
		wrong += ids.ids[i] != (int64_t)i * 1024 + 1;
	printf("%zu, %d wrong", ids.count, wrong);
	arg_ids_free(&ids);
	fclose(in);
}

static void nul_in_id(void *data)
{
	struct arg_ids ids;
	FILE *in = tmpfile();

	(void)data;
	fwrite("4\0002\n", 1, 4, in);
	rewind(in);
	dup2(fileno(in), 0);
	arg_ids(&ids, 1, OPERANDS("-"));
}

static void no_stdin(void *data)
{
	(void)data;
	close(0);
	start();
	print_ids(OPERANDS("-"));
}

static void test_odd_stdin(void)
{
	struct tap_child c = tap_fork(many_ids, NULL, "");

	is_str(c.out, "50000, 0 wrong", "150,000 lines, each id three times");
	c = tap_fork(nul_in_id, NULL, "");
	is_int(c.status, EXIT_USAGE, "a NUL does not end an id");
	c = tap_fork(no_stdin, NULL, "");
	is_int(c.status, EXIT_SYSTEM, "a closed stdin is no empty one");
	is_str(c.err, "prog: cannot read standard input: Bad file descriptor\n", "the line");
}

static void print_list(void *data)
{
	char **list = arg_list("--state", data);

	for (int i = 0; list[i]; i++)
		printf("[%s]", list[i]);
	free(list);
}

static void test_list(void)
{
	static char *const bad[] = { "", ",", "a,", ",a", "a,,b" };
	struct tap_child c = tap_fork(print_list, "a,b c,d", "");

	is_str(c.out, "[a][b c][d]", "a list of words");
	c = tap_fork(print_list, "a", "");
	is_str(c.out, "[a]", "a list of one");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		c = tap_fork(print_list, bad[i], "");
		is_int(c.status, EXIT_USAGE, "list %s refused", bad[i]);
		ok(strstr(c.err, "--state: empty word in the list") != NULL, "and why");
	}
}

int main(void)
{
	test_numbers();
	test_sizes();
	test_other_values();
	test_ids();
	test_odd_stdin();
	test_list();
	return done();
}
