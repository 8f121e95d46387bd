/* task_due: which tasks are due, and when */
#include "store/task_due.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/str.h"
#include "db/db.h"
#include "store/task_pause.h"

/* of two points in time, -1: none */
static int64_t earlier(int64_t a, int64_t b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

int64_t task_due_next(void)
{
	if (task_paused())
		return -1;
	return earlier(
		db_first(db_prepare("SELECT min(due_at) FROM task WHERE due_at IS NOT NULL"), -1),
		db_first(db_prepare("SELECT min(due_at) FROM task_user WHERE due_at IS NOT NULL"),
			-1));
}

size_t task_due_list(int64_t now, int64_t *ids, size_t most)
{
	struct db_statement *s = db_prepare("SELECT id FROM task WHERE due_at <= :now"
					    " ORDER BY due_at LIMIT :most");
	size_t count = 0;

	if (task_paused())
		return 0;
	db_bind_int(s, ":now", now);
	db_bind_int(s, ":most", (int64_t)most);
	while (db_step(s))
		ids[count++] = db_int(s, 0);
	return count;
}

void task_due_settle(int64_t task, int64_t looked_at, int64_t due_at)
{
	struct db_statement *s =
		db_prepare("UPDATE task SET looked_at = :looked, due_at = :due WHERE id = :id");

	db_bind_int(s, ":looked", looked_at);
	db_bind_positive(s, ":due", due_at);
	db_bind_int(s, ":id", task);
	db_run(s);
}

size_t task_idle_list(int64_t now, struct task_idle *list, size_t most)
{
	struct db_statement *s = db_prepare("SELECT task_id, due_at, user_id FROM task_user"
					    " WHERE due_at <= :now ORDER BY due_at LIMIT :most");
	size_t count = 0;

	if (task_paused())
		return 0;
	db_bind_int(s, ":now", now);
	db_bind_int(s, ":most", (int64_t)most);
	while (db_step(s))
		list[count++] = (struct task_idle){ .task = db_int(s, 0),
			.due_at = db_int(s, 1),
			.user = mem_dup(db_text(s, 2)) };
	return count;
}

size_t task_idle_next(int64_t task, int64_t after, int64_t *moments, size_t most)
{
	struct db_statement *s = db_prepare("SELECT due_at FROM task_user"
					    " WHERE task_id = :task AND due_at > :after"
					    " ORDER BY due_at LIMIT :most");
	size_t count = 0;

	db_bind_int(s, ":task", task);
	db_bind_int(s, ":after", after);
	db_bind_int(s, ":most", (int64_t)most);
	while (db_step(s))
		moments[count++] = db_int(s, 0);
	return count;
}

void task_idle_settle(const struct task_idle *idle, int fired, int64_t now)
{
	struct db_statement *s =
		db_prepare("UPDATE task_user SET due_at = NULL,"
			   " fired_at = CASE WHEN :fired THEN :now ELSE fired_at END"
			   " WHERE user_id = :user AND task_id = :task AND due_at = :due");

	db_bind_int(s, ":fired", fired);
	db_bind_int(s, ":now", now);
	db_bind_text(s, ":user", idle->user);
	db_bind_int(s, ":task", idle->task);
	db_bind_int(s, ":due", idle->due_at);
	db_run(s);
	s = db_prepare("UPDATE task SET looked_at = :now WHERE id = :task AND looked_at < :now");
	db_bind_int(s, ":now", now);
	db_bind_int(s, ":task", idle->task);
	db_run(s);
}

void task_idle_begin(int64_t task, int64_t now)
{
	/* a silence that already had its run, or whose moment has passed, does not count */
	struct db_statement *s =
		db_prepare("UPDATE task_user SET due_at ="
			   " (SELECT max(seen_at + period_ms,"
			   "   coalesce(task_user.fired_at + cooldown_ms, 0)) AS due"
			   "  FROM user JOIN task ON task.id = task_user.task_id"
			   "  WHERE task.kind = 'idle' AND user.id = task_user.user_id"
			   "   AND seen_at IS NOT NULL AND due > :now"
			   "   AND coalesce(task_user.fired_at, 0) <= seen_at)"
			   " WHERE task_id = :task");

	db_bind_int(s, ":task", task);
	db_bind_int(s, ":now", now);
	db_run(s);
}

void task_idle_end(int64_t task)
{
	struct db_statement *s = db_prepare("UPDATE task_user SET due_at = NULL"
					    " WHERE task_id = :id AND due_at IS NOT NULL");

	db_bind_int(s, ":id", task);
	db_run(s);
}

void task_idle_seen(const char *user, int64_t now)
{
	struct db_statement *s = db_prepare(
		"UPDATE task_user SET due_at ="
		" max(:now + task.period_ms, coalesce(task_user.fired_at + task.cooldown_ms, 0))"
		" FROM task WHERE task_user.user_id = :user AND task.id = task_user.task_id"
		" AND task.kind = 'idle' AND task.enabled AND task.deleted_at IS NULL"
		" AND NOT (SELECT paused FROM schedule WHERE id = 1)");

	db_bind_int(s, ":now", now);
	db_bind_text(s, ":user", user);
	db_run(s);
}

struct ids {
	int64_t *list;
	size_t count;
};

/* collected first, since the caller writes while it goes through them */
static struct ids collect_tasks(struct db_statement *s)
{
	struct ids ids = { 0 };

	ids.list = db_ids(s, &ids.count);
	return ids;
}

static void for_each(struct ids ids, void (*each)(int64_t task, int64_t now), int64_t now)
{
	for (size_t i = 0; i < ids.count; i++)
		each(ids.list[i], now);
	free(ids.list);
}

static void bind_now(struct db_statement *s, int64_t now)
{
	db_bind_int(s, ":now", now);
	db_run(s);
}

int task_due_clock_set_back(int64_t now, int64_t most, void (*each)(int64_t task, int64_t now))
{
	struct db_statement *s = db_prepare("SELECT id FROM task"
					    " WHERE deleted_at IS NULL AND looked_at > :latest");
	struct ids ids;

	db_bind_int(s, ":latest", now + most);
	ids = collect_tasks(s);
	if (!ids.count)
		return 0;
	bind_now(db_prepare("UPDATE user SET seen_at = :now WHERE seen_at > :now"), now);
	bind_now(db_prepare("UPDATE task_user SET fired_at = :now WHERE fired_at > :now"), now);
	bind_now(db_prepare("UPDATE task_user SET due_at = min(task_user.due_at,"
			    " :now + max(task.period_ms, task.cooldown_ms))"
			    " FROM task WHERE task.id = task_user.task_id"
			    " AND task_user.due_at IS NOT NULL"),
		now);
	for_each(ids, each, now);
	return 1;
}

int task_due_outdated(int64_t latest, int64_t stamp)
{
	struct db_statement *s = db_prepare(
		"SELECT EXISTS (SELECT 1 FROM task WHERE deleted_at IS NULL AND looked_at > :latest)"
		" OR EXISTS (SELECT 1 FROM schedule WHERE zones <> :stamp)");

	db_bind_int(s, ":latest", latest);
	db_bind_int(s, ":stamp", stamp);
	return db_first(s, 0) != 0;
}

int task_due_zones_changed(int64_t stamp, void (*each)(int64_t task, int64_t now), int64_t now)
{
	struct db_statement *s =
		db_prepare("UPDATE schedule SET zones = :stamp WHERE id = 1 AND zones <> :stamp");

	db_bind_int(s, ":stamp", stamp);
	if (!db_run(s))
		return 0;
	for_each(collect_tasks(
			 db_prepare("SELECT id FROM task"
				    " WHERE kind = 'cron' AND enabled AND deleted_at IS NULL")),
		each, now);
	return 1;
}
