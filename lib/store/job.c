/* job: looking jobs up */
#include "store/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "db/db.h"
#include "store/column.h"

static const char *const status_names[] = { "queued", "running", "done", "failed", "cancelled" };

/* clang-format off */
#define COLUMNS(COLUMN) \
	COLUMN(C_STATUS, "status") COLUMN(C_HOLD, "hold") COLUMN(C_QUEUE, "queue") \
	COLUMN(C_LIMIT_KEY, "limit_key") COLUMN(C_TYPE, "type") COLUMN(C_LABEL, "label") \
	COLUMN(C_USER_ID, "user_id") COLUMN(C_UNIQUE_KEY, "unique_key") \
	COLUMN(C_LAUNCHER, "launcher") COLUMN(C_PRIORITY, "priority") \
	COLUMN(C_COMMAND, "command") COLUMN(C_DIRECTORY, "directory") COLUMN(C_UMASK, "umask") \
	COLUMN(C_ENVIRONMENT_ID, "environment_id") COLUMN(C_CREATED_AT, "created_at") \
	COLUMN(C_NOT_BEFORE, "not_before") COLUMN(C_STARTED_AT, "started_at") \
	COLUMN(C_COMPLETED_AT, "completed_at") COLUMN(C_ACKNOWLEDGED_AT, "acknowledged_at") \
	COLUMN(C_TIMEOUT_MS, "timeout_ms") COLUMN(C_GRACE_MS, "grace_ms") \
	COLUMN(C_RETRIES, "retries") COLUMN(C_BACKOFF_MS, "backoff_ms") \
	COLUMN(C_MAX_OUTPUT, "max_output") COLUMN(C_FAILURES, "failures") \
	COLUMN(C_ATTEMPT, "attempt") COLUMN(C_CLAIM, "claim") COLUMN(C_REASON, "reason") \
	COLUMN(C_CANCEL_BY, "cancel_by") COLUMN(C_NOTIFY_ON, "notify_on") \
	COLUMN(C_NOTIFY_AFTER_MS, "notify_after_ms") COLUMN(C_CONTAIN, "contain") \
	COLUMN(C_RUN_ID, "run_id")
/* clang-format on */
enum { C_ID, COLUMNS(COLUMN_ENUM) };
#define SELECT "SELECT id" COLUMNS(COLUMN_SQL) " FROM job"

const char *job_status_name(enum job_status status)
{
	return status_names[status];
}

int job_status_parse(const char *name)
{
	for (int i = 0; i < (int)(sizeof(status_names) / sizeof(*status_names)); i++)
		if (strcmp(name, status_names[i]) == 0)
			return i;
	return -1;
}

static char *blob_copy(struct db_statement *s, int column, size_t *size)
{
	size_t n;
	const void *data = db_blob(s, column, &n);

	if (size)
		*size = n;
	return mem_dupn(data, n);
}

