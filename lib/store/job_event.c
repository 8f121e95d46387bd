/* job_event: what happened to jobs, append-only */
#include "store/job_event.h"

#include "db/db.h"
#include "store/delivery.h"

int64_t job_event_add(int64_t job, int64_t attempt, const char *kind, int64_t now,
	const char *detail)
{
	struct db_statement *s = db_prepare("INSERT INTO event (job_id, attempt, kind, at, detail)"
					    " VALUES (:job, :attempt, :kind, :at, :detail)");

	db_bind_int(s, ":job", job);
	db_bind_int(s, ":attempt", attempt);
	db_bind_text(s, ":kind", kind);
	db_bind_int(s, ":at", now);
	db_bind_text(s, ":detail", detail);
	db_run(s);
	return db_last_id();
}

int64_t job_event_last(void)
{
	return db_first(db_prepare("SELECT max(id) FROM event"), 0);
}

#define COLUMNS "id, job_id, attempt, at, kind, detail"

static int64_t each_event(struct db_statement *s,
	void (*each)(const struct job_event *event, void *arg), void *arg)
{
	int64_t count = 0;

	for (; db_step(s); count++) {
		struct job_event event = { .id = db_int(s, 0),
			.job = db_int(s, 1),
			.attempt = db_int(s, 2),
			.at = db_int(s, 3),
			.kind = db_text(s, 4),
			.detail = db_text(s, 5) };

		each(&event, arg);
	}
	return count;
}

int64_t job_event_list(int64_t after, int64_t limit,
	void (*each)(const struct job_event *event, void *arg), void *arg)
{
	struct db_statement *s = db_prepare(
		"SELECT " COLUMNS " FROM event WHERE id > :after ORDER BY id LIMIT :limit");

	db_bind_int(s, ":after", after);
	db_bind_int(s, ":limit", limit);
	return each_event(s, each, arg);
}

void job_event_milestones(int64_t job, int64_t after,
	void (*each)(const struct job_event *event, void *arg), void *arg)
{
	struct db_statement *s = db_prepare(
		"SELECT " COLUMNS " FROM event"
		" WHERE job_id = :job AND kind = 'milestone' AND id > :after ORDER BY id");

	db_bind_int(s, ":job", job);
	db_bind_int(s, ":after", after);
	each_event(s, each, arg);
}

int job_event_milestone(int64_t job, const char *text, int64_t interval, int64_t most, int64_t now)
{
	struct db_statement *s =
		db_prepare("SELECT attempt FROM job WHERE id = :id AND status = 'running'");
	int64_t attempt;

	db_bind_int(s, ":id", job);
	attempt = db_first(s, -1);
	if (attempt < 0)
		return -1;
	delivery_milestone(job, job_event_add(job, attempt, "milestone", now, text), text, interval,
		most, now);
	return 0;
}
