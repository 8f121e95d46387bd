/* outbox: sending the messages of the outbox */
#include "store/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/str.h"
#include "db/db.h"
#include "store/column.h"
#include "store/target.h"

void outbox_free(struct outbox_row *row)
{
	free(row->target);
	free(row->receiver);
	free(row->text);
	free(row->title);
	free(row->buttons);
	free(row->document);
	*row = (struct outbox_row){ 0 };
}

int64_t outbox_recover(int64_t now)
{
	struct db_statement *s = db_prepare(
		"UPDATE delivery SET doubtful = doubtful + 1, not_before = :now,"
		" error = 'the sender was interrupted',"
		" status = CASE kind WHEN 'milestone' THEN 'dropped' ELSE 'uncertain' END"
		" WHERE status = 'sending'");

	db_bind_int(s, ":now", now);
	return db_run(s);
}

static int read_receiver(struct db_statement *s, const char *after, char receiver[OUTBOX_RECEIVER])
{
	int found;

	db_bind_text(s, ":after", after);
	db_bind_int(s, ":room", OUTBOX_RECEIVER);
	found = db_step(s);
	if (found)
		memcpy(receiver, db_text(s, 0), strlen(db_text(s, 0)) + 1);
	db_end(s);
	return found ? 0 : -1;
}

int outbox_receiver(const char *after, char receiver[OUTBOX_RECEIVER])
{
	return read_receiver(
		db_prepare("SELECT receiver FROM delivery WHERE status IN ('pending', 'uncertain')"
			   " AND receiver > :after AND length(CAST(receiver AS BLOB)) < :room"
			   " ORDER BY receiver LIMIT 1"),
		after, receiver);
}

int outbox_urgent(const char *after, char receiver[OUTBOX_RECEIVER])
{
	return read_receiver(
		db_prepare("SELECT receiver FROM delivery WHERE rank = 0"
			   " AND status IN ('pending', 'uncertain')"
			   " AND receiver > :after AND length(CAST(receiver AS BLOB)) < :room"
			   " ORDER BY receiver LIMIT 1"),
		after, receiver);
}

/* How often something may be sent: one per `interval` ms, and up to `burst` at once. */
struct rate {
	int64_t interval, burst;
};

/*
 * Telegram allows one a second in a chat, 20 a minute in a group and 30 a second in all; kept in
 * any period
 */
static struct rate rate_of(const char *gate)
{
	if (!target_is_telegram(gate))
		return (struct rate){ 0, 1 };
	if (strcmp(gate, OUTBOX_TELEGRAM) == 0)
		return (struct rate){ 50, 10 };
	if (gate[strlen(OUTBOX_TELEGRAM)] == '-')
		return (struct rate){ 4000, 5 };
	return (struct rate){ 1000, 2 };
}

/* when the next message may pass the gate; *full_at as stored */
static int64_t gate_opens(const char *gate, int64_t now, int64_t *full_at)
{
	struct db_statement *s =
		db_prepare("SELECT not_before, full_at FROM receiver WHERE name = :name");
	struct rate rate = rate_of(gate);
	int64_t at = 0;

	*full_at = 0;
	db_bind_text(s, ":name", gate);
	if (db_step(s)) {
		at = db_int(s, 0);
		*full_at = db_int(s, 1);
	}
	db_end(s);
	/* times later than any request or burst can cause: the clock was set back */
	if (at > now + CLOCK_DAY)
		at = now;
	if (*full_at > now + rate.burst * rate.interval)
		*full_at = now;
	if (*full_at - (rate.burst - 1) * rate.interval > at)
		at = *full_at - (rate.burst - 1) * rate.interval;
	return at;
}

static void use_gate(const char *gate, int64_t now)
{
	struct db_statement *s =
		db_prepare("INSERT INTO receiver (name, full_at) VALUES (:name, :at)"
			   " ON CONFLICT DO UPDATE SET full_at = excluded.full_at");
	struct rate rate = rate_of(gate);
	int64_t full_at;

	if (!rate.interval)
		return;
	gate_opens(gate, now, &full_at);
	db_bind_text(s, ":name", gate);
	db_bind_int(s, ":at", (full_at > now ? full_at : now) + rate.interval);
	db_run(s);
}

