/* arg: options, their errors, --help */
#include "base/arg.h"

#include <fcntl.h>
#include <getopt.h>

#include "base/die.h"
#include "tap.h"

enum { WITHIN = 256, WITHOUT, WAIT };

static const struct arg_option options[] = {
	{ 'q', "queue", "NAME", "put the job into this queue" },
	{ 'n', "limit", "NUMBER",
		"print at most this many, with so many words behind it that the "
		"line must be wrapped, and then once more because it goes on" },
	{ 'a', "all", NULL, "all of them" },
	{ WITHIN, "within", "DURATION", "wait no longer" },
	{ WITHOUT, "without", NULL, "nothing" },
	{ WAIT, "wait", "[DURATION]", "wait for the end" },
	{ 999, "an-option-with-a-very-long-name", "VALUE", NULL },
	{ 0 },
};

static void start(void)
{
	arg_init("prog", "do what a program does", "[options] -- COMMAND [ARG...]\n--list",
		options);
}

/* Print what was parsed: "ID=VALUE" for each option, "verbose=N", the operands. */
static void parse(char *argv[], int stop_at_operand)
{
	int argc = 0, id;

	while (argv[argc])
		argc++;
	start();
	while ((id = arg_next(argc, argv, stop_at_operand)) != -1)
		printf("%d=%s ", id, optarg ? optarg : "none");
	printf("verbose=%d", arg_verbose());
	for (int i = optind; i < argc; i++)
		printf(" [%s]", argv[i]);
}

static void parse_all(void *argv)
{
	parse(argv, 0);
}

static void parse_command(void *argv)
{
	parse(argv, 1);
}

#define ARGV(...) ((char *[]){ "prog", __VA_ARGS__, NULL })

static void is_parsed(char *argv[], const char *wanted)
{
	struct tap_child c = tap_fork(parse_all, argv, "");

	is_str(c.out, wanted, "%s ... parsed", argv[1]);
	is_str(c.err, "", "without a word");
}

static void is_refused(char *argv[], const char *wanted)
{
	struct tap_child c = tap_fork(parse_all, argv, "");

	is_int(c.status, EXIT_USAGE, "%s refused", argv[1]);
	is_str(c.err, wanted, "%s: the line", argv[1]);
}

static void test_options(void)
{
	struct tap_child c;

	is_parsed(ARGV("-q", "main"), "113=main verbose=0");
	is_parsed(ARGV("-qmain", "--queue=x", "--queue", "y"), "113=main 113=x 113=y verbose=0");
	is_parsed(ARGV("-avq", "main"), "97=none 113=main verbose=1");
	is_parsed(ARGV("--que", "x"), "113=x verbose=0");
	is_parsed(ARGV("--queue=", "-q", ""), "113= 113= verbose=0");
	is_parsed(ARGV("-q", "-a"), "113=-a verbose=0");
	is_parsed(ARGV("--within", "5m", "-v", "--verbose"), "256=5m verbose=2");
	is_parsed(ARGV("--wait", "5m"), "258=none verbose=0 [5m]");
	is_parsed(ARGV("--wait=5m"), "258=5m verbose=0");
	is_parsed(ARGV("x", "-a", "y"), "97=none verbose=0 [x] [y]");
	is_parsed(ARGV("--", "-a"), "verbose=0 [-a]");
	is_parsed(ARGV("-", "-a"), "97=none verbose=0 [-]");
	c = tap_fork(parse_command, ARGV("-a", "make", "-q", "--help"), "");
	is_str(c.out, "97=none verbose=0 [make] [-q] [--help]", "a command keeps its options");
}

