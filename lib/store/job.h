/* job: recording jobs and looking them up; database errors end the program */
#ifndef STORE_JOB_H
#define STORE_JOB_H

#include <stddef.h>
#include <stdint.h>

enum job_status { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED };

/* "queued", "running" ... and back; -1 for no status. */
const char *job_status_name(enum job_status status);
int job_status_parse(const char *name);
#define job_finished(status) ((status) >= JOB_DONE)

/* Why a queued job may not start (job.hold). */
enum job_hold { HOLD_DEPENDENCY = 1, HOLD_TIME = 2, HOLD_LEFTOVERS = 4, HOLD_TASK = 8 };

/*
 * The same as SQL literals, where a parameter will not do: SQLite uses the index job_due
 * (share/sql) only for a condition with the same literal.
 */
#define HOLD_DEPENDENCY_SQL "1"
#define HOLD_TIME_SQL "2"

/* The type of the jobs that are turns of a conversation with a model, and the queue they are in. */
#define JOB_TYPE_CHAT "chat"
#define JOB_QUEUE_CHAT "chat"

struct job_dependency {
	int64_t id;
	int any; /* any end will do, even failed or cancelled */
};

/* A job to be recorded. No pointer is kept; -1 means "none" where noted. */
struct job_new {
	const char *queue, *type;              /* never NULL */
	const char *label, *user, *unique_key; /* NULL: none */
	const char *limit_key;                 /* claim.h; NULL: none */
	int64_t priority;
	const char *command; /* argv, each argument ended by NUL */
	size_t command_size;
	const char *directory;
	int umask;
	int64_t environment; /* environment_save() */
	int has_input;
	const void *input; /* small input ... */
	size_t input_size;
	const char *
		input_file; /* ... or a synced file in results/, which is renamed (result_stage()) */
	struct job_dependency *after;
	size_t after_count;
	int64_t not_before;                                   /* ms since 1970; -1 */
	int64_t timeout_ms, grace_ms, backoff_ms, max_output; /* -1 */
	int64_t retries;
	char *const *notify; /* NULL-terminated targets, or NULL */
	const char *notify_on;
	int64_t notify_after_ms; /* notify only of runs that took longer; -1 */
	int contain;
};

/* Queue "default", type "shell", 0, NULL and "none" for the rest. */
void job_new_init(struct job_new *job);

/*
 * Record a job inside the caller's transaction. Returns its id, or
 * JOB_DUPLICATE with *other = the unfinished job that has the unique key, or
 * JOB_NO_DEPENDENCY with *other = the id that does not exist; nothing is written
 * then. A dependency that has already failed fails the job at once.
 */
enum { JOB_DUPLICATE = -1, JOB_NO_DEPENDENCY = -2 };
int64_t job_add(const struct job_new *job, int64_t *other);

/* A stored job. Free with job_free(). */
struct job {
	int64_t id;
	enum job_status status;
	int hold;
	char *queue, *limit_key, *type, *label, *user, *unique_key, *launcher;
	int64_t priority;
	char *command;
	size_t command_size;
	char *directory;
	int umask;
	int64_t environment;
	int64_t created_at, not_before, started_at, completed_at, acknowledged_at; /* -1: none */
	int64_t timeout_ms, grace_ms, retries, backoff_ms, max_output;             /* -1: none */
	int64_t failures, attempt;
	int64_t notify_after_ms; /* -1: none */
	char *claim, *reason, *cancel_by, *notify_on;
	int contain;
	int64_t run; /* of a task (task_run.h); 0: none */
};

/* Returns 0, or -1 if there is no such job. */
int job_get(int64_t id, struct job *job);
void job_free(struct job *job);

/* Only the status; -1 if there is no such job. */
int job_status(int64_t id);

/* Which jobs; NULL and 0 mean "all". */
struct job_filter {
	unsigned statuses; /* bits 1 << enum job_status */
	const char *queue, *type, *label, *user;
	const char *except; /* a type to leave out ... */
	int except_done;    /* ... only where the job is done */
	int64_t since;      /* created at or after, ms */
	int64_t limit;
	int unacknowledged; /* failures that nobody has acknowledged */
};

/* Call each() for the matching jobs, newest first. Returns how many there were. */
int64_t job_list(const struct job_filter *filter, void (*each)(const struct job *job, void *arg),
	void *arg);

/*
 * Requirement 2.6: the latest jobs of a user (NULL: all), 10 by default (limit 0).
 * among: what else they have to match (its user and limit are not read), or NULL.
 */
int64_t job_list_recent(const char *user, int64_t limit, const struct job_filter *among,
	void (*each)(const struct job *job, void *arg), void *arg);

/*
 * The numbers of the status bar: running jobs, and failures after `since` that
 * nobody has acknowledged.
 */
void job_counts(int64_t since, int64_t *running, int64_t *failed);

/*
 * Acknowledge failures: these ids, or all failed jobs (count 0), in a
 * transaction of its own. Returns how many.
 */
int64_t job_acknowledge(const int64_t *ids, size_t count, int64_t now);

/* The unfinished jobs that this one waits for, by id. */
void job_waits_for(int64_t id, void (*each)(int64_t on, int any, void *arg), void *arg);

/* The targets that are notified when it ends. */
void job_targets(int64_t id, void (*each)(const char *target, void *arg), void *arg);

#endif
