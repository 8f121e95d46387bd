/* task_show_next: the coming moments of tasks, and of a schedule that no task has */
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/out.h"
#include "base/str.h"
#include "cli/task_show.h"
#include "db/db.h"
#include "store/task_pause.h"
#include "task/task_next.h"
#include "task/trigger.h"
#include "task/zone.h"

enum { MOMENTS = 5 };

struct moment {
	int64_t at;
	char *task, text[CLOCK_TEXT];
};

struct moments {
	struct moment *list;
	size_t count, most; /* most: of each task */
	int64_t from;
	int64_t *buffer;
};

static void add_task(const struct task *task, void *arg)
{
	struct moments *m = arg;
	size_t count = task_next_list(task, m->from, m->buffer, m->most);

	if (count)
		m->list = mem_resize(m->list, m->count + count, sizeof(*m->list));
	for (size_t i = 0; i < count; i++) {
		struct moment *moment = &m->list[m->count++];

		moment->at = m->buffer[i];
		moment->task = mem_dup(task->name);
		task_next_format(task, moment->at, moment->text);
	}
}

static int compare_moments(const void *a, const void *b)
{
	const struct moment *left = a, *right = b;

	if (left->at != right->at)
		return left->at < right->at ? -1 : 1;
	return strcmp(left->task, right->task);
}

static int print(struct moments *m, int named)
{
	if (m->count)
		qsort(m->list, m->count, sizeof(*m->list), compare_moments);
	for (size_t i = 0; i < m->count; i++) {
		if (named)
			out_field(m->list[i].task);
		out_field(m->list[i].text);
		out_end();
		free(m->list[i].task);
	}
	free(m->list);
	free(m->buffer);
	return m->count ? EXIT_DONE : EXIT_NO;
}

static void add_named(struct moments *m, const char *name)
{
	struct task task;

	if (task_find(name, &task) < 0)
		die_usage("no task '%s'", name);
	if (!task.enabled)
		warn("task '%s' is disabled", name);
	add_task(&task, m);
	task_free(&task);
}

/* H of a schedule that no task has is the hash of an empty name */
static int show_cron(struct moments *m, const char *expression, const char *zone)
{
	static struct str why; /* these live on when something is refused */
	static struct task task;
	char name[256];

	task_init(&task);
	task.name = mem_dup("");
	task.schedule = mem_dup(expression);
	task.zone = mem_dup(zone ? zone : zone_system_name(name, sizeof(name)));
	if (!zone_open(task.zone, &why))
		die_usage("--tz: %s", why.data);
	if (trigger_check(&task, &why) < 0)
		die_usage("--cron: %s", why.data);
	m->buffer = mem_alloc(m->most * sizeof(*m->buffer));
	add_task(&task, m);
	task_free(&task);
	return print(m, 0);
}

static int show_tasks(struct moments *m, char *const *names, int count)
{
	if (db_open(DB_READ) < 0) {
		if (count)
			die_usage("no task '%s'", names[0]);
		return EXIT_NO;
	}
	if (task_paused())
		warn("all tasks are paused");
	m->buffer = mem_alloc(m->most * sizeof(*m->buffer));
	for (int i = 0; i < count; i++)
		add_named(m, names[i]);
	if (!count)
		task_list(add_task, m);
	db_close();
	return print(m, count != 1);
}

int task_show_next(const struct task_request *r)
{
	struct moments m = { .most = r->limit ? (size_t)r->limit : MOMENTS, .from = r->from };

	if (r->zone && !r->cron)
		die_usage("--tz goes with --cron");
	if (r->cron && r->count)
		die_usage("either --cron or tasks: %s", r->names[0]);
	return r->cron ? show_cron(&m, r->cron, r->zone) : show_tasks(&m, r->names, r->count);
}
