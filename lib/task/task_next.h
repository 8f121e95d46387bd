/* task_next: the coming moments of tasks; database errors end the program */
#ifndef TASK_TASK_NEXT_H
#define TASK_TASK_NEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "store/task.h"

/* When it is due next as things stand, also a moment that has passed and waits to be looked at; -1: not, or paused. */
int64_t task_next_due(const struct task *task);

/* The first moments after that one, at most `most`, in order; none of a task that is disabled. Returns how many. */
size_t task_next_list(const struct task *task, int64_t after, int64_t *moments, size_t most);

/* RFC 3339 in the zone of the task's schedule; one that has none: in local time. */
void task_next_format(const struct task *task, int64_t ms, char text[CLOCK_TEXT]);

#endif
