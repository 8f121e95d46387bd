/* bgjob-doctor: check the installation, each line ok or what to do */
#include <unistd.h>

#include "base/arg.h"
#include "base/config.h"
#include "base/die.h"
#include "base/out.h"
#include "base/table.h"
#include "exec/doctor.h"
#include "exec/pool.h"
#include "store/db.h"

static const struct arg_option options[] = { { 0 } };

static struct table *table;

static void print(int ok, const char *name, const char *text)
{
	const char *const fields[] = { ok ? "ok" : "FIX", name, text };

	table_row(table, fields, ok ? NULL : "red");
}

int main(int argc, char *argv[])
{
	static const struct table_column columns[] = { { "", TABLE_LEFT }, { "WHAT", TABLE_LEFT },
		{ "HOW IT STANDS, OR WHAT TO DO", TABLE_LEFT } };
	int bad, exists;

	arg_init("bgjob-doctor", "Check the installation, each line ok or what to do.", "",
		options);
	while (arg_next(argc, argv, 0) >= 0)
		;
	if (optind < argc)
		die_usage("takes no operands: %s", argv[optind]);
	exists = db_open(DB_READ) == 0;
	table = table_new(columns, 3);
	bad = doctor_run(exists, config_size("BGJOB_MIN_FREE", POOL_MIN_FREE), print);
	table_print(table);
	db_close();
	out_done();
	return bad ? EXIT_NO : EXIT_DONE;
}
