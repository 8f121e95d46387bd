/* prune_models: remove old conversations with models, and what they left */
#include "store/prune_models.h"

#include "base/clock.h"
#include "db/db.h"

enum { BATCH = 500 };

void prune_search(int64_t job)
{
	struct db_statement *s = db_prepare("DELETE FROM result_text WHERE rowid = :id");

	db_bind_int(s, ":id", job);
	db_run(s);
}

static int64_t run(struct db_statement *s, int64_t before)
{
	db_bind_int(s, ":before", before);
	db_bind_int(s, ":limit", BATCH);
	return db_run(s);
}

/* those of a run are its record: they go with it, all or none */
static int64_t remove_messages(int64_t before)
{
	return run(
		db_prepare(
			"DELETE FROM session_message WHERE id IN"
			" (SELECT m.id FROM session_message AS m"
			"  JOIN session ON session.id = m.session_id"
			"  WHERE session.kind = 'chat' AND m.created_at < :before LIMIT :limit)"),
		before);
}

static int64_t remove_sessions(int64_t before)
{
	return run(db_prepare("DELETE FROM session WHERE id IN (SELECT id FROM session"
			      " WHERE kind = 'agent' AND job_id IS NULL AND updated_at < :before"
			      " LIMIT :limit)"),
		before);
}

static int64_t remove_usage(int64_t before)
{
	int64_t counted = clock_now() - 2 * CLOCK_DAY;

	return run(db_prepare("DELETE FROM model_usage WHERE id IN (SELECT id FROM model_usage"
			      " WHERE at < :before LIMIT :limit)"),
		before < counted ? before : counted);
}

static int64_t remove_proposals(int64_t before)
{
	return run(db_prepare(
			   "DELETE FROM memory_proposal WHERE id IN (SELECT id FROM memory_proposal"
			   " WHERE decided_at < :before LIMIT :limit)"),
		before);
}

void prune_models(int64_t before)
{
	int64_t (*const steps[])(int64_t before) = { remove_messages, remove_sessions, remove_usage,
		remove_proposals };
	int64_t count;

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		do {
			db_begin();
			count = steps[i](before);
			db_commit();
		} while (count >= BATCH);
}
