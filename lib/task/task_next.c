/* task_next: the next moments of tasks */
#include "task/task_next.h"

#include "base/str.h"
#include "store/task_due.h"
#include "store/task_pause.h"
#include "task/trigger.h"
#include "task/zone.h"

int64_t task_next_due(const struct task *task)
{
	int64_t due;

	if (!task->enabled || task_paused())
		return -1;
	if (task->kind != TASK_IDLE)
		return task->due_at;
	return task_idle_next(task->id, INT64_MIN, &due, 1) ? due : -1;
}

size_t task_next_list(const struct task *task, int64_t after, int64_t *moments, size_t most)
{
	size_t count = 0;

	if (!task->enabled)
		return 0;
	if (task->kind == TASK_IDLE)
		return task_idle_next(task->id, after, moments, most);
	for (; count < most; count++) {
		after = trigger_next(task, after);
		if (after < 0)
			break;
		moments[count] = after;
	}
	return count;
}

/* the zone of local times; NULL: it cannot be read */
static const struct zone *local_zone(void)
{
	struct str why = { 0 };
	const struct zone *zone;
	char name[256];

	zone = zone_open(zone_system_name(name, sizeof(name)), &why);
	str_free(&why);
	return zone;
}

void task_next_format(const struct task *task, int64_t ms, char text[CLOCK_TEXT])
{
	struct str why = { 0 };
	const struct zone *zone = NULL;

	if (task->zone)
		zone = zone_open(task->zone, &why);
	if (!zone)
		zone = local_zone();
	if (zone)
		zone_format(zone, ms, text);
	else
		clock_format_time(ms, text);
	str_free(&why);
}