static void test_errors(void)
{
	is_refused(ARGV("--foo"), "prog: unknown option --foo (see prog --help)\n");
	is_refused(ARGV("--foo=bar"), "prog: unknown option --foo (see prog --help)\n");
	is_refused(ARGV("--queuex"), "prog: unknown option --queuex (see prog --help)\n");
	is_refused(ARGV("--=x"),
		"prog: option -- is ambiguous: --queue, --limit, --all, --within, "
		"--without, --wait, --an-option-with-a-very-long-name, --verbose, "
		"--help, --version\n");
	is_refused(ARGV("--wi"), "prog: option --wi is ambiguous: --within, --without\n");
	is_refused(ARGV("--v"), "prog: option --v is ambiguous: --verbose, --version\n");
	is_refused(ARGV("--queue"), "prog: option --queue needs a value\n");
	is_refused(ARGV("--que"), "prog: option --queue needs a value\n");
	is_refused(ARGV("-q"), "prog: option -q needs a value\n");
	is_refused(ARGV("-aq"), "prog: option -q needs a value\n");
	is_refused(ARGV("--within"), "prog: option --within needs a value\n");
	is_refused(ARGV("--all=yes"), "prog: option --all takes no value\n");
	is_refused(ARGV("--without=x"), "prog: option --without takes no value\n");
	is_refused(ARGV("--help=x"), "prog: option --help takes no value\n");
	is_refused(ARGV("-x"), "prog: unknown option -x (see prog --help)\n");
	is_refused(ARGV("-aax"), "prog: unknown option -x (see prog --help)\n");
	is_refused(ARGV("-:"), "prog: unknown option -: (see prog --help)\n");
	is_refused(ARGV("-;"), "prog: unknown option -; (see prog --help)\n");
	is_refused(ARGV("-W", "all"), "prog: unknown option -W (see prog --help)\n");
	is_refused(ARGV("-\033"), "prog: unknown option -\\x1b (see prog --help)\n");
	is_refused(ARGV("-\303\244"), "prog: unknown option -\\xc3 (see prog --help)\n");
	is_refused(ARGV("--a\nb\033[2J\377"),
		"prog: unknown option --a\\nb\\x1b[2J\\xff (see prog --help)\n");
	is_refused(ARGV("x", "--foo", "y"), "prog: unknown option --foo (see prog --help)\n");
}

static size_t longest_line(const char *text)
{
	size_t longest = 0;

	while (*text) {
		size_t n = strcspn(text, "\n");

		longest = n > longest ? n : longest;
		text += n + (text[n] != '\0');
	}
	return longest;
}

static void test_help(void)
{
	static const char head[] = "usage: prog [options] -- COMMAND [ARG...]\n"
				   "       prog --list\n\n"
				   "do what a program does\n\n";
	struct tap_child c = tap_fork(parse_all, ARGV("--help", "--foo"), "");

	is_int(c.status, EXIT_DONE, "--help exits 0");
	is_str(c.err, "", "and says nothing on stderr");
	ok(strncmp(c.out, head, strlen(head)) == 0, "synopsis and sentence");
	ok(strstr(c.out, "\n  -q, --queue NAME        put the job") != NULL, "a letter and a name");
	ok(strstr(c.out, "\n      --wait[=DURATION]   wait for") != NULL, "an optional value");
	ok(strstr(c.out, "\n      --within DURATION   wait no") != NULL, "no letter");
	ok(strstr(c.out, "-h, --help") && strstr(c.out, "-V, --version") &&
			strstr(c.out, "-v, --verbose"),
		"the options of every program");
	ok(longest_line(c.out) < 80, "fits 80 columns (%zu)", longest_line(c.out));
	c = tap_fork(parse_all, ARGV("-V"), "");
	is_int(c.status, EXIT_DONE, "--version exits 0");
	ok(strncmp(c.out, "bgjob ", 6) == 0, "with the version of them all");
}

static void first_descriptor(void *data)
{
	(void)data;
	close(0);
	close(2);
	start();
	printf("%d", open("/dev/null", O_RDONLY) > 2);
}

int main(void)
{
	struct tap_child c;

	test_options();
	test_errors();
	test_help();
	c = tap_fork(first_descriptor, NULL, "");
	is_str(c.out, "1", "a file opened later is never stdin, stdout or stderr");
	return done();
}
