/* delivery: queueing messages in the outbox */
#include "store/delivery.h"

#include <string.h>

#include "db/db.h"
#include "store/column.h"
#include "store/target.h"

static const struct {
	const char *name;
	int rank; /* lower is sent first to the same receiver */
} kinds[] = {
	[DELIVERY_CALLBACK] = { "callback", 0 },
	[DELIVERY_ACK] = { "ack", 0 },
	[DELIVERY_REPLY] = { "reply", 0 },
	[DELIVERY_FINAL] = { "final", 1 },
	[DELIVERY_NOTE] = { "note", 1 },
	[DELIVERY_MILESTONE] = { "milestone", 2 },
};

const char *delivery_kind_name(enum delivery_kind kind)
{
	return kinds[kind].name;
}

int delivery_kind_parse(const char *name)
{
	for (int i = 0; i < (int)(sizeof(kinds) / sizeof(*kinds)); i++)
		if (strcmp(name, kinds[i].name) == 0)
			return i;
	return -1;
}

static void bind_zero_as_null(struct db_statement *s, const char *name, int64_t value)
{
	if (value)
		db_bind_int(s, name, value);
	else
		db_bind_null(s, name);
}

int64_t delivery_queue(const struct delivery_new *d, int64_t now)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO delivery (kind, rank, event_id, job_id, target, receiver, format, text,"
		" title, buttons, reply_to, created_at, not_before)"
		" VALUES (:kind, :rank, :event, :job, :target, :receiver, :format, :text,"
		" :title, :buttons, :reply_to, :now, :not_before)");
	struct str receiver = { 0 };

	target_receiver(d->target, &receiver);
	db_bind_text(s, ":kind", kinds[d->kind].name);
	db_bind_int(s, ":rank", kinds[d->kind].rank);
	bind_zero_as_null(s, ":event", d->event);
	bind_zero_as_null(s, ":job", d->job);
	db_bind_text(s, ":target", d->target);
	db_bind_text(s, ":receiver", receiver.data);
	db_bind_text(s, ":format", d->markdown ? "markdown" : "text");
	db_bind_text(s, ":text", d->text);
	db_bind_text(s, ":title", d->title);
	db_bind_text(s, ":buttons", d->buttons);
	bind_zero_as_null(s, ":reply_to", d->reply_to);
	db_bind_int(s, ":now", now);
	db_bind_int(s, ":not_before", d->not_before);
	db_run(s);
	str_free(&receiver);
	return db_last_id();
}

/* the outcome of the previous job of the series, -1 for the first one */
static int status_before(int64_t job)
{
	struct db_statement *s = db_prepare(
		"SELECT before.status FROM job AS before, job"
		" WHERE job.id = :id AND before.notify_on = 'change'"
		" AND before.label IS job.label AND before.type = job.type AND before.id < job.id"
		" AND before.user_id IS job.user_id"
		" AND before.status IN ('done', 'failed')"
		" ORDER BY before.id DESC LIMIT 1");
	int status = -1;

	db_bind_int(s, ":id", job);
	if (db_step(s))
		status = job_status_parse(db_text(s, 0));
	db_end(s);
	return status;
}

static int delivery_wanted(int64_t job, enum job_status status, const char *notify_on)
{
	if (!notify_on || strcmp(notify_on, "always") == 0)
		return 1;
	if (strcmp(notify_on, "done") == 0)
		return status == JOB_DONE;
	if (strcmp(notify_on, "failed") == 0)
		return status == JOB_FAILED;
	if (strcmp(notify_on, "change") != 0)
		return 0;
	if (status == JOB_FAILED)
		return status_before(job) != JOB_FAILED;
	return status == JOB_DONE && status_before(job) == JOB_FAILED;
}

/*
 * drop milestones that would be too late, and the ack if a final follows; returns whether an ack
 * was dropped
 */
