/* outbox_settle: what became of a message that was sent */
#include <string.h>

#include "base/die.h"
#include "store/db.h"
#include "store/outbox.h"

/* one guarded change: only who is sending it may say what became of it */
static void settle(const struct outbox_row *row, const char *status, int doubt, int64_t at,
	const char *error)
{
	struct db_statement *s = db_prepare(
		"UPDATE delivery SET status = :status, doubtful = doubtful + :doubt,"
		" not_before = :at, error = :error WHERE id = :id AND status = 'sending'");

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
	int64_t failures = 0;

	db_bind_text(s, ":name", gate);
	if (db_step(s))
		failures = db_int(s, 0);
	db_end(s);
	return failures;
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
	gate_worked(OUTBOX_TELEGRAM);
}

void outbox_again(const struct outbox_row *row, const char *gate, int64_t at, const char *error)
{
	settle(row, row->doubtful ? "uncertain" : "pending", 0, at, error);
	gate_failed(gate, at);
}

void outbox_uncertain(const struct outbox_row *row, int64_t at, const char *error)
{
	int milestone = strcmp(row->kind, "milestone") == 0;

	settle(row, milestone ? "dropped" : "uncertain", 1, at, error);
	gate_failed(row->receiver, at);
}

void outbox_dead(const struct outbox_row *row, const char *error)
{
	struct db_statement *s = db_prepare(
		"UPDATE delivery SET status = 'dead', error = :error"
		" WHERE parent_id = :parent AND part > :part AND status IN ('pending', 'uncertain')");

	settle(row, "dead", 0, 0, error);
	db_bind_text(s, ":error", error);
	db_bind_int(s, ":parent", row->parent ? row->parent : row->id);
	db_bind_int(s, ":part", row->part);
	db_run(s);
}

void outbox_plain(const struct outbox_row *row, const char *error)
{
	struct db_statement *s = db_prepare("UPDATE delivery SET format = 'text' WHERE id = :id");

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
}

void outbox_open_telegram(void)
{
	struct db_statement *s = db_prepare(
		"UPDATE receiver SET not_before = 0, failures = 0 WHERE name = :name AND not_before > 0");

	db_bind_text(s, ":name", OUTBOX_TELEGRAM);
	db_run(s);
}
