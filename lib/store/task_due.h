/* task_due: which tasks are due, and when; database errors end the program.
 * Writing functions are called inside the caller's transaction. */
#ifndef STORE_TASK_DUE_H
#define STORE_TASK_DUE_H

#include <stddef.h>
#include <stdint.h>

/* When the next moment of any task is due, ms since 1970; -1: none, or all are paused. */
int64_t task_due_next(void);

/* The ids of up to `most` tasks that are due now, the longest overdue first. Returns how many. */
size_t task_due_list(int64_t now, int64_t *ids, size_t most);

/* Record that every moment up to looked_at is settled and the next one is due_at (-1: none). */
void task_due_settle(int64_t task, int64_t looked_at, int64_t due_at);

/*
 * Up to `most` users whose silence is long enough, the longest overdue first; free
 * the names. Returns how many.
 */
struct task_idle {
	int64_t task, due_at;
	char *user;
};
size_t task_idle_list(int64_t now, struct task_idle *list, size_t most);

/*
 * The first `most` moments after `after` at which users of an idle task fall due,
 * in order. Returns how many.
 */
size_t task_idle_next(int64_t task, int64_t after, int64_t *moments, size_t most);

/* Record that this silence is settled; fired: it got a run, and the cooldown begins. */
void task_idle_settle(const struct task_idle *idle, int fired, int64_t now);

/* Compute when each user of an idle task falls due, for moments that are still to come. */
void task_idle_begin(int64_t task, int64_t now);

/* Nobody falls due any more: the task was disabled or deleted. */
void task_idle_end(int64_t task);

/* A user has written: the silence starts over. For user_seen(). */
void task_idle_seen(const char *user, int64_t now);

/*
 * Check whether the clock was set back by more than `most` ms, and replace times
 * in the future by now. Returns whether there were any; each(task) then has to
 * compute the task's next moment again.
 */
int task_due_clock_set_back(int64_t now, int64_t most, void (*each)(int64_t task, int64_t now));

/*
 * Whether task_due_clock_set_back() or task_due_zones_changed() has something to do: a task was
 * looked at after `latest`, or the tz database is another one. Writes nothing.
 */
int task_due_outdated(int64_t latest, int64_t stamp);

/*
 * If the tz database is not the one that due_at was computed with, call each(task) for the cron
 * tasks, to settle them again.
 */
int task_due_zones_changed(int64_t stamp, void (*each)(int64_t task, int64_t now), int64_t now);

#endif
