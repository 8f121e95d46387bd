/* task: recurring work: definitions, their users and notification targets */
#include "store/task.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "db/db.h"
#include "store/column.h"
#include "store/task_due.h"
#include "store/task_pause.h"

enum { NAME_LONGEST = 64, USER_LONGEST = 128 };

static const char *const kinds[] = { "cron", "every", "idle", "at", "manual" };
static const char *const missed_words[] = { "skip", "once", "all" };
static const char *const overlap_words[] = { "skip", "queue", "allow" };

static int find_word(const char *const *words, int count, const char *word)
{
	for (int i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

const char *task_kind_name(enum task_kind kind)
{
	return kinds[kind];
}

int task_kind_parse(const char *name)
{
	return find_word(kinds, sizeof(kinds) / sizeof(*kinds), name);
}

const char *task_missed_name(enum task_missed missed)
{
	return missed_words[missed];
}

int task_missed_parse(const char *name)
{
	return find_word(missed_words, sizeof(missed_words) / sizeof(*missed_words), name);
}

const char *task_overlap_name(enum task_overlap overlap)
{
	return overlap_words[overlap];
}

int task_overlap_parse(const char *name)
{
	return find_word(overlap_words, sizeof(overlap_words) / sizeof(*overlap_words), name);
}

int task_name_valid(const char *name)
{
	size_t n = strlen(name);

	return n >= 1 && n <= NAME_LONGEST && !strchr("-.", name[0]) &&
		strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
		n;
}

int task_user_valid(const char *user)
{
	size_t n = strlen(user);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)user[i] <= ' ' || user[i] == 0x7f)
			return 0;
	return n >= 1 && n <= USER_LONGEST;
}

void task_init(struct task *task)
{
	*task = (struct task){ .kind = TASK_CRON,
		.period_ms = -1,
		.anchor = -1,
		.cooldown_ms = -1,
		.missed = TASK_ONCE,
		.grace_ms = -1,
		.overlap = TASK_SKIP,
		.batch_size = 5,
		.max_turns = 10,
		.timeout_ms = -1,
		.alert_after = 3,
		.enabled = 1,
		.created_at = -1,
		.deleted_at = -1,
		.looked_at = -1,
		.due_at = -1,
		.alerted_at = -1 };
}

void task_free(struct task *task)
{
	free(task->name);
	free(task->schedule);
	free(task->zone);
	free(task->system_prompt);
	free(task->tools);
	free(task->memory_blocks);
	free(task->command);
	free(task->directory);
	free(task->queue);
	free(task->notify_on);
	task_init(task);
}

static void bind_definition(struct db_statement *s, const struct task *t)
{
	db_bind_text(s, ":name", t->name);
	db_bind_text(s, ":kind", kinds[t->kind]);
	db_bind_text(s, ":schedule", t->schedule);
	db_bind_text(s, ":zone", t->zone);
	db_bind_positive(s, ":period", t->period_ms);
	db_bind_positive(s, ":anchor", t->anchor);
	db_bind_positive(s, ":cooldown", t->cooldown_ms);
	db_bind_text(s, ":missed", missed_words[t->missed]);
	db_bind_positive(s, ":grace", t->grace_ms);
	db_bind_text(s, ":overlap", overlap_words[t->overlap]);
	db_bind_int(s, ":batch", t->batch_size);
	db_bind_int(s, ":turns", t->max_turns);
	db_bind_text(s, ":prompt", t->system_prompt);
	db_bind_text(s, ":tools", t->tools);
	db_bind_text(s, ":memory", t->memory_blocks);
	db_bind_blob(s, ":command", t->command, t->command_size);
	db_bind_blob(s, ":directory", t->directory, strlen(t->directory));
	db_bind_int(s, ":umask", t->umask);
	db_bind_int(s, ":environment", t->environment);
	db_bind_text(s, ":queue", t->queue);
	db_bind_int(s, ":priority", t->priority);
	db_bind_positive(s, ":timeout", t->timeout_ms);
	db_bind_text(s, ":notify_on", t->notify_on);
	db_bind_int(s, ":alert", t->alert_after);
	db_bind_int(s, ":enabled", t->enabled);
	db_bind_int(s, ":looked", t->looked_at);
	db_bind_positive(s, ":due", t->enabled ? t->due_at : -1);
}

