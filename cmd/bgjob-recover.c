/* bgjob-recover: recover jobs whose runner or machine died */
#include <unistd.h>

#include "base/arg.h"
#include "base/die.h"
#include "base/out.h"
#include "db/db.h"
#include "run/recover.h"
#include "store/check.h"

enum { CHECK = 256 };

static const struct arg_option options[] = {
	{ CHECK, "check", NULL,
		"only verify the store: print each problem; exit 1 if there is one" },
	{ 0 },
};

static void print_settled(const struct settlement *s, void *unused)
{
	(void)unused;
	out_fieldf("%lld", (long long)s->job);
	out_field(s->status);
	out_field(s->reason);
	out_end();
}

static void print_problem(const char *text, void *unused)
{
	(void)unused;
	out_field(text);
	out_end();
}

int main(int argc, char *argv[])
{
	int check = 0, status = EXIT_DONE;

	arg_init("bgjob-recover", "Recover jobs whose runner or machine died.", "[--check]",
		options);
	while (arg_next(argc, argv, 0) >= 0)
		check = 1;
	if (optind < argc)
		die_usage("takes no operands: %s", argv[optind]);
	if (db_open(DB_READ) < 0) {
		out_done();
		return EXIT_DONE;
	}
	if (check) {
		status = check_store(print_problem, NULL) ? EXIT_NO : EXIT_DONE;
	} else {
		if (recover_all(0, print_settled, NULL, NULL) < 0)
			die_system("%s", db_error());
		recover_leftovers(NULL, NULL);
	}
	db_close();
	out_done();
	return status;
}
