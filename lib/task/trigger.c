/* trigger: when a task is due */
#include "task/trigger.h"

#include "base/clock.h"
#include "base/str.h"
#include "task/cron.h"
#include "task/zone.h"

int trigger_check(const struct task *task, struct str *why)
{
	struct cron cron;

	if (task->kind != TASK_CRON)
		return 0;
	if (cron_parse(task->schedule, task->name, &cron, why) < 0)
		return -1;
	return zone_open(task->zone, why) ? 0 : -1;
}

/* a parsed schedule, kept for several queries */
struct series {
	const struct task *task;
	struct cron cron;
	const struct zone *zone; /* for cron; NULL: the schedule cannot be parsed (any more) */
};

static void series_open(struct series *s, const struct task *task)
{
	struct str why = { 0 };

	*s = (struct series){ .task = task };
	if (task->kind == TASK_CRON && cron_parse(task->schedule, task->name, &s->cron, &why) == 0)
		s->zone = zone_open(task->zone, &why);
	str_free(&why);
}

/* whole periods after the anchor */
static int64_t next_period(const struct task *task, int64_t after)
{
	int64_t periods = (after - task->anchor) / task->period_ms;

	if (after < task->anchor)
		return task->anchor + task->period_ms;
	return task->anchor + (periods + 1) * task->period_ms;
}

static int64_t series_next(const struct series *s, int64_t after)
{
	switch (s->task->kind) {
	case TASK_CRON: return s->zone ? cron_next(&s->cron, s->zone, after) : -1;
	case TASK_EVERY: return next_period(s->task, after);
	case TASK_AT: return s->task->anchor > after ? s->task->anchor : -1;
	default: return -1;
	}
}

int64_t trigger_next(const struct task *task, int64_t after)
{
	struct series s;

	series_open(&s, task);
	return series_next(&s, after);
}

/* Keeps the latest moments of (from, until] in a ring of `most`. Returns how many there were. */
static size_t collect_moments(const struct series *s, int64_t from, int64_t until, int64_t *moments,
	size_t most)
{
	size_t count = 0;

	for (int64_t at = series_next(s, from); at >= 0 && at <= until; at = series_next(s, at))
		moments[count++ % most] = at;
	return count;
}

static void reverse(int64_t *moments, size_t from, size_t to)
{
	for (; from + 1 < to; from++, to--) {
		int64_t other = moments[from];

		moments[from] = moments[to - 1];
		moments[to - 1] = other;
	}
}

/* the oldest in the ring is at count % most: rotate it to the front */
static void straighten(int64_t *moments, size_t count, size_t most)
{
	size_t oldest;

	if (!most || count <= most)
		return;
	oldest = count % most;
	reverse(moments, 0, oldest);
	reverse(moments, oldest, most);
	reverse(moments, 0, most);
}

size_t trigger_latest(const struct task *task, int64_t from, int64_t until, int64_t *moments,
	size_t most)
{
	struct series s;
	size_t count = 0;
	int64_t span;

	series_open(&s, task);
	/* after years there may be millions: look back further only until there are enough */
	for (span = CLOCK_HOUR; until - from > span; span *= 8) {
		count = collect_moments(&s, until - span, until, moments, most);
		if (count >= most)
			break;
	}
	if (count < most)
		count = collect_moments(&s, from, until, moments, most);
	straighten(moments, count, most);
	return count < most ? count : most;
}