int64_t outbox_telegram_opens(int64_t now)
{
	int64_t full_at;

	return gate_opens(OUTBOX_TELEGRAM, now, &full_at);
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* clang-format off */
#define COLUMNS(COLUMN) \
	COLUMN(C_JOB, "job_id") COLUMN(C_EVENT, "event_id") COLUMN(C_PARENT, "parent_id") \
	COLUMN(C_PART, "part") COLUMN(C_MARKDOWN, "format = 'markdown'") \
	COLUMN(C_PLAIN, "format = 'plain'") COLUMN(C_DIRECT, "direct") \
	COLUMN(C_REPLY_TO, "reply_to") COLUMN(C_TRIES, "tries") COLUMN(C_DOUBTFUL, "doubtful") \
	COLUMN(C_CREATED_AT, "created_at") COLUMN(C_KIND, "kind") COLUMN(C_TARGET, "target") \
	COLUMN(C_RECEIVER, "receiver") COLUMN(C_TEXT, "text") COLUMN(C_TITLE, "title") \
	COLUMN(C_BUTTONS, "buttons") COLUMN(C_DOCUMENT, "document")
/* clang-format on */
enum { C_ID, COLUMNS(COLUMN_ENUM) };

static void read_outbox_row(struct db_statement *s, struct outbox_row *row)
{
	*row = (struct outbox_row){ 0 };
	row->id = db_int(s, C_ID);
	row->job = db_int(s, C_JOB);
	row->event = db_int(s, C_EVENT);
	row->parent = db_int(s, C_PARENT);
	row->part = (int)db_int(s, C_PART);
	row->markdown = (int)db_int(s, C_MARKDOWN);
	row->plain = (int)db_int(s, C_PLAIN);
	row->direct = (int)db_int(s, C_DIRECT);
	row->reply_to = db_int(s, C_REPLY_TO);
	row->tries = db_int(s, C_TRIES);
	row->doubtful = db_int(s, C_DOUBTFUL);
	row->created_at = db_int(s, C_CREATED_AT);
	row->kind = (enum delivery_kind)delivery_kind_parse(db_text(s, C_KIND));
	row->target = mem_dup(db_text(s, C_TARGET));
	row->receiver = mem_dup(db_text(s, C_RECEIVER));
	row->text = mem_dup(db_text(s, C_TEXT));
	row->title = mem_dup(db_text(s, C_TITLE));
	row->buttons = mem_dup(db_text(s, C_BUTTONS));
	row->document = mem_dup(db_text(s, C_DOCUMENT));
}

/*
 * the first message that is due, or due so late that the clock must have been set
 * back; of a message in parts always the first part that is left
 */
static int first_due(const char *receiver, int64_t now, struct outbox_row *row)
{
	struct db_statement *s = db_prepare("SELECT id" COLUMNS(
		COLUMN_SQL) " FROM delivery"
			    " WHERE receiver = :receiver AND status IN ('pending', 'uncertain')"
			    " AND (not_before <= :now OR not_before > :now + :day)"
			    " ORDER BY rank, coalesce(parent_id, id), part LIMIT 1");
	int found;

	db_bind_text(s, ":receiver", receiver);
	db_bind_int(s, ":now", now);
	db_bind_int(s, ":day", CLOCK_DAY);
	found = db_step(s);
	if (found)
		read_outbox_row(s, row);
	db_end(s);
	return found;
}

static int64_t first_time(const char *receiver)
{
	struct db_statement *s = db_prepare("SELECT min(not_before) FROM delivery"
					    " WHERE receiver = :receiver"
					    " AND status IN ('pending', 'uncertain')");

	db_bind_text(s, ":receiver", receiver);
	return db_first(s, INT64_MAX);
}

void outbox_follow(void)
{
	struct db_statement *s = db_prepare(
		"UPDATE delivery SET"
		" target = (SELECT moved_to || substr(target, length(name) + 1) FROM receiver"
		"  WHERE name = delivery.receiver),"
		" receiver = (SELECT moved_to FROM receiver WHERE name = delivery.receiver)"
		" WHERE status IN ('pending', 'uncertain') AND receiver IN"
		" (SELECT name FROM receiver INDEXED BY receiver_moved WHERE moved_to IS NOT NULL)");

	db_run(s);
}

static int has_moved(const char *receiver)
{
	struct db_statement *s =
		db_prepare("SELECT 1 FROM receiver WHERE name = :name AND moved_to IS NOT NULL");

	db_bind_text(s, ":name", receiver);
	return db_first(s, 0) != 0;
}

int outbox_next(const char *receiver, int64_t now, struct outbox_row *row, int64_t *at)
{
	int64_t full_at;

	if (has_moved(receiver)) {
		*at = now;
		return -1;
	}
	*at = gate_opens(receiver, now, &full_at);
	if (target_is_telegram(receiver))
		*at = later(*at, outbox_telegram_opens(now));
	if (*at <= now && first_due(receiver, now, row))
		return 0;
	*at = later(*at, first_time(receiver));
	return -1;
}

int outbox_take(const struct outbox_row *row, int64_t now)
{
	struct db_statement *s = db_prepare(
		"UPDATE delivery SET status = 'sending', tries = tries + 1, sent_at = :now"
		" WHERE id = :id AND status IN ('pending', 'uncertain')");

	db_bind_int(s, ":id", row->id);
	db_bind_int(s, ":now", now);
	if (!db_run(s))
		return 0;
	/* the answer to a callback is not a message in the chat */
	if (row->kind != DELIVERY_CALLBACK && target_is_telegram(row->receiver)) {
		use_gate(row->receiver, now);
		use_gate(OUTBOX_TELEGRAM, now);
	}
	return 1;
}

static void set_first(const struct outbox_row *row, int markdown, const struct outbox_part *part)
{
	struct db_statement *s = db_prepare("UPDATE delivery SET text = :text, format = :format,"
					    " buttons = :buttons, document = :document"
					    " WHERE id = :id");

	db_bind_text(s, ":text", part->text);
	db_bind_text(s, ":format", markdown ? "markdown" : "text");
	db_bind_text(s, ":buttons", part->buttons);
	db_bind_text(s, ":document", part->document);
	db_bind_int(s, ":id", row->id);
	db_run(s);
}

static void add_part(const struct outbox_row *row, int markdown, const struct outbox_part *part,
	int number, int64_t now)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO delivery (kind, rank, event_id, job_id, parent_id, part, target, receiver,"
		" format, text, buttons, document, direct, created_at)"
		" SELECT kind, rank, event_id, job_id, id, :part, target, receiver,"
		" :format, :text, :buttons, :document, direct, :now FROM delivery WHERE id = :id");

	db_bind_int(s, ":part", number);
	db_bind_text(s, ":format", markdown ? "markdown" : "text");
	db_bind_text(s, ":text", part->text);
	db_bind_text(s, ":buttons", part->buttons);
	db_bind_text(s, ":document", part->document);
	db_bind_int(s, ":now", now);
	db_bind_int(s, ":id", row->id);
	db_run(s);
}