static void load_job(struct db_statement *s, struct job *job)
{
	*job = (struct job){ .id = db_int(s, C_ID) };
	job->status = (enum job_status)job_status_parse(db_text(s, C_STATUS));
	job->hold = (int)db_int(s, C_HOLD);
	job->queue = mem_dup(db_text(s, C_QUEUE));
	job->limit_key = mem_dup(db_text(s, C_LIMIT_KEY));
	job->type = mem_dup(db_text(s, C_TYPE));
	job->label = mem_dup(db_text(s, C_LABEL));
	job->user = mem_dup(db_text(s, C_USER_ID));
	job->unique_key = mem_dup(db_text(s, C_UNIQUE_KEY));
	job->launcher = mem_dup(db_text(s, C_LAUNCHER));
	job->priority = db_int(s, C_PRIORITY);
	job->command = blob_copy(s, C_COMMAND, &job->command_size);
	job->directory = blob_copy(s, C_DIRECTORY, NULL);
	job->umask = (int)db_int(s, C_UMASK);
	job->environment = db_int(s, C_ENVIRONMENT_ID);
	job->created_at = db_int(s, C_CREATED_AT);
	job->not_before = db_int_or(s, C_NOT_BEFORE, -1);
	job->started_at = db_int_or(s, C_STARTED_AT, -1);
	job->completed_at = db_int_or(s, C_COMPLETED_AT, -1);
	job->acknowledged_at = db_int_or(s, C_ACKNOWLEDGED_AT, -1);
	job->timeout_ms = db_int_or(s, C_TIMEOUT_MS, -1);
	job->grace_ms = db_int_or(s, C_GRACE_MS, -1);
	job->retries = db_int(s, C_RETRIES);
	job->backoff_ms = db_int_or(s, C_BACKOFF_MS, -1);
	job->max_output = db_int_or(s, C_MAX_OUTPUT, -1);
	job->failures = db_int(s, C_FAILURES);
	job->attempt = db_int(s, C_ATTEMPT);
	job->claim = mem_dup(db_text(s, C_CLAIM));
	job->reason = mem_dup(db_text(s, C_REASON));
	job->cancel_by = mem_dup(db_text(s, C_CANCEL_BY));
	job->notify_on = mem_dup(db_text(s, C_NOTIFY_ON));
	job->notify_after_ms = db_int_or(s, C_NOTIFY_AFTER_MS, -1);
	job->contain = (int)db_int(s, C_CONTAIN);
	job->run = db_int(s, C_RUN_ID);
}

void job_free(struct job *job)
{
	free(job->queue);
	free(job->limit_key);
	free(job->type);
	free(job->label);
	free(job->user);
	free(job->unique_key);
	free(job->launcher);
	free(job->command);
	free(job->directory);
	free(job->claim);
	free(job->reason);
	free(job->cancel_by);
	free(job->notify_on);
	*job = (struct job){ 0 };
}

int job_get(int64_t id, struct job *job)
{
	struct db_statement *s = db_prepare(SELECT " WHERE id = :id");

	db_bind_int(s, ":id", id);
	if (!db_step(s))
		return -1;
	load_job(s, job);
	db_end(s);
	return 0;
}

int job_status(int64_t id)
{
	struct db_statement *s = db_prepare("SELECT status FROM job WHERE id = :id");
	int status = -1;

	db_bind_int(s, ":id", id);
	if (db_step(s)) {
		status = job_status_parse(db_text(s, 0));
		db_end(s);
	}
	return status;
}

/*
 * unfinished jobs are few and have their own indexes, which ORDER BY id would keep SQLite from
 * using
 */
static void add_unfinished(struct str *sql, unsigned statuses)
{
	const char *both =
		statuses & 1u << JOB_QUEUED && statuses & 1u << JOB_RUNNING ? " UNION ALL " : "";

	str_add(sql, " AND id IN (");
	if (statuses & 1u << JOB_QUEUED)
		str_add(sql, "SELECT id FROM job INDEXED BY job_queued WHERE status = 'queued'");
	str_add(sql, both);
	if (statuses & 1u << JOB_RUNNING)
		str_add(sql, "SELECT id FROM job INDEXED BY job_running WHERE status = 'running'");
	str_add(sql, ")");
}

static void add_statuses(struct str *sql, unsigned statuses)
{
	const char *comma = "";

	if (!(statuses & ~(1u << JOB_QUEUED | 1u << JOB_RUNNING))) {
		add_unfinished(sql, statuses);
		return;
	}
	str_add(sql, " AND status IN (");
	for (int i = 0; i <= JOB_CANCELLED; i++) {
		if (!(statuses & 1u << i))
			continue;
		str_addf(sql, "%s'%s'", comma, status_names[i]);
		comma = ", ";
	}
	str_add(sql, ")");
}

static struct db_statement *list_query(const struct job_filter *f)
{
	struct str sql = { 0 };
	struct db_statement *s;

