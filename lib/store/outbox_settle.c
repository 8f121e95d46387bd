/* outbox_settle: what became of a message that was sent */
#include <string.h>

#include "base/die.h"
#include "db/db.h"
#include "store/outbox.h"

/*
 * One guarded change: only who is sending it may say what became of it. The final of a job drops
 * the milestones that wait; one that was on its way then must not come behind it either.
 */
static void settle(const struct outbox_row *row, const char *status, int doubt, int64_t at,
	const char *error)
{
	struct db_statement *s = db_prepare(
		"UPDATE delivery SET doubtful = doubtful + :doubt, not_before = :at, error = :error,"
		" status = CASE WHEN :status = 'pending' AND kind = 'milestone' AND"
		"  EXISTS (SELECT 1 FROM job WHERE id = job_id AND completed_at IS NOT NULL)"
		"  THEN 'dropped' ELSE :status END"
		" WHERE id = :id AND status = 'sending'");

	db_bind_text(s, ":status", status);
	db_bind_int(s, ":doubt", doubt);
	db_bind_int(s, ":at", at);
	db_bind_text(s, ":error", error);
	db_bind_int(s, ":id", row->id);
	if (!db_run(s))
		warn("message %lld was settled by somebody else", (long long)row->id);
}

static void gate_failed(const char *gate, int64_t at)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO receiver (name, not_before, failures) VALUES (:name, :at, 1)"
		" ON CONFLICT DO UPDATE SET not_before = max(not_before, excluded.not_before),"
		" failures = failures + 1");

	db_bind_text(s, ":name", gate);
	db_bind_int(s, ":at", at);
	db_run(s);
}

static void gate_worked(const char *gate)
{
	struct db_statement *s =
		db_prepare("UPDATE receiver SET failures = 0 WHERE name = :name AND failures > 0");

	db_bind_text(s, ":name", gate);
	db_run(s);
}

int64_t outbox_failures(const char *gate)
{
	struct db_statement *s = db_prepare("SELECT failures FROM receiver WHERE name = :name");

	db_bind_text(s, ":name", gate);
	return db_first(s, 0);
}

void outbox_sent(const struct outbox_row *row, int64_t remote_id, int64_t now)
{
	struct db_statement *s =
		db_prepare("UPDATE delivery SET status = 'sent', remote_id = :remote,"
			   " sent_at = :now, error = NULL"
			   " WHERE id = :id AND status = 'sending'");

	if (remote_id)
		db_bind_int(s, ":remote", remote_id);
	db_bind_int(s, ":now", now);
	db_bind_int(s, ":id", row->id);
	db_run(s);
	gate_worked(row->receiver);
	if (strncmp(row->receiver, OUTBOX_TELEGRAM, strlen(OUTBOX_TELEGRAM)) == 0)
		gate_worked(OUTBOX_TELEGRAM);
}

void outbox_again(const struct outbox_row *row, const char *gate, int64_t at, const char *error)
{
	settle(row, row->doubtful ? "uncertain" : "pending", 0, at, error);
	gate_failed(gate, at);
}

/* what is behind a part that will not be sent is not worth it either */
static void settle_rest(const struct outbox_row *row, const char *status, const char *error)
{
	struct db_statement *s = db_prepare(
		"UPDATE delivery SET status = :status, error = :error"
		" WHERE parent_id = :parent AND part > :part AND status IN ('pending', 'uncertain')");

	db_bind_text(s, ":status", status);
	db_bind_text(s, ":error", error);
	db_bind_int(s, ":parent", row->parent ? row->parent : row->id);
	db_bind_int(s, ":part", row->part);
	db_run(s);
}

void outbox_uncertain(const struct outbox_row *row, int64_t at, const char *error)
{
	int milestone = strcmp(row->kind, "milestone") == 0;

	settle(row, milestone ? "dropped" : "uncertain", 1, at, error);
	if (milestone)
		settle_rest(row, "dropped", error);
	gate_failed(row->receiver, at);
}

void outbox_dead(const struct outbox_row *row, const char *error)
{
	settle(row, "dead", 0, 0, error);
	settle_rest(row, "dead", error);
}

void outbox_dropped(const struct outbox_row *row, const char *error)
{
	settle(row, "dropped", 0, 0, error);
	settle_rest(row, "dropped", error);
}

void outbox_plain(const struct outbox_row *row, const char *error)
{
	struct db_statement *s = db_prepare("UPDATE delivery SET format = 'plain' WHERE id = :id");

	settle(row, "pending", 0, 0, error);
	db_bind_int(s, ":id", row->id);
	db_run(s);
}

void outbox_moved(const struct outbox_row *row, const char *to)
{
	struct db_statement *s =
		db_prepare("INSERT INTO receiver (name, moved_to) VALUES (:name, :to)"
			   " ON CONFLICT DO UPDATE SET moved_to = excluded.moved_to");

	settle(row, "pending", 0, 0, "the chat has a new id");
	db_bind_text(s, ":name", row->receiver);
	db_bind_text(s, ":to", to);
	db_run(s);
	/* the latest word counts: two that lead to each other would be followed for ever */
	s = db_prepare("UPDATE receiver SET moved_to = NULL WHERE name = :to");
	db_bind_text(s, ":to", to);
	db_run(s);
}

void outbox_open(const char *prefix, int whole)
{
	struct db_statement *s =
		db_prepare("UPDATE receiver SET not_before = 0, failures = 0 WHERE name = :prefix"
			   " OR (NOT :whole AND substr(name, 1, length(:prefix)) = :prefix)");

	db_bind_text(s, ":prefix", prefix);
	db_bind_int(s, ":whole", whole);
	db_run(s);
	/* with that gate a message's own time opens, else one behind it would go first; a receiver's
	 * own gate has the time that it named */
	s = db_prepare("UPDATE delivery SET not_before = 0 WHERE status IN ('pending', 'uncertain')"
		       " AND tries > 0 AND substr(receiver, 1, length(:prefix)) = :prefix");
	db_bind_text(s, ":prefix", prefix);
	db_run(s);
}
