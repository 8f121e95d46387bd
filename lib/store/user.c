/* user: users, their roles, and pairing codes */
#include "store/user.h"

#include <string.h>

#include "base/clock.h"
#include "db/db.h"
#include "store/job_event.h"
#include "store/task_due.h"

enum { TRIES = 5 };

static const char *const roles[] = { "stranger", "user", "operator" };

enum user_role user_role(const char *id)
{
	struct db_statement *s = db_prepare("SELECT role FROM user WHERE id = :id");
	enum user_role role = USER_STRANGER;

	db_bind_text(s, ":id", id);
	if (db_step(s))
		while (role < USER_OPERATOR && strcmp(db_text(s, 0), roles[role]) != 0)
			role++;
	db_end(s);
	return role;
}

/* make sure that the user has a row to update */
static void ensure(const char *id)
{
	struct db_statement *s = db_prepare(
		"INSERT INTO user (id, notices) VALUES (:id, :event) ON CONFLICT DO NOTHING");

	db_bind_text(s, ":id", id);
	db_bind_int(s, ":event", job_event_last());
	db_run(s);
}

void user_seen(const char *id, const char *name, int64_t now)
{
	struct db_statement *s = db_prepare(
		"UPDATE user SET seen_at = :now, name = coalesce(:name, name) WHERE id = :id");

	ensure(id);
	db_bind_int(s, ":now", now);
	db_bind_text(s, ":name", name);
	db_bind_text(s, ":id", id);
	db_run(s);
	task_idle_seen(id, now);
}

int user_refuse(const char *id, int64_t interval, int64_t now)
{
	struct db_statement *s =
		db_prepare("UPDATE user SET refused_at = :now WHERE id = :id"
			   " AND (refused_at IS NULL OR refused_at <= :now - :interval)");

	ensure(id);
	db_bind_int(s, ":now", now);
	db_bind_int(s, ":interval", interval);
	db_bind_text(s, ":id", id);
	return db_run(s) > 0;
}

void user_pairing_add(const char *code, enum user_role role, int64_t expires_at, int64_t now)
{
	struct db_statement *s = db_prepare("DELETE FROM pairing WHERE expires_at <= :now");

	db_bind_int(s, ":now", now);
	db_run(s);
	s = db_prepare(
		"INSERT INTO pairing (code, role, expires_at) VALUES (:code, :role, :expires)");
	db_bind_text(s, ":code", code);
	db_bind_text(s, ":role", roles[role]);
	db_bind_int(s, ":expires", expires_at);
	db_run(s);
}

/* count one try; returns whether it is allowed */
static int may_try(const char *id, int64_t now)
{
	struct db_statement *s = db_prepare(
		"UPDATE user SET"
		" tries = CASE WHEN tries_from > :now - :hour THEN tries + 1 ELSE 1 END,"
		" tries_from = CASE WHEN tries_from > :now - :hour THEN tries_from ELSE :now END"
		" WHERE id = :id RETURNING tries");
	int64_t tries = 0;

	db_bind_int(s, ":now", now);
	db_bind_int(s, ":hour", CLOCK_HOUR);
	db_bind_text(s, ":id", id);
	while (db_step(s))
		tries = db_int(s, 0);
	return tries <= TRIES;
}

int user_pair(const char *id, const char *code, int64_t now)
{
	struct db_statement *s;
	int found = 0, operator= 0;

	ensure(id);
	if (!may_try(id, now))
		return -1;
	s = db_prepare("DELETE FROM pairing WHERE code = :code AND expires_at > :now"
		       " RETURNING role = 'operator'");
	db_bind_text(s, ":code", code);
	db_bind_int(s, ":now", now);
	while (db_step(s)) {
		found = 1;
		operator= db_int(s, 0) != 0;
	}
	if (!found)
		return 0;
	s = db_prepare("UPDATE user SET role = :role, paired_at = :now, tries = 0 WHERE id = :id");
	db_bind_text(s, ":role", roles[operator ? USER_OPERATOR : USER_USER]);
	db_bind_int(s, ":now", now);
	db_bind_text(s, ":id", id);
	db_run(s);
	return 1;
}

int64_t user_notices(const char *id)
{
	struct db_statement *s = db_prepare("SELECT notices FROM user WHERE id = :id");
	int64_t event;

	db_bind_text(s, ":id", id);
	event = db_first(s, -1);
	return event < 0 ? job_event_last() : event;
}

void user_set_notices(const char *id, int64_t event)
{
	struct db_statement *s = db_prepare("UPDATE user SET notices = :event WHERE id = :id");

	ensure(id);
	db_bind_int(s, ":event", event);
	db_bind_text(s, ":id", id);
	db_run(s);
}