static int drop_overtaken(int64_t job, int final, int64_t now)
{
	struct db_statement *s =
		db_prepare("UPDATE delivery SET status = 'dropped', error = 'the job had ended'"
			   " WHERE job_id = :job AND status = 'pending' AND (kind = 'milestone'"
			   "  OR (:final AND kind = 'ack' AND tries = 0 AND not_before > :now))"
			   " RETURNING kind = 'ack'");
	int ack = 0;

	db_bind_int(s, ":job", job);
	db_bind_int(s, ":final", final);
	db_bind_int(s, ":now", now);
	while (db_step(s))
		ack |= db_int(s, 0) != 0;
	return ack;
}

/* collected first, since the caller writes while it goes through them */
static void collect_targets(int64_t job, struct str *targets)
{
	struct db_statement *s =
		db_prepare("SELECT target FROM notify WHERE job_id = :job ORDER BY target");

	db_bind_int(s, ":job", job);
	while (db_step(s))
		str_addn(targets, db_text(s, 0), strlen(db_text(s, 0)) + 1);
}

/* whether the job's rules ask for a final: notify_on and notify_after_ms */
static int asked_for(int64_t job, enum job_status status)
{
	struct db_statement *s =
		db_prepare("SELECT notify_on, notify_after_ms IS NOT NULL"
			   " AND coalesce(completed_at - started_at, 0) < notify_after_ms"
			   " FROM job WHERE id = :job");
	int wants = 0;

	db_bind_int(s, ":job", job);
	if (db_step(s))
		wants = !db_int(s, 1) && delivery_wanted(job, status, db_text(s, 0));
	db_end(s);
	return wants;
}

void delivery_add(int64_t job, enum job_status status, int64_t event, int64_t now)
{
	struct delivery_new d = { .kind = DELIVERY_FINAL, .event = event, .job = job };
	struct str targets = { 0 };
	int final, direct;

	collect_targets(job, &targets);
	final = targets.len && asked_for(job, status);
	direct = targets.len && drop_overtaken(job, final, now);
	if (final) {
		for (const char *t = targets.data; t < targets.data + targets.len;
			t += strlen(t) + 1) {
			struct db_statement *s =
				db_prepare("UPDATE delivery SET direct = 1 WHERE id = :id");

			d.target = t;
			db_bind_int(s, ":id", delivery_queue(&d, now));
			if (direct)
				db_run(s);
		}
	}
	str_free(&targets);
}

/* when the next milestone may go to this target; -1: the limit is reached */
static int64_t milestone_time(int64_t job, const char *target, int64_t interval, int64_t most)
{
	struct db_statement *s = db_prepare(
		"SELECT count(*), coalesce(max(max(not_before, created_at)), 0) FROM delivery"
		" WHERE job_id = :job AND kind = 'milestone' AND target = :target"
		" AND part = 0 AND status <> 'dropped'");
	int64_t at = -1;

	db_bind_int(s, ":job", job);
	db_bind_text(s, ":target", target);
	if (db_step(s) && db_int(s, 0) < most)
		at = db_int(s, 0) ? db_int(s, 1) + interval : 0;
	db_end(s);
	return at;
}

/* when a pending ack is due; it is held back in case the result comes first */
static int64_t ack_time(int64_t job, const char *target)
{
	struct db_statement *s =
		db_prepare("SELECT max(not_before) FROM delivery"
			   " WHERE job_id = :job AND kind = 'ack' AND target = :target"
			   " AND status = 'pending'");

	db_bind_int(s, ":job", job);
	db_bind_text(s, ":target", target);
	return db_first(s, 0);
}

/* drop those held back for this target: the new one replaces them */
static void drop_milestones(int64_t job, const char *target)
{
	struct db_statement *s = db_prepare(
		"UPDATE delivery SET status = 'dropped', error = 'a later one took its place'"
		" WHERE job_id = :job AND kind = 'milestone' AND target = :target"
		" AND status = 'pending' AND tries = 0");

	db_bind_int(s, ":job", job);
	db_bind_text(s, ":target", target);
	db_run(s);
}

