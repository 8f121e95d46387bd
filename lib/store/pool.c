/* pool: the registered pools, and which of them are alive */
#include "store/pool.h"

#include <errno.h>

#include "base/clock.h"
#include "base/die.h"
#include "db/db.h"
#include "db/home.h"

static const char lock_file[] = "pool.lock";

int pool_alive(int64_t id)
{
	return id > 0 && home_locked(lock_file, id, 1);
}

/* delete the rows of pools that are gone */
static void forget_dead(void)
{
	struct db_statement *s =
		db_prepare("SELECT id FROM pool WHERE id > :id ORDER BY id LIMIT 1");
	int64_t id = 0;

	for (;;) {
		db_bind_int(s, ":id", id);
		if (!db_step(s))
			return;
		id = db_int(s, 0);
		db_end(s);
		if (!pool_alive(id)) {
			struct db_statement *gone = db_prepare("DELETE FROM pool WHERE id = :id");

			db_bind_int(gone, ":id", id);
			db_run(gone);
		}
	}
}

int64_t pool_register(pid_t pid, int slots, int *lock)
{
	struct db_statement *s;
	int64_t id;

	db_begin();
	do {
		s = db_prepare("INSERT INTO pool (pid, slots, started_at)"
			       " VALUES (:pid, :slots, :now)");
		db_bind_int(s, ":pid", pid);
		db_bind_int(s, ":slots", slots);
		db_bind_int(s, ":now", clock_now());
		db_run(s);
		id = db_last_id();
		/* held only if an older backup was restored while a pool was running */
		*lock = home_lock(lock_file, id, 1, 0);
		if (*lock < 0 && errno != EAGAIN)
			die_errno("cannot lock %s", home_file(lock_file));
	} while (*lock < 0);
	forget_dead();
	db_commit();
	return id;
}

void pool_leave(int lock)
{
	home_unlock(lock);
}

int pool_any_alive(void)
{
	return home_locked(lock_file, 1, 0);
}

int64_t pool_newest(void)
{
	return db_first(db_prepare("SELECT max(id) FROM pool"), 0);
}

void pool_list(void (*each)(int64_t id, pid_t pid, int slots, int64_t started_at, void *arg),
	void *arg)
{
	struct db_statement *s =
		db_prepare("SELECT id, pid, slots, started_at FROM pool ORDER BY id");

	while (db_step(s))
		each(db_int(s, 0), (pid_t)db_int(s, 1), (int)db_int(s, 2), db_int(s, 3), arg);
}
