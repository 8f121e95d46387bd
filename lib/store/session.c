/* session: conversations with a model, message by message */
#include "store/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "db/db.h"
#include "store/column.h"

static const char *const kinds[] = { "chat", "agent" };
static const char *const statuses[] = { "active", "done", "stopped", "failed" };
static const char *const roles[] = { "system", "user", "assistant", "tool" };

#define COUNT(words) ((int)(sizeof(words) / sizeof(*(words))))

static int find_word(const char *const *words, int count, const char *word)
{
	for (int i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

const char *session_role_name(enum session_role role)
{
	return roles[role];
}

int session_role_parse(const char *name)
{
	return find_word(roles, COUNT(roles), name);
}

void session_free(struct session *session)
{
	free(session->key);
	free(session->user);
	free(session->model);
	free(session->reason);
	*session = (struct session){ 0 };
}

static int64_t reopen(const char *key, int64_t now)
{
	struct db_statement *s =
		db_prepare("UPDATE session SET status = 'active', reason = NULL,"
			   " updated_at = CASE status WHEN 'active' THEN updated_at ELSE :now END"
			   " WHERE key = :key RETURNING id");
	int64_t id = 0;

	db_bind_int(s, ":now", now);
	db_bind_text(s, ":key", key);
	while (db_step(s))
		id = db_int(s, 0);
	return id;
}

int64_t session_open_chat(const char *user, const char *target, int64_t now)
{
	struct db_statement *s = db_prepare("SELECT id FROM session WHERE key = :key"
					    " AND status = 'active'");
	struct str key = { 0 };
	int64_t id;

	str_addf(&key, "%s %s", user, target ? target : "");
	db_bind_text(s, ":key", key.data);
	id = db_first(s, 0);
	if (!id)
		id = reopen(key.data, now);
	if (!id) {
		s = db_prepare("INSERT INTO session (kind, key, user_id, created_at, updated_at)"
			       " VALUES ('chat', :key, :user, :now, :now)");
		db_bind_text(s, ":key", key.data);
		db_bind_text(s, ":user", user);
		db_bind_int(s, ":now", now);
		db_run(s);
		id = db_last_id();
	}
	str_free(&key);
	return id;
}

static void bind_id(struct db_statement *s, const char *name, int64_t id)
{
	db_bind_positive(s, name, id ? id : -1);
}

int64_t session_open_agent(const char *user, int64_t job, int64_t attempt, int64_t parent,
	const char *model, int64_t now)
{
	struct db_statement *s =
		db_prepare("INSERT INTO session (kind, user_id, job_id, attempt, parent_id, model,"
			   "  created_at, updated_at)"
			   " VALUES ('agent', :user, :job, :attempt, :parent, :model, :now, :now)");

	db_bind_text(s, ":user", user);
	bind_id(s, ":job", job);
	bind_id(s, ":attempt", attempt);
	bind_id(s, ":parent", parent);
	db_bind_text(s, ":model", model);
	db_bind_int(s, ":now", now);
	db_run(s);
	return db_last_id();
}

static void touch(int64_t id, int64_t now)
{
	struct db_statement *s = db_prepare("UPDATE session SET updated_at = :now WHERE id = :id");

	db_bind_int(s, ":now", now);
	db_bind_int(s, ":id", id);
	db_run(s);
}

int64_t session_append(int64_t id, const struct session_message *message, int64_t now)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO session_message (session_id, role, content, tool_calls, tool_call_id,"
		"  name, created_at)"
		" VALUES (:session, :role, :content, :calls, :call, :name, :now)");

	touch(id, now);
	db_bind_int(s, ":session", id);
	db_bind_text(s, ":role", roles[message->role]);
	db_bind_text(s, ":content", message->content);
	db_bind_text(s, ":calls", message->tool_calls);
	db_bind_text(s, ":call", message->tool_call_id);
	db_bind_text(s, ":name", message->name);
	db_bind_int(s, ":now", now);
	db_run(s);
	return db_last_id();
}

int64_t session_messages(int64_t id, int64_t limit,
	void (*each)(const struct session_message *message, void *arg), void *arg)
{
	struct db_statement *s = db_prepare(
		"SELECT id, role, content, tool_calls, tool_call_id, name, created_at FROM"
		" (SELECT * FROM session_message WHERE session_id = :session"
		"  ORDER BY id DESC LIMIT :limit) ORDER BY id");
	int64_t count = 0;

	db_bind_int(s, ":session", id);
	db_bind_int(s, ":limit", limit);
	while (db_step(s)) {
		struct session_message message = { .id = db_int(s, 0),
			.role = (enum session_role)session_role_parse(db_text(s, 1)),
			.content = db_text(s, 2),
			.tool_calls = db_text(s, 3),
			.tool_call_id = db_text(s, 4),
			.name = db_text(s, 5),
			.created_at = db_int(s, 6) };

		if (count == 0 && message.role == SESSION_TOOL)
			continue;
		each(&message, arg);
		count++;
	}
	return count;
}

int64_t session_turn(int64_t id)
{
	struct db_statement *s =
		db_prepare("UPDATE session SET turns = turns + 1 WHERE id = :id RETURNING turns");
	int64_t turns = 0;

	db_bind_int(s, ":id", id);
	while (db_step(s))
		turns = db_int(s, 0);
	return turns;
}

void session_end(int64_t id, enum session_status status, const char *reason, int64_t now)
{
	struct db_statement *s = db_prepare("UPDATE session SET status = :status, reason = :reason,"
					    " updated_at = :now WHERE id = :id");

	db_bind_text(s, ":status", statuses[status]);
	db_bind_text(s, ":reason", reason);
	db_bind_int(s, ":now", now);
	db_bind_int(s, ":id", id);
	db_run(s);
}

/*
 * still "active" though its attempt has ended: the process was killed before it could record the
 * end
 */
#define KILLED \
	"status = 'active' AND job_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM job" \
	" WHERE job.id = session.job_id AND job.attempt = session.attempt" \
	" AND job.status = 'running')"
/* clang-format off */
#define COLUMNS(COLUMN) \
	COLUMN(C_KIND, "kind") COLUMN(C_KEY, "key") COLUMN(C_USER_ID, "user_id") \
	COLUMN(C_MODEL, "model") COLUMN(C_REASON, "reason") COLUMN(C_JOB_ID, "job_id") \
	COLUMN(C_ATTEMPT, "attempt") COLUMN(C_PARENT_ID, "parent_id") \
	COLUMN(C_STATUS, "status") COLUMN(C_TURNS, "turns") COLUMN(C_CREATED_AT, "created_at") \
	COLUMN(C_UPDATED_AT, "updated_at") COLUMN(C_KILLED, KILLED)
/* clang-format on */
enum { C_ID, COLUMNS(COLUMN_ENUM) };
#define SELECT "SELECT id" COLUMNS(COLUMN_SQL) " FROM session"

static void read_session(struct db_statement *s, struct session *session)
{
	int killed = (int)db_int(s, C_KILLED);

	*session = (struct session){ .id = db_int(s, C_ID),
		.kind = (enum session_kind)find_word(kinds, COUNT(kinds), db_text(s, C_KIND)),
		.key = mem_dup(db_text(s, C_KEY)),
		.user = mem_dup(db_text(s, C_USER_ID)),
		.model = mem_dup(db_text(s, C_MODEL)),
		.reason = mem_dup(killed ? "interrupted" : db_text(s, C_REASON)),
		.job = db_int(s, C_JOB_ID),
		.attempt = db_int(s, C_ATTEMPT),
		.parent = db_int(s, C_PARENT_ID),
		.status = killed ? SESSION_STOPPED
				 : (enum session_status)find_word(statuses, COUNT(statuses),
					   db_text(s, C_STATUS)),
		.turns = db_int(s, C_TURNS),
		.created_at = db_int(s, C_CREATED_AT),
		.updated_at = db_int(s, C_UPDATED_AT) };
}

int session_get(int64_t id, struct session *session)
{
	struct db_statement *s = db_prepare(SELECT " WHERE id = :id");
	int found;

	db_bind_int(s, ":id", id);
	found = db_step(s);
	if (found)
		read_session(s, session);
	db_end(s);
	return found ? 0 : -1;
}

int64_t session_of_job(int64_t job)
{
	struct db_statement *s = db_prepare("SELECT max(id) FROM session WHERE job_id = :job");

	db_bind_int(s, ":job", job);
	return db_first(s, 0);
}

int64_t session_list(const char *user, int64_t since,
	void (*each)(const struct session *session, void *arg), void *arg)
{
	struct db_statement *s = db_prepare(SELECT " WHERE updated_at >= :since"
						   " AND (:user IS NULL OR user_id = :user)"
						   " ORDER BY updated_at DESC, id DESC");
	int64_t count = 0;

	db_bind_int(s, ":since", since);
	db_bind_text(s, ":user", user);
	for (; db_step(s); count++) {
		struct session session;

		read_session(s, &session);
		each(&session, arg);
		session_free(&session);
	}
	return count;
}
