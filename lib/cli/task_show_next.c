/* task_show_next: the next moments of tasks, or of an expression */
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/out.h"
#include "base/str.h"
#include "cli/task_show.h"
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

static int print_moments(struct moments *m, int named)
{
	if (m->count)
		qsort(m->list, m->count, sizeof(*m->list), compare_moments);
	for (size_t i = 0; i < m->count; i++) {
		if (named)
			out_field(m->list[i].task);
		out_field(m->list[i].text);
		out_end();
	}
	return m->count ? EXIT_DONE : EXIT_NO;
}

static void free_moments(struct moments *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->list[i].task);
	free(m->list);
	free(m->buffer);
}

static int add_named(struct moments *m, const struct task_request *r, int which,
	struct task_answer *a)
{
	const char *name = r->names[which];
	struct task task;

	if (r->no_store || task_find(name, &task) < 0) {
		str_addf(&a->why, "no task '%s'", name);
		return EXIT_USAGE;
	}
	if (!task.enabled)
		str_addf(&a->notes, "task '%s' is disabled\n", name);
	add_task(&task, m);
	task_free(&task);
	return EXIT_DONE;
}

/* outside of a task, H is the hash of an empty name */
static int show_cron(struct moments *m, const struct task_request *r, struct task_answer *a)
{
	struct str why = { 0 };
	struct task task;
	char name[256];

	task_init(&task);
	task.name = mem_dup("");
	task.schedule = mem_dup(r->cron);
	task.zone = mem_dup(r->zone ? r->zone : zone_system_name(name, sizeof(name)));
	if (!zone_open(task.zone, &why))
		str_addf(&a->why, "--tz: %s", why.data);
	else if (trigger_check(&task, &why) < 0)
		str_addf(&a->why, "--cron: %s", why.data);
	else
		add_task(&task, m);
	task_free(&task);
	str_free(&why);
	return a->why.len ? EXIT_USAGE : print_moments(m, 0);
}

static int show_tasks(struct moments *m, const struct task_request *r, struct task_answer *a)
{
	int status = EXIT_DONE;

	if (!r->no_store && task_paused())
		str_add(&a->notes, "all tasks are paused\n");
	for (int i = 0; i < r->count && status == EXIT_DONE; i++)
		status = add_named(m, r, i, a);
	if (!r->count && !r->no_store)
		task_list(add_task, m);
	return status == EXIT_DONE ? print_moments(m, r->count != 1) : status;
}

int task_show_next(const struct task_request *r, struct task_answer *a)
{
	struct moments m = { .most = r->limit ? (size_t)r->limit : MOMENTS, .from = r->from };
	int status;

	m.buffer = mem_alloc(m.most * sizeof(*m.buffer));
	status = r->cron ? show_cron(&m, r, a) : show_tasks(&m, r, a);
	free_moments(&m);
	return status;
}