/* a user who was already on the list keeps the cooldown */
static void add_users(int64_t id, char *const *users)
{
	for (int64_t i = 0; users && users[i]; i++) {
		struct db_statement *s =
			db_prepare("INSERT INTO task_user (task_id, position, user_id)"
				   " VALUES (:task, :position, :user)"
				   " ON CONFLICT (user_id, task_id)"
				   " DO UPDATE SET position = excluded.position");

		db_bind_int(s, ":task", id);
		db_bind_int(s, ":position", i);
		db_bind_text(s, ":user", users[i]);
		db_run(s);
	}
}

static void add_targets(int64_t id, char *const *targets)
{
	for (; targets && *targets; targets++) {
		struct db_statement *s =
			db_prepare("INSERT INTO task_notify (task_id, target)"
				   " VALUES (:task, :target) ON CONFLICT DO NOTHING");

		db_bind_int(s, ":task", id);
		db_bind_text(s, ":target", *targets);
		db_run(s);
	}
}

static int64_t run_for(struct db_statement *s, int64_t id)
{
	db_bind_int(s, ":id", id);
	return db_run(s);
}

/* an idle task counts silences from now on */
static void begin_idle(const struct task *t, int64_t id, int64_t now)
{
	if (t->kind == TASK_IDLE && t->enabled && !task_paused())
		task_idle_begin(id, now);
}

int64_t task_add(const struct task *t, char *const *users, char *const *targets, int64_t now)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO task (name, kind, schedule, zone, period_ms, anchor, cooldown_ms,"
		" missed, grace_ms, overlap, batch_size, max_turns, system_prompt, tools,"
		" memory_blocks, command, directory, umask, environment_id, queue, priority,"
		" timeout_ms, notify_on, alert_after, enabled, looked_at, due_at, created_at)"
		" VALUES (:name, :kind, :schedule, :zone, :period, :anchor, :cooldown,"
		" :missed, :grace, :overlap, :batch, :turns, :prompt, :tools,"
		" :memory, :command, :directory, :umask, :environment, :queue, :priority,"
		" :timeout, :notify_on, :alert, :enabled, :looked, :due, :now)"
		" ON CONFLICT DO NOTHING");
	int64_t id;

	bind_definition(s, t);
	db_bind_int(s, ":now", now);
	if (!db_run(s))
		return 0;
	id = db_last_id();
	add_users(id, users);
	add_targets(id, targets);
	begin_idle(t, id, now);
	return id;
}

void task_replace(int64_t id, const struct task *t, char *const *users, char *const *targets,
	int64_t now)
{
	struct db_statement *s = db_prepare(
		"UPDATE task SET name = :name, kind = :kind, schedule = :schedule, zone = :zone,"
		" period_ms = :period, anchor = :anchor, cooldown_ms = :cooldown,"
		" missed = :missed, grace_ms = :grace, overlap = :overlap, batch_size = :batch,"
		" max_turns = :turns, system_prompt = :prompt, tools = :tools,"
		" memory_blocks = :memory, command = :command, directory = :directory,"
		" umask = :umask, environment_id = :environment, queue = :queue,"
		" priority = :priority, timeout_ms = :timeout, notify_on = :notify_on,"
		" alert_after = :alert, enabled = :enabled, looked_at = :looked, due_at = :due"
		" WHERE id = :id");

	bind_definition(s, t);
	run_for(s, id);
	run_for(db_prepare("UPDATE task_user SET position = -1 - position, due_at = NULL"
			   " WHERE task_id = :id"),
		id);
	add_users(id, users);
	run_for(db_prepare("DELETE FROM task_user WHERE task_id = :id AND position < 0"), id);
	run_for(db_prepare("DELETE FROM task_notify WHERE task_id = :id"), id);
	add_targets(id, targets);
	begin_idle(t, id, now);
	task_hold_refresh();
}

