/* recover: settle jobs whose runner or machine died */
#include "run/recover.h"

#include "base/clock.h"
#include "db/db.h"
#include "run/leftovers.h"
#include "run/spool.h"
#include "service/runner.h"
#include "store/pool.h"
#include "store/transition.h"

static void apply(void *settlement)
{
	settle_apply(settlement, clock_now());
}

/* returns whether this call changed the row; -1: the store could not be written */
static int settle_one(const struct attempt *a, struct settlement *s)
{
	settle_examine(s, a, 0);
	if (s->finding == SETTLE_ALIVE)
		return 0;
	if (db_try(apply, s) < 0) {
		settle_leave(s);
		return -1;
	}
	settle_clear(s);
	return s->changed;
}

static void clean(void *unused)
{
	(void)unused;
	spool_clean();
}

int recover_all(int all, void (*settled)(const struct settlement *s, void *arg),
	void (*alive)(const struct attempt *a, void *arg), void *arg)
{
	struct attempt *list;
	size_t count = attempt_running("local", &list);
	int changed = 0, failed = 0;

	for (size_t i = 0; i < count && !failed; i++) {
		struct settlement s;
		int status;

		if (!all && list[i].pool >= 0 && pool_alive(list[i].pool))
			continue;
		status = settle_one(&list[i], &s);
		failed = status < 0;
		changed += status > 0;
		if (status > 0 && settled)
			settled(&s, arg);
		else if (status == 0 && s.finding == SETTLE_ALIVE && alive)
			alive(&list[i], arg);
	}
	attempt_free_list(list, count);
	if (changed)
		runner_deliver();
	if (failed || db_try(clean, NULL) < 0)
		return -1;
	return changed;
}

struct still {
	void (*each)(int pid, void *arg);
	void *arg;
};

static void pass_on(pid_t pid, int64_t job, int64_t attempt, void *arg)
{
	struct still *still = arg;

	(void)job;
	(void)attempt;
	if (still->each)
		still->each(pid, still->arg);
}

static void release(void *job)
{
	transition_release(*(int64_t *)job);
}

int recover_leftovers(void (*each)(int pid, void *arg), void *arg)
{
	struct still still = { each, arg };
	struct attempt *list;
	size_t count = attempt_with_leftovers(&list);
	int released = 0;

	for (size_t i = 0; i < count; i++) {
		if (leftovers_find(list[i].job, list[i].attempt, 0, pass_on, &still))
			continue;
		if (db_try(release, &list[i].job) == 0)
			released++;
	}
	attempt_free_list(list, count);
	return released;
}