void delivery_milestone(int64_t job, int64_t event, const char *text, int64_t interval,
	int64_t most, int64_t now)
{
	struct delivery_new d = { .kind = DELIVERY_MILESTONE,
		.event = event,
		.job = job,
		.text = text };
	struct str targets = { 0 };

	collect_targets(job, &targets);
	for (const char *t = targets.data; targets.len && t < targets.data + targets.len;
		t += strlen(t) + 1) {
		d.target = t;
		drop_milestones(job, t);
		d.not_before = milestone_time(job, t, interval, most);
		if (d.not_before < 0)
			continue;
		if (d.not_before < ack_time(job, t))
			d.not_before = ack_time(job, t);
		delivery_queue(&d, now);
	}
	str_free(&targets);
}

int64_t delivery_open(void)
{
	return db_first(db_prepare("SELECT (SELECT count(*) FROM delivery"
				   "  WHERE status IN ('pending', 'uncertain'))"
				   " + (SELECT count(*) FROM delivery WHERE status = 'sending')"),
		0);
}

int delivery_waiting(void)
{
	return db_first(db_prepare("SELECT EXISTS (SELECT 1 FROM delivery"
				   " WHERE status IN ('pending', 'uncertain'))"),
		       0) != 0;
}

int delivery_expected(void)
{
	struct db_statement *s = db_prepare(
		"SELECT EXISTS (SELECT 1 FROM delivery WHERE status IN ('pending', 'uncertain'))"
		" OR EXISTS (SELECT 1 FROM delivery WHERE status = 'sending')"
		" OR EXISTS (SELECT 1 FROM job JOIN notify ON job_id = id WHERE status = 'running')"
		" OR EXISTS (SELECT 1 FROM job JOIN notify ON job_id = id WHERE status = 'queued')");

	return db_first(s, 0) != 0;
}

int64_t delivery_dead(void)
{
	return db_first(db_prepare("SELECT count(*) FROM delivery WHERE status = 'dead'"), 0);
}

/* clang-format off */
#define COLUMNS(COLUMN) \
	COLUMN(C_TRIES, "tries") COLUMN(C_DOUBTFUL, "doubtful") COLUMN(C_SENT_AT, "sent_at") \
	COLUMN(C_PART, "part") COLUMN(C_KIND, "kind") COLUMN(C_TARGET, "target") \
	COLUMN(C_STATUS, "status") COLUMN(C_ERROR, "error")
/* clang-format on */
enum { C_ID, COLUMNS(COLUMN_ENUM) };
#define SELECT "SELECT id" COLUMNS(COLUMN_SQL) " FROM delivery"

static void list(struct db_statement *s, void (*each)(const struct delivery_state *d, void *arg),
	void *arg)
{
	while (db_step(s)) {
		struct delivery_state d = { .id = db_int(s, C_ID),
			.tries = db_int(s, C_TRIES),
			.doubtful = db_int(s, C_DOUBTFUL),
			.sent_at = db_int(s, C_SENT_AT),
			.part = (int)db_int(s, C_PART),
			.kind = (enum delivery_kind)delivery_kind_parse(db_text(s, C_KIND)),
			.target = db_text(s, C_TARGET),
			.status = db_text(s, C_STATUS),
			.error = db_text(s, C_ERROR) };

		each(&d, arg);
	}
}

void delivery_list(int64_t job, void (*each)(const struct delivery_state *d, void *arg), void *arg)
{
	struct db_statement *s =
		db_prepare(SELECT " WHERE job_id = :job ORDER BY coalesce(parent_id, id), part");

	db_bind_int(s, ":job", job);
	list(s, each, arg);
}

void delivery_list_dead(int64_t limit, void (*each)(const struct delivery_state *d, void *arg),
	void *arg)
{
	struct db_statement *s =
		db_prepare(SELECT " WHERE status = 'dead' ORDER BY id DESC LIMIT :limit");

	db_bind_int(s, ":limit", limit);
	list(s, each, arg);
}