/* clang-format off */
#define COLUMNS(COLUMN) \
	COLUMN(C_NAME, "name") COLUMN(C_KIND, "kind") COLUMN(C_SCHEDULE, "schedule") \
	COLUMN(C_ZONE, "zone") COLUMN(C_PERIOD_MS, "period_ms") COLUMN(C_ANCHOR, "anchor") \
	COLUMN(C_COOLDOWN_MS, "cooldown_ms") COLUMN(C_MISSED, "missed") \
	COLUMN(C_GRACE_MS, "grace_ms") COLUMN(C_OVERLAP, "overlap") \
	COLUMN(C_BATCH_SIZE, "batch_size") COLUMN(C_MAX_TURNS, "max_turns") \
	COLUMN(C_SYSTEM_PROMPT, "system_prompt") COLUMN(C_TOOLS, "tools") \
	COLUMN(C_MEMORY_BLOCKS, "memory_blocks") COLUMN(C_COMMAND, "command") \
	COLUMN(C_DIRECTORY, "directory") COLUMN(C_UMASK, "umask") \
	COLUMN(C_ENVIRONMENT_ID, "environment_id") COLUMN(C_QUEUE, "queue") \
	COLUMN(C_PRIORITY, "priority") COLUMN(C_TIMEOUT_MS, "timeout_ms") \
	COLUMN(C_NOTIFY_ON, "notify_on") COLUMN(C_ALERT_AFTER, "alert_after") \
	COLUMN(C_ENABLED, "enabled") COLUMN(C_CREATED_AT, "created_at") \
	COLUMN(C_DELETED_AT, "deleted_at") COLUMN(C_LOOKED_AT, "looked_at") \
	COLUMN(C_DUE_AT, "due_at") COLUMN(C_ALERTED_AT, "alerted_at")
/* clang-format on */
enum { C_ID, COLUMNS(COLUMN_ENUM) };
#define SELECT "SELECT id" COLUMNS(COLUMN_SQL) " FROM task"

static void read_task(struct db_statement *s, struct task *t)
{
	const void *data;
	size_t n;

	*t = (struct task){ .id = db_int(s, C_ID),
		.name = mem_dup(db_text(s, C_NAME)),
		.kind = (enum task_kind)task_kind_parse(db_text(s, C_KIND)),
		.schedule = mem_dup(db_text(s, C_SCHEDULE)),
		.zone = mem_dup(db_text(s, C_ZONE)),
		.period_ms = db_int_or(s, C_PERIOD_MS, -1),
		.anchor = db_int_or(s, C_ANCHOR, -1),
		.cooldown_ms = db_int_or(s, C_COOLDOWN_MS, -1),
		.missed = (enum task_missed)task_missed_parse(db_text(s, C_MISSED)),
		.grace_ms = db_int_or(s, C_GRACE_MS, -1),
		.overlap = (enum task_overlap)task_overlap_parse(db_text(s, C_OVERLAP)),
		.batch_size = db_int(s, C_BATCH_SIZE),
		.max_turns = db_int(s, C_MAX_TURNS),
		.system_prompt = mem_dup(db_text(s, C_SYSTEM_PROMPT)),
		.tools = mem_dup(db_text(s, C_TOOLS)),
		.memory_blocks = mem_dup(db_text(s, C_MEMORY_BLOCKS)),
		.umask = (int)db_int(s, C_UMASK),
		.environment = db_int(s, C_ENVIRONMENT_ID),
		.queue = mem_dup(db_text(s, C_QUEUE)),
		.priority = db_int(s, C_PRIORITY),
		.timeout_ms = db_int_or(s, C_TIMEOUT_MS, -1),
		.notify_on = mem_dup(db_text(s, C_NOTIFY_ON)),
		.alert_after = db_int(s, C_ALERT_AFTER),
		.enabled = (int)db_int(s, C_ENABLED),
		.created_at = db_int(s, C_CREATED_AT),
		.deleted_at = db_int_or(s, C_DELETED_AT, -1),
		.looked_at = db_int(s, C_LOOKED_AT),
		.due_at = db_int_or(s, C_DUE_AT, -1),
		.alerted_at = db_int_or(s, C_ALERTED_AT, -1) };
	data = db_blob(s, C_COMMAND, &t->command_size);
	t->command = mem_dupn(data, t->command_size);
	data = db_blob(s, C_DIRECTORY, &n);
	t->directory = mem_dupn(data, n);
}

