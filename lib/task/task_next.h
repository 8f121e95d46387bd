/* task_next: the next moments of tasks; database errors end the program */
#ifndef TASK_TASK_NEXT_H
#define TASK_TASK_NEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "store/task.h"

/* When it is due next, which may be a moment that has passed but was not yet fired; -1: never, or paused. */
int64_t task_next_due(const struct task *task);

/* At most `most` moments after `after`, in order; none if the task is disabled. Returns how many. */
size_t task_next_list(const struct task *task, int64_t after, int64_t *moments, size_t most);

/* RFC 3339, in the zone of the task's schedule, or in local time if it has none. */
void task_next_format(const struct task *task, int64_t ms, char text[CLOCK_TEXT]);

#endif
