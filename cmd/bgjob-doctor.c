/* bgjob-doctor: check the installation, each line ok or what to do */
#include <unistd.h>

#include "base/arg.h"
#include "base/config.h"
#include "base/die.h"
#include "base/out.h"
#include "exec/doctor.h"
#include "exec/pool.h"
#include "store/db.h"

static const struct arg_option options[] = { { 0 } };

static void print(int ok, const char *name, const char *text)
{
	out_field(ok ? "ok" : "FIX");
	out_field(name);
	out_field(text);
	out_end();
}

int main(int argc, char *argv[])
{
	int bad, exists;

	arg_init("bgjob-doctor", "Check the installation, each line ok or what to do.", "",
		options);
	while (arg_next(argc, argv, 0) >= 0)
		;
	if (optind < argc)
		die_usage("takes no operands: %s", argv[optind]);
	exists = db_open(DB_READ) == 0;
	bad = doctor_run(exists, config_size("BGJOB_MIN_FREE", POOL_MIN_FREE), print);
	db_close();
	out_done();
	return bad ? EXIT_NO : EXIT_DONE;
}
