/* job_add: recording a job */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "db/db.h"
#include "db/home.h"
#include "store/job.h"
#include "store/transition.h"

void job_new_init(struct job_new *job)
{
	*job = (struct job_new){ .queue = "default",
		.type = "shell",
		.not_before = -1,
		.timeout_ms = -1,
		.grace_ms = -1,
		.backoff_ms = -1,
		.max_output = -1,
		.notify_after_ms = -1 };
}

static int64_t unfinished_with_key(const char *key)
{
	struct db_statement *s = db_prepare("SELECT id FROM job WHERE unique_key = :key"
					    " AND status IN ('queued', 'running')");

	db_bind_text(s, ":key", key);
	return db_first(s, 0);
}

/* the first dependency that does not exist, or 0; *waits: whether one is unfinished */
static int64_t missing_dependency(const struct job_new *job, int *waits)
{
	*waits = 0;
	for (size_t i = 0; i < job->after_count; i++) {
		int status = job_status(job->after[i].id);

		if (status < 0)
			return job->after[i].id;
		*waits |= !job_finished(status);
	}
	return 0;
}

static void add_dependencies(int64_t id, const struct job_new *job)
{
	for (size_t i = 0; i < job->after_count; i++) {
		/* named twice: the stricter condition, success, wins */
		struct db_statement *s = db_prepare(
			"INSERT INTO dependency (job_id, on_id, kind) VALUES (:job, :on, :kind)"
			" ON CONFLICT DO UPDATE SET kind = 'done' WHERE excluded.kind = 'done'");

		db_bind_int(s, ":job", id);
		db_bind_int(s, ":on", job->after[i].id);
		db_bind_text(s, ":kind", job->after[i].any ? "any" : "done");
		db_run(s);
	}
}

static void add_targets(int64_t id, const struct job_new *job)
{
	for (char *const *target = job->notify; target && *target; target++) {
		struct db_statement *s =
			db_prepare("INSERT INTO notify (job_id, target) VALUES (:job, :target)"
				   " ON CONFLICT DO NOTHING");

		db_bind_int(s, ":job", id);
		db_bind_text(s, ":target", *target);
		db_run(s);
	}
}

/*
 * a large input gets its final name before the commit; an orphan with that name is from a rollback
 */
static void add_input(int64_t id, const struct job_new *job)
{
	struct db_statement *s = db_prepare("INSERT INTO input (job_id, size, data, file)"
					    " VALUES (:job, :size, :data, :file)");
	int results = home_folder(HOME_RESULTS);
	char name[64];

	db_bind_int(s, ":job", id);
	db_bind_int(s, ":size", (int64_t)job->input_size);
	if (job->input_file) {
		snprintf(name, sizeof(name), "%lld.in", (long long)id);
		if (db_failing())
			return;
		if (renameat(results, job->input_file, results, name) < 0 || fsync(results) < 0)
			db_fail("cannot store the input in %s", home_file("results"));
		db_bind_text(s, ":file", name);
	} else {
		db_bind_blob(s, ":data", job->input, job->input_size);
	}
	db_run(s);
}

static int64_t insert_job(const struct job_new *job, int hold, int64_t now)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO job (hold, queue, limit_key, priority, type, label, user_id, command, directory,"
		" umask, environment_id, created_at, not_before, timeout_ms, grace_ms, retries,"
		" backoff_ms, unique_key, notify_on, notify_after_ms, max_output, contain)"
		" VALUES (:hold, :queue, :key, :priority, :type, :label, :user, :command, :directory,"
		" :umask, :environment, :now, :not_before, :timeout, :grace, :retries,"
		" :backoff, :unique, :notify_on, :notify_after, :max_output, :contain)");

	db_bind_int(s, ":hold", hold);
	db_bind_text(s, ":queue", job->queue);
	db_bind_text(s, ":key", job->limit_key ? job->limit_key : "");
	db_bind_int(s, ":priority", job->priority);
	db_bind_text(s, ":type", job->type);
	db_bind_text(s, ":label", job->label);
	db_bind_text(s, ":user", job->user);
	db_bind_blob(s, ":command", job->command, job->command_size);
	db_bind_blob(s, ":directory", job->directory, strlen(job->directory));
	db_bind_int(s, ":umask", job->umask);
	db_bind_int(s, ":environment", job->environment);
	db_bind_int(s, ":now", now);
	db_bind_positive(s, ":not_before", job->not_before);
	db_bind_positive(s, ":timeout", job->timeout_ms);
	db_bind_positive(s, ":grace", job->grace_ms);
	db_bind_int(s, ":retries", job->retries);
	db_bind_positive(s, ":backoff", job->backoff_ms);
	db_bind_text(s, ":unique", job->unique_key);
	db_bind_text(s, ":notify_on", job->notify_on);
	db_bind_positive(s, ":notify_after", job->notify_after_ms);
	db_bind_positive(s, ":max_output", job->max_output);
	db_bind_int(s, ":contain", job->contain);
	db_run(s);
	return db_last_id();
}

int64_t job_add(const struct job_new *job, int64_t *other)
{
	int64_t now = clock_now(), id;
	int hold, waits;

	if (job->unique_key && (*other = unfinished_with_key(job->unique_key)))
		return JOB_DUPLICATE;
	if ((*other = missing_dependency(job, &waits)))
		return JOB_NO_DEPENDENCY;
	hold = (waits ? HOLD_DEPENDENCY : 0) | (job->not_before > now ? HOLD_TIME : 0);
	id = insert_job(job, hold, now);
	add_dependencies(id, job);
	add_targets(id, job);
	if (job->has_input)
		add_input(id, job);
	transition_added(id, job->after_count > 0, now);
	return id;
}
