/* job: looking jobs up */
#include "store/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "db/db.h"

static const char *const status_names[] = { "queued", "running", "done", "failed", "cancelled" };

/* the columns that load_job() reads, in its order */
#define COLUMNS \
	"id, status, hold, queue, limit_key, type, label, user_id, unique_key, " \
	"launcher, priority, command, directory, umask, environment_id, " \
	"created_at, not_before, started_at, completed_at, acknowledged_at, " \
	"timeout_ms, grace_ms, retries, backoff_ms, max_output, failures, " \
	"attempt, claim, reason, cancel_by, notify_on, notify_after_ms, contain, run_id"

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
	int c = 0;

	*job = (struct job){ .id = db_int(s, c++) };
	job->status = (enum job_status)job_status_parse(db_text(s, c++));
	job->hold = (int)db_int(s, c++);
	job->queue = mem_dup(db_text(s, c++));
	job->limit_key = mem_dup(db_text(s, c++));
	job->type = mem_dup(db_text(s, c++));
	job->label = mem_dup(db_text(s, c++));
	job->user = mem_dup(db_text(s, c++));
	job->unique_key = mem_dup(db_text(s, c++));
	job->launcher = mem_dup(db_text(s, c++));
	job->priority = db_int(s, c++);
	job->command = blob_copy(s, c++, &job->command_size);
	job->directory = blob_copy(s, c++, NULL);
	job->umask = (int)db_int(s, c++);
	job->environment = db_int(s, c++);
	job->created_at = db_int(s, c++);
	job->not_before = db_int_or(s, c++, -1);
	job->started_at = db_int_or(s, c++, -1);
	job->completed_at = db_int_or(s, c++, -1);
	job->acknowledged_at = db_int_or(s, c++, -1);
	job->timeout_ms = db_int_or(s, c++, -1);
	job->grace_ms = db_int_or(s, c++, -1);
	job->retries = db_int(s, c++);
	job->backoff_ms = db_int_or(s, c++, -1);
	job->max_output = db_int_or(s, c++, -1);
	job->failures = db_int(s, c++);
	job->attempt = db_int(s, c++);
	job->claim = mem_dup(db_text(s, c++));
	job->reason = mem_dup(db_text(s, c++));
	job->cancel_by = mem_dup(db_text(s, c++));
	job->notify_on = mem_dup(db_text(s, c++));
	job->notify_after_ms = db_int_or(s, c++, -1);
	job->contain = (int)db_int(s, c++);
	job->run = db_int(s, c++);
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
	struct db_statement *s = db_prepare("SELECT " COLUMNS " FROM job WHERE id = :id");

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

/* the unfinished are few and have indexes of their own, which the order by id would keep unused */
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

	str_add(&sql, "SELECT " COLUMNS " FROM job WHERE 1");
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
