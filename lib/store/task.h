/* task: recurring work: definitions, their users and notification targets; database errors end the program.
 * Writing functions are called inside the caller's transaction. */
#ifndef STORE_TASK_H
#define STORE_TASK_H

#include <stddef.h>
#include <stdint.h>

enum task_kind {
	TASK_CRON,
	TASK_EVERY,
	TASK_IDLE,
	TASK_AT,
	TASK_MANUAL /* only of runs, never of tasks */
};

/* What to do about moments that were missed: run for none of them, for the latest, or for all. */
enum task_missed { TASK_SKIP_MISSED, TASK_ONCE, TASK_ALL };

/* What to do when a moment comes while an earlier run is unfinished. */
enum task_overlap { TASK_SKIP, TASK_QUEUE, TASK_ALLOW };

/* "cron", "every" ...; "skip", "once" ...; and back, -1 for any other word. */
const char *task_kind_name(enum task_kind kind);
int task_kind_parse(const char *name);
const char *task_missed_name(enum task_missed missed);
int task_missed_parse(const char *name);
const char *task_overlap_name(enum task_overlap overlap);
int task_overlap_parse(const char *name);

/*
 * A definition. Texts are owned, NULL: none; free with task_free(). Times and
 * durations are ms, -1: none.
 */
struct task {
	int64_t id;
	char *name;
	enum task_kind kind;
	char *schedule;      /* cron */
	char *zone;          /* cron: of the tz database, "": the system's */
	int64_t period_ms;   /* every: between two moments; idle: of silence */
	int64_t anchor;      /* every: its moments are whole periods after; at: the moment */
	int64_t cooldown_ms; /* idle: between two runs for one user */
	enum task_missed missed;
	int64_t grace_ms; /* a moment missed by more than this is skipped */
	enum task_overlap overlap;
	int64_t batch_size, max_turns;
	char *system_prompt, *tools, *memory_blocks; /* the latter two: separated by commas */
	char *command;                               /* argv, each argument ended by NUL */
	size_t command_size;
	char *directory;
	int umask;
	int64_t environment; /* environment_save() */
	char *queue;
	int64_t priority, timeout_ms;
	char *notify_on;
	int64_t alert_after; /* failed runs in a row; 0: no alert */
	int enabled;
	int64_t created_at, deleted_at, looked_at, due_at, alerted_at;
};

/* The defaults: kind cron, batches of 5, 10 turns, alert after 3 failures, enabled ... */
void task_init(struct task *task);
void task_free(struct task *task);

/* 1 to 64 of A-Z a-z 0-9 . _ -, not beginning with "-" or "." */
int task_name_valid(const char *name);

/* 1 to 128 bytes without blanks and control characters. */
int task_user_valid(const char *user);

/*
 * Record a definition. users and targets (store/target.h; "%u" stands for each
 * user) are NULL-terminated or NULL. id, created_at and alerted_at of `task` are
 * not read; moments after looked_at count, and due_at is the first of them.
 * Returns its id, or 0 if the name is taken.
 */
int64_t task_add(const struct task *task, char *const *users, char *const *targets, int64_t now);

/* The same for an existing task, whose history stays. */
void task_replace(int64_t id, const struct task *task, char *const *users, char *const *targets,
	int64_t now);

/* 0, or -1 if there is none. task_find(): by name, among those not deleted. */
int task_get(int64_t id, struct task *task);
int task_find(const char *name, struct task *task);

/* Call each() for the tasks not deleted, by name. Returns how many. */
int64_t task_list(void (*each)(const struct task *task, void *arg), void *arg);

/* Its users in the order of the list, and its targets. */
int64_t task_user_count(int64_t id);
int task_has_user(int64_t id, const char *user);
void task_users(int64_t id, void (*each)(const char *user, void *arg), void *arg);
void task_targets(int64_t id, void (*each)(const char *target, void *arg), void *arg);

/*
 * A disabled task starts nothing: queued jobs of its runs wait, and moments that
 * pass are skipped. due_at: when the task is due next once it is enabled.
 */
void task_enable(int64_t id, int64_t due_at, int64_t now);
void task_disable(int64_t id);

#endif
