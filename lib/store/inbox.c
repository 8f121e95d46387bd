/* inbox: incoming messages */
#include "store/inbox.h"

#include <stdlib.h>

#include "base/str.h"
#include "db/db.h"
#include "store/column.h"

void inbox_free(struct inbox_message *m)
{
	free(m->source);
	free(m->user);
	free(m->chat);
	free(m->body);
	free(m->status);
	*m = (struct inbox_message){ 0 };
}

int64_t inbox_add(const struct inbox_message *m, int64_t now)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO inbox (source, source_id, user_id, chat, body, received_at, offered_at)"
		" VALUES (:source, :source_id, :user, :chat, :body, :now, :now)"
		" ON CONFLICT DO NOTHING");

	db_bind_text(s, ":source", m->source);
	db_bind_int(s, ":source_id", m->source_id);
	db_bind_text(s, ":user", m->user);
	db_bind_text(s, ":chat", m->chat);
	db_bind_text(s, ":body", m->body);
	db_bind_int(s, ":now", now);
	return db_run(s) ? db_last_id() : 0;
}

/* clang-format off */
#define COLUMNS(COLUMN) \
	COLUMN(C_SOURCE_ID, "source_id") COLUMN(C_TRIES, "tries") \
	COLUMN(C_RECEIVED_AT, "received_at") COLUMN(C_SOURCE, "source") \
	COLUMN(C_USER_ID, "user_id") COLUMN(C_CHAT, "chat") COLUMN(C_BODY, "body") \
	COLUMN(C_STATUS, "status")
/* clang-format on */
enum { C_ID, COLUMNS(COLUMN_ENUM) };

int inbox_get(int64_t id, struct inbox_message *m)
{
	struct db_statement *s =
		db_prepare("SELECT id" COLUMNS(COLUMN_SQL) " FROM inbox WHERE id = :id");
	int found;

	db_bind_int(s, ":id", id);
	found = db_step(s);
	if (found)
		*m = (struct inbox_message){ .id = db_int(s, C_ID),
			.source_id = db_int(s, C_SOURCE_ID),
			.tries = db_int(s, C_TRIES),
			.received_at = db_int(s, C_RECEIVED_AT),
			.source = mem_dup(db_text(s, C_SOURCE)),
			.user = mem_dup(db_text(s, C_USER_ID)),
			.chat = mem_dup(db_text(s, C_CHAT)),
			.body = mem_dup(db_text(s, C_BODY)),
			.status = mem_dup(db_text(s, C_STATUS)) };
	db_end(s);
	return found ? 0 : -1;
}

int64_t inbox_oldest(const char *user, int64_t after)
{
	struct db_statement *s =
		db_prepare("SELECT id FROM inbox WHERE user_id = :user AND status = 'new'"
			   " AND id > :after ORDER BY id LIMIT 1");

	db_bind_text(s, ":user", user);
	db_bind_int(s, ":after", after);
	return db_first(s, 0);
}

int64_t inbox_begin(int64_t id)
{
	struct db_statement *s = db_prepare("UPDATE inbox SET tries = tries + 1 WHERE id = :id"
					    " RETURNING tries");
	int64_t tries = 0;

	db_begin_light();
	db_bind_int(s, ":id", id);
	if (db_step(s))
		tries = db_int(s, 0);
	while (tries && db_step(s))
		;
	db_commit_light();
	return tries;
}

int inbox_handled(int64_t id, int64_t now)
{
	struct db_statement *s = db_prepare("UPDATE inbox SET status = 'handled', handled_at = :now"
					    " WHERE id = :id AND status = 'new'");

	db_bind_int(s, ":id", id);
	db_bind_int(s, ":now", now);
	return db_run(s) > 0;
}

int inbox_set_aside(int64_t id, const char *error, int64_t now)
{
	struct db_statement *s =
		db_prepare("UPDATE inbox SET status = 'failed', handled_at = :now, error = :error"
			   " WHERE id = :id AND status = 'new'");

	db_bind_int(s, ":id", id);
	db_bind_int(s, ":now", now);
	db_bind_text(s, ":error", error);
	return db_run(s) > 0;
}

void inbox_offer_again(int64_t before, int64_t now,
	void (*each)(int64_t id, const char *user, const char *chat, void *arg), void *arg)
{
	/* an offer in the future means that the clock was set back */
	struct db_statement *s = db_prepare(
		"SELECT id, user_id, chat FROM inbox WHERE status = 'new'"
		" AND (offered_at < :now - ((:now - :before) << min(max(tries - 1, 0), 10))"
		" OR offered_at > :now)"
		" ORDER BY +id"); /* the + keeps the small index of new messages in use */

	db_bind_int(s, ":now", now);
	db_bind_int(s, ":before", before);
	while (db_step(s))
		each(db_int(s, 0), db_text(s, 1), db_text(s, 2), arg);
	s = db_prepare("UPDATE inbox SET offered_at = :now WHERE status = 'new'"
		       " AND (offered_at < :now - ((:now - :before) << min(max(tries - 1, 0), 10))"
		       " OR offered_at > :now)");
	db_bind_int(s, ":now", now);
	db_bind_int(s, ":before", before);
	db_run(s);
}

int64_t inbox_last(const char *source, int64_t *received_at)
{
	struct db_statement *s = db_prepare("SELECT source_id, received_at FROM inbox"
					    " WHERE +source = :source ORDER BY id DESC LIMIT 1");
	int64_t id = 0;

	*received_at = 0;
	db_bind_text(s, ":source", source);
	if (db_step(s)) {
		id = db_int(s, 0);
		*received_at = db_int(s, 1);
	}
	db_end(s);
	return id;
}

int64_t inbox_waiting(void)
{
	return db_first(db_prepare("SELECT count(*) FROM inbox WHERE status = 'new'"), 0);
}

int64_t inbox_failed(void)
{
	return db_first(db_prepare("SELECT count(*) FROM inbox WHERE status = 'failed'"), 0);
}