static void replace_placeholder(char **text, const char *with)
{
	char *copy = mem_dup(with);

	free(*text);
	*text = copy;
}

void outbox_expand(struct outbox_row *row, int markdown, const struct outbox_part *parts,
	size_t count, int64_t now)
{
	set_first(row, markdown, &parts[0]);
	for (size_t i = 1; i < count; i++)
		add_part(row, markdown, &parts[i], (int)i, now);
	row->markdown = markdown;
	replace_placeholder(&row->text, parts[0].text);
	replace_placeholder(&row->buttons, parts[0].buttons);
	replace_placeholder(&row->document, parts[0].document);
}

void outbox_title(const struct outbox_row *row)
{
	struct db_statement *s = db_prepare("UPDATE delivery SET title = :title WHERE id = :id");

	db_bind_text(s, ":title", row->title);
	db_bind_int(s, ":id", row->id);
	db_run(s);
}

void outbox_attach(int64_t id, const void *data, size_t n)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO attachment (delivery_id, data) VALUES (:id, :data) ON CONFLICT DO NOTHING");

	db_bind_int(s, ":id", id);
	db_bind_blob(s, ":data", data, n);
	db_run(s);
}

char *outbox_attachment(const struct outbox_row *row, size_t *n)
{
	struct db_statement *s = db_prepare("SELECT data FROM attachment WHERE delivery_id = :id");
	char *copy = NULL;

	db_bind_int(s, ":id", row->parent ? row->parent : row->id);
	if (db_step(s)) {
		const void *data = db_blob(s, 0, n);

		copy = mem_dupn(data, *n);
	}
	db_end(s);
	return copy;
}

/*
 * One guarded change: only its sender may record the outcome. The final of a job drops the
 * milestones that wait; one that was being sent at that time must not come after it either.
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
	if (!db_run(s) && !db_failing())
		warn("message %lld was settled by another program", (long long)row->id);
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

/* parts after one that will not be sent are not sent either */
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
	int milestone = row->kind == DELIVERY_MILESTONE;

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
	/* the latest move counts: two chats that point to each other would be followed for ever */
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
	/* a message's own time is reset with the gate, or a later message would go first; a time that
	 * the receiver itself named stays in the receiver's own gate */
	s = db_prepare("UPDATE delivery SET not_before = 0 WHERE status IN ('pending', 'uncertain')"
		       " AND tries > 0 AND substr(receiver, 1, length(:prefix)) = :prefix");
	db_bind_text(s, ":prefix", prefix);
	db_run(s);
}
