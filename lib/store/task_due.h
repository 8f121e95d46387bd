/* task_due: which moments of tasks are due; database errors end the program.
 * Writing functions belong inside the caller's transaction. */
#ifndef STORE_TASK_DUE_H
#define STORE_TASK_DUE_H

#include <stddef.h>
#include <stdint.h>

/* When the next moment of any task is due, ms since 1970; -1: none, or all are paused. */
int64_t task_due_next(void);

/* The ids of up to `most` tasks that are due now, longest due first. Returns how many. */
size_t task_due_list(int64_t now, int64_t *ids, size_t most);

/* Every moment up to looked_at is settled, the next one is due_at (-1: none). */
void task_due_settle(int64_t task, int64_t looked_at, int64_t due_at);

/* Users whose silence is long enough: up to `most`, longest due first; free the names. Returns how many. */
struct task_idle {
	int64_t task, due_at;
	char *user;
};
size_t task_idle_list(int64_t now, struct task_idle *list, size_t most);

/* When users of an idle task fall due after that moment, the first `most` times, in order. Returns how many. */
size_t task_idle_next(int64_t task, int64_t after, int64_t *moments, size_t most);

/* That silence is settled; fired: a run was made for it, and the cooldown begins. */
void task_idle_settle(const struct task_idle *idle, int fired, int64_t now);

/* The users of an idle task may fall due from now on: those whose moment still lies ahead. */
void task_idle_begin(int64_t task, int64_t now);

/* None of them falls due any more: the task was disabled or deleted. */
void task_idle_end(int64_t task);

/* A message of theirs came: their silences begin anew. For user_seen(). */
void task_idle_seen(const char *user, int64_t now);

/*
 * The clock was set back by more than `most` ms: what claims to have been
 * looked at or seen later than now is taken as of now. Returns whether there
 * was any; each(task) is to settle the task anew.
 */
int task_due_clock_set_back(int64_t now, int64_t most, void (*each)(int64_t task, int64_t now));

/* Whether, without a write, one of the two: a look later than `latest`, another tz database. */
int task_due_outdated(int64_t latest, int64_t stamp);

/* The tz database changed from what due_at was computed with: each(task) is to settle the cron tasks anew. */
int task_due_zones_changed(int64_t stamp, void (*each)(int64_t task, int64_t now), int64_t now);

#endif