static int read_one(struct db_statement *s, struct task *task)
{
	if (!db_step(s))
		return -1;
	read_task(s, task);
	db_end(s);
	return 0;
}

int task_get(int64_t id, struct task *task)
{
	struct db_statement *s = db_prepare(SELECT " WHERE id = :id");

	db_bind_int(s, ":id", id);
	return read_one(s, task);
}

int task_find(const char *name, struct task *task)
{
	struct db_statement *s = db_prepare(SELECT " WHERE name = :name AND deleted_at IS NULL");

	db_bind_text(s, ":name", name);
	return read_one(s, task);
}

int64_t task_list(void (*each)(const struct task *task, void *arg), void *arg)
{
	struct db_statement *s = db_prepare(SELECT " WHERE deleted_at IS NULL ORDER BY name");
	int64_t count = 0;

	for (; db_step(s); count++) {
		struct task task;

		read_task(s, &task);
		each(&task, arg);
		task_free(&task);
	}
	return count;
}

int64_t task_user_count(int64_t id)
{
	struct db_statement *s = db_prepare("SELECT count(*) FROM task_user WHERE task_id = :id");

	db_bind_int(s, ":id", id);
	return db_first(s, 0);
}

int task_has_user(int64_t id, const char *user)
{
	struct db_statement *s =
		db_prepare("SELECT 1 FROM task_user WHERE task_id = :id AND user_id = :user");

	db_bind_int(s, ":id", id);
	db_bind_text(s, ":user", user);
	return db_first(s, 0) != 0;
}

static void list_texts(struct db_statement *s, int64_t id,
	void (*each)(const char *text, void *arg), void *arg)
{
	db_bind_int(s, ":id", id);
	while (db_step(s))
		each(db_text(s, 0), arg);
}

void task_users(int64_t id, void (*each)(const char *user, void *arg), void *arg)
{
	list_texts(
		db_prepare("SELECT user_id FROM task_user WHERE task_id = :id ORDER BY position"),
		id, each, arg);
}

void task_targets(int64_t id, void (*each)(const char *target, void *arg), void *arg)
{
	list_texts(db_prepare("SELECT target FROM task_notify WHERE task_id = :id ORDER BY target"),
		id, each, arg);
}

void task_enable(int64_t id, int64_t due_at, int64_t now)
{
	struct db_statement *s = db_prepare("UPDATE task SET enabled = 1, looked_at = :now,"
					    " due_at = :due WHERE id = :id AND NOT enabled");

	db_bind_int(s, ":now", now);
	db_bind_positive(s, ":due", due_at);
	if (!run_for(s, id))
		return;
	if (!task_paused())
		task_idle_begin(id, now);
	task_hold_refresh();
}

void task_disable(int64_t id)
{
	if (!run_for(db_prepare("UPDATE task SET enabled = 0, due_at = NULL"
				" WHERE id = :id AND enabled"),
		    id))
		return;
	task_idle_end(id);
	task_hold_refresh();
}