	str_add(&sql, SELECT " WHERE 1");
	if (f->statuses)
		add_statuses(&sql, f->statuses);
	str_add(&sql, f->queue ? " AND queue = :queue" : "");
	str_add(&sql, f->type ? " AND type = :type" : "");
	str_add(&sql, f->except ? " AND (type <> :except" : "");
	str_add(&sql, f->except && f->except_done ? " OR status <> 'done'" : "");
	str_add(&sql, f->except ? ")" : "");
	str_add(&sql, f->label ? " AND label = :label" : "");
	str_add(&sql, f->user ? " AND user_id = :user" : "");
	str_add(&sql, f->since ? " AND created_at >= :since" : "");
	str_add(&sql, f->unacknowledged ? " AND acknowledged_at IS NULL" : "");
	str_add(&sql, " ORDER BY id DESC");
	str_add(&sql, f->limit ? " LIMIT :limit" : "");
	s = db_compile(sql.data);
	str_free(&sql);
	if (f->queue)
		db_bind_text(s, ":queue", f->queue);
	if (f->type)
		db_bind_text(s, ":type", f->type);
	if (f->except)
		db_bind_text(s, ":except", f->except);
	if (f->label)
		db_bind_text(s, ":label", f->label);
	if (f->user)
		db_bind_text(s, ":user", f->user);
	if (f->since)
		db_bind_int(s, ":since", f->since);
	if (f->limit)
		db_bind_int(s, ":limit", f->limit);
	return s;
}

int64_t job_list(const struct job_filter *filter, void (*each)(const struct job *job, void *arg),
	void *arg)
{
	struct db_statement *s = list_query(filter);
	int64_t count = 0;
	struct job job;

	while (db_step(s)) {
		load_job(s, &job);
		each(&job, arg);
		job_free(&job);
		count++;
	}
	db_free(s);
	return count;
}

int64_t job_list_recent(const char *user, int64_t limit, const struct job_filter *among,
	void (*each)(const struct job *job, void *arg), void *arg)
{
	struct job_filter filter = among ? *among : (struct job_filter){ 0 };

	filter.user = user;
	filter.limit = limit ? limit : 10;
	return job_list(&filter, each, arg);
}

void job_counts(int64_t since, int64_t *running, int64_t *failed)
{
	struct db_statement *s = db_prepare("SELECT count(*) FROM job WHERE status = 'running'");

	*running = db_first(s, 0);
	s = db_prepare("SELECT count(*) FROM job"
		       " WHERE status = 'failed' AND acknowledged_at IS NULL"
		       " AND completed_at >= :since");
	db_bind_int(s, ":since", since);
	*failed = db_first(s, 0);
}

int64_t job_acknowledge(const int64_t *ids, size_t count, int64_t now)
{
	struct db_statement *s;
	int64_t marked = 0;

	db_begin();
	if (count == 0) {
		s = db_prepare("UPDATE job SET acknowledged_at = :now"
			       " WHERE status = 'failed' AND acknowledged_at IS NULL");
		db_bind_int(s, ":now", now);
		marked = db_run(s);
	}
	for (size_t i = 0; i < count; i++) {
		s = db_prepare("UPDATE job SET acknowledged_at = :now"
			       " WHERE id = :id AND status = 'failed' AND acknowledged_at IS NULL");
		db_bind_int(s, ":now", now);
		db_bind_int(s, ":id", ids[i]);
		marked += db_run(s);
	}
	db_commit();
	return marked;
}

void job_waits_for(int64_t id, void (*each)(int64_t on, int any, void *arg), void *arg)
{
	struct db_statement *s =
		db_prepare("SELECT on_id, kind = 'any' FROM dependency"
			   " JOIN job ON job.id = on_id"
			   " WHERE job_id = :id AND status IN ('queued', 'running')"
			   " ORDER BY on_id");

	db_bind_int(s, ":id", id);
	while (db_step(s))
		each(db_int(s, 0), (int)db_int(s, 1), arg);
}

void job_targets(int64_t id, void (*each)(const char *target, void *arg), void *arg)
{
	struct db_statement *s =
		db_prepare("SELECT target FROM notify WHERE job_id = :id ORDER BY target");

	db_bind_int(s, ":id", id);
	while (db_step(s))
		each(db_text(s, 0), arg);
}
