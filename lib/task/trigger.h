/* trigger: when a task is due; returns -1 and says why */
#ifndef TASK_TRIGGER_H
#define TASK_TRIGGER_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "store/task.h"

/* Whether the task's schedule and zone are valid: 0, or -1 with why. */
int trigger_check(const struct task *task, struct str *why);

/*
 * The first moment strictly after `after` (ms since 1970), -1: none. Idle
 * tasks have none, nor has a schedule that was valid once and is not any more
 * (its zone was removed).
 */
int64_t trigger_next(const struct task *task, int64_t after);

/* The latest moments in (from, until], at most `most`, in order. Returns how many. */
size_t trigger_latest(const struct task *task, int64_t from, int64_t until, int64_t *moments,
	size_t most);

#endif
