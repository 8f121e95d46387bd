/* the state folder of a service that has run out of descriptors: the service continues */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "tap.h"

#include "db/db.h"
#include "db/home.h"

static char home[] = "/tmp/bgjob-unit.XXXXXX";

static void exhaust(rlim_t limit)
{
	struct rlimit r;

	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = limit;
	setrlimit(RLIMIT_NOFILE, &r);
}

static void give_back(void)
{
	exhaust(64);
}

/* run in a child: a failure that ends the program shows as its exit status */
static void without_descriptors(void *unused)
{
	int lock;

	(void)unused;
	home_folder(HOME_SPOOL);
	lock = home_lock("test.lock", 1, 1, 0);
	if (unlinkat(home_dir(), "spool", AT_REMOVEDIR) < 0)
		exit(50);
	exhaust(3);
	if (home_lock("test.lock", 2, 1, 0) != -1 || errno != EMFILE)
		exit(51);
	if (home_locked("test.lock", 3, 1) != 1)
		exit(52);
	if (home_folder(HOME_SPOOL) != -1 || errno != EMFILE)
		exit(53);
	exhaust(64);
	if (home_folder(HOME_SPOOL) < 0 || home_locked("test.lock", 3, 1) != 0)
		exit(54);
	home_unlock(lock);
}

static void wait_without_descriptors(void *unused)
{
	(void)unused;
	atexit(give_back); /* the leak checker opens files at the end */
	exhaust(3);
	home_lock("test.lock", 2, 1, 1);
}

int main(void)
{
	struct tap_child child;
	int lock;

	if (!tap_folder(home))
		return 1;
	setenv("BGJOB_HOME", home, 1);
	db_open(DB_WRITE);
	child = tap_fork(without_descriptors, NULL, "");
	is_int(child.status, 0, "a service goes on, and it works again later");
	ok(strstr(child.err, "test.lock: Too many open files") != NULL, "with a warning");
	child = tap_fork(wait_without_descriptors, NULL, "");
	is_int(child.status, 3, "who has to have the lock ends");
	lock = home_lock("test.lock", 5, 1, 0);
	ok(lock >= 0, "a lock");
	errno = 0;
	ok(home_lock("test.lock", 5, 1, 0) == -1 && errno == EAGAIN, "that another holds");
	is_int(home_locked("test.lock", 5, 1), 1, "is held");
	home_unlock(lock);
	is_int(home_locked("test.lock", 5, 1), 0, "and then it is not");
	ok(home_free_space() > 0, "free space");
	db_close();
	return done();
}
