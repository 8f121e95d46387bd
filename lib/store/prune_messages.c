/* prune_messages: remove old messages that belong to no job */
#include "store/prune_messages.h"

#include "base/clock.h"
#include "db/db.h"

enum { BATCH = 500 };

/* Telegram offers a message that was not confirmed again for a day; it must be found here then. */
#define OFFERED (2 * CLOCK_DAY)

/* Parts go before the message they belong to, which they refer to. */
static int64_t remove_sent(int64_t before, int parts)
{
	struct db_statement *s = db_prepare(
		"DELETE FROM delivery WHERE id IN (SELECT id FROM delivery AS old"
		"  WHERE job_id IS NULL AND created_at < :before AND status IN ('sent', 'dropped')"
		"  AND coalesce(sent_at, 0) < :before AND (parent_id IS NOT NULL) = :parts"
		"  AND NOT EXISTS (SELECT 1 FROM delivery AS other"
		"   WHERE (other.parent_id = old.id OR other.parent_id = old.parent_id"
		"    OR other.id = old.parent_id) AND (NOT :parts OR other.status NOT IN ('sent', 'dropped')))"
		"  LIMIT :limit)");

	db_bind_int(s, ":before", before);
	db_bind_int(s, ":parts", parts);
	db_bind_int(s, ":limit", BATCH);
	return db_run(s);
}

static int64_t remove_parts(int64_t before)
{
	return remove_sent(before, 1);
}

static int64_t remove_messages(int64_t before)
{
	return remove_sent(before, 0);
}

/* the newest of each source says where that is */
static int64_t remove_handled(int64_t before)
{
	int64_t certain = clock_now() - OFFERED;
	struct db_statement *s = db_prepare(
		"DELETE FROM inbox WHERE id IN (SELECT id FROM inbox AS old"
		" WHERE status = 'handled' AND handled_at < :before"
		" AND source_id < (SELECT max(source_id) FROM inbox WHERE source = old.source)"
		" LIMIT :limit)");

	db_bind_int(s, ":before", before < certain ? before : certain);
	db_bind_int(s, ":limit", BATCH);
	return db_run(s);
}

static int64_t remove_codes(int64_t before)
{
	struct db_statement *s = db_prepare("DELETE FROM pairing WHERE expires_at < :before");

	db_bind_int(s, ":before", before);
	return db_run(s);
}

void prune_messages(int64_t before)
{
	int64_t (*const steps[])(
		int64_t before) = { remove_parts, remove_messages, remove_handled, remove_codes };
	int64_t count;

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		do {
			db_begin();
			count = steps[i](before);
			db_commit();
		} while (count >= BATCH);
}
