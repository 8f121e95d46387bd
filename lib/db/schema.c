/* schema: the numbered steps of share/sql */
#include "db/schema.h"

#include <stdio.h>
#include <string.h>

#include "base/die.h"
#include "db/db.h"
#include "db/home.h"
#include "schema_sql.h"

enum { APPLICATION_ID = 0x62676a62 }; /* "bgjb" */

int schema_version(void)
{
	return (int)(sizeof(schema_sql) / sizeof(*schema_sql));
}

static void apply(int from)
{
	char pragma[64];

	for (int step = from; step < schema_version(); step++)
		db_exec((const char *)schema_sql[step]);
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d", schema_version());
	db_exec(pragma);
}

void schema_create(void)
{
	char pragma[64];

	db_exec("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;"
		"PRAGMA synchronous = FULL; BEGIN IMMEDIATE");
	snprintf(pragma, sizeof(pragma), "PRAGMA application_id = %d", APPLICATION_ID);
	db_exec(pragma);
	apply(0);
	db_exec("COMMIT");
}

/* a copy made by VACUUM INTO is not in WAL mode; another program may have changed the mode, too */
static void ensure_wal(void)
{
	struct db_statement *s = db_compile("PRAGMA journal_mode");
	int wal = db_step(s) && strcmp(db_text(s, 0), "wal") == 0;
	int lock;

	db_free(s);
	if (wal)
		return;
	lock = home_lock("store.lock", 0, 1, 1);
	db_exec("PRAGMA journal_mode = WAL");
	home_unlock(lock);
}

static void migrate(void)
{
	int lock = home_lock("store.lock", 0, 1, 1);

	db_exec("BEGIN IMMEDIATE");
	int version = (int)db_query_int("PRAGMA user_version");
	if (version < schema_version())
		apply(version);
	db_exec("COMMIT");
	home_unlock(lock);
}

void schema_check(void)
{
	int64_t version = db_query_int("PRAGMA user_version");

	if (db_query_int("PRAGMA application_id") != APPLICATION_ID)
		die_system("%s is not a bgjob store (another program's database?)",
			home_file("bgjob.db"));
	if (version > schema_version())
		die_system("%s has schema %d, this program knows up to %d: install the newer bgjob "
			   "everywhere",
			home_file("bgjob.db"), (int)version, schema_version());
	ensure_wal();
	if (version < schema_version())
		migrate();
}
