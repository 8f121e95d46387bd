/* job_event: what happened to jobs, append-only */
#include "store/job_event.h"

#include <string.h>

#include "db/db.h"
#include "store/column.h"
#include "store/delivery.h"

static const char *const kinds[] = {
	[EVENT_QUEUED] = "queued",
	[EVENT_STARTED] = "started",
	[EVENT_MILESTONE] = "milestone",
	[EVENT_CANCELLING] = "cancelling",
	[EVENT_REQUEUED] = "requeued",
	[EVENT_RETRY] = "retry",
	[EVENT_DONE] = "done",
	[EVENT_FAILED] = "failed",
	[EVENT_CANCELLED] = "cancelled",
};

const char *job_event_kind_name(enum job_event_kind kind)
{
	return kinds[kind];
}

int job_event_kind_parse(const char *name)
{
	for (int i = 0; i < (int)(sizeof(kinds) / sizeof(*kinds)); i++)
		if (strcmp(name, kinds[i]) == 0)
			return i;
	return -1;
}

enum job_event_kind job_event_of_end(enum job_status status)
{
	return status == JOB_DONE      ? EVENT_DONE
		: status == JOB_FAILED ? EVENT_FAILED
				       : EVENT_CANCELLED;
}

int job_event_is_end(enum job_event_kind kind)
{
	return kind == EVENT_DONE || kind == EVENT_FAILED || kind == EVENT_CANCELLED;
}

int64_t job_event_add(int64_t job, int64_t attempt, enum job_event_kind kind, int64_t now,
	const char *detail)
{
	struct db_statement *s = db_prepare("INSERT INTO event (job_id, attempt, kind, at, detail)"
					    " VALUES (:job, :attempt, :kind, :at, :detail)");

	db_bind_int(s, ":job", job);
	db_bind_int(s, ":attempt", attempt);
	db_bind_text(s, ":kind", job_event_kind_name(kind));
	db_bind_int(s, ":at", now);
	db_bind_text(s, ":detail", detail);
	db_run(s);
	return db_last_id();
}

int64_t job_event_last(void)
{
	return db_first(db_prepare("SELECT max(id) FROM event"), 0);
}

#define COLUMNS(COLUMN) \
	COLUMN(C_JOB_ID, "job_id") \
	COLUMN(C_ATTEMPT, "attempt") \
	COLUMN(C_AT, "at") COLUMN(C_KIND, "kind") COLUMN(C_DETAIL, "detail")

enum { C_ID, COLUMNS(COLUMN_ENUM) };
#define SELECT "SELECT id" COLUMNS(COLUMN_SQL) " FROM event"

static int64_t each_event(struct db_statement *s,
	void (*each)(const struct job_event *event, void *arg), void *arg)
{
	int64_t count = 0;

	for (; db_step(s); count++) {
		struct job_event event = { .id = db_int(s, C_ID),
			.job = db_int(s, C_JOB_ID),
			.attempt = db_int(s, C_ATTEMPT),
			.at = db_int(s, C_AT),
			.kind = (enum job_event_kind)job_event_kind_parse(db_text(s, C_KIND)),
			.detail = db_text(s, C_DETAIL) };

		each(&event, arg);
	}
	return count;
}

int64_t job_event_list(int64_t after, int64_t limit,
	void (*each)(const struct job_event *event, void *arg), void *arg)
{
	struct db_statement *s = db_prepare(SELECT " WHERE id > :after ORDER BY id LIMIT :limit");

	db_bind_int(s, ":after", after);
	db_bind_int(s, ":limit", limit);
	return each_event(s, each, arg);
}

void job_event_milestones(int64_t job, int64_t after,
	void (*each)(const struct job_event *event, void *arg), void *arg)
{
	struct db_statement *s = db_prepare(
		SELECT " WHERE job_id = :job AND kind = 'milestone' AND id > :after ORDER BY id");

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
	delivery_milestone(job, job_event_add(job, attempt, EVENT_MILESTONE, now, text), text,
		interval, most, now);
	return 0;
}
