/* claim: which queued job starts next */
#include "store/claim.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "db/db.h"
#include "store/task_run.h"

struct lane {
	char *queue, *key;
	size_t shared;        /* index of the queue's capacity */
	int64_t left;         /* how many more jobs of a run may start; -1: no limit */
	int64_t run;          /* of a task; 0: not a run's lane */
	int64_t priority, id; /* its first job; id 0: none left */
	int taken;            /* its first job was handed out: look again */
};

struct claim {
	struct lane *lanes;
	size_t count, room;
	int64_t *capacity; /* of each queue; -1: no limit */
	size_t queues, queue_room;
};

/* the first job of a lane that we may start: not a job of another launcher */
static void look_at_lane(struct lane *lane)
{
	struct db_statement *s = db_prepare(
		"SELECT priority, id FROM job INDEXED BY job_queued"
		" WHERE status = 'queued' AND hold = 0 AND queue = :queue AND limit_key = :key"
		" AND launcher = 'local' ORDER BY priority DESC, id LIMIT 1");

	db_bind_text(s, ":queue", lane->queue);
	db_bind_text(s, ":key", lane->key);
	lane->id = 0;
	if (db_step(s)) {
		lane->priority = db_int(s, 0);
		lane->id = db_int(s, 1);
		db_end(s);
	}
}

static int64_t running_in(const char *queue)
{
	struct db_statement *s =
		db_prepare("SELECT count(*) FROM job WHERE status = 'running' AND queue = :queue");

	db_bind_text(s, ":queue", queue);
	return db_first(s, 0);
}

/* how many more may start in a queue; -1: any number */
static int64_t capacity_of(const char *queue)
{
	struct db_statement *s = db_prepare("SELECT max(max_running) FILTER (WHERE name = :queue),"
					    " coalesce(max(paused) FILTER (WHERE name = :queue),"
					    "  max(paused) FILTER (WHERE name = '*'))"
					    " FROM queue WHERE name IN (:queue, '*')");
	int64_t limit = -1, left;

	db_bind_text(s, ":queue", queue);
	if (db_step(s)) {
		limit = db_int(s, 1) ? 0 : db_int_or(s, 0, -1);
		db_end(s);
	}
	if (limit <= 0)
		return limit;
	left = limit - running_in(queue);
	return left > 0 ? left : 0;
}

static int take_lane(struct db_statement *s, struct lane *lane)
{
	if (!db_step(s))
		return 0;
	*lane = (struct lane){ .queue = mem_dup(db_text(s, 0)), .key = mem_dup(db_text(s, 1)) };
	db_end(s);
	return 1;
}

/*
 * The lane after (queue, key): one seek, however many jobs a lane has. Two
 * statements, since SQLite uses only the first column of a row value comparison
 * for the index seek and would step over all jobs of the queue.
 */
static int next_lane(const char *queue, const char *key, struct lane *lane)
{
	struct db_statement *s = db_prepare(
		"SELECT queue, limit_key FROM job INDEXED BY job_queued"
		" WHERE status = 'queued' AND hold = 0 AND queue = :queue AND limit_key > :key"
		" ORDER BY limit_key LIMIT 1");

	db_bind_text(s, ":queue", queue);
	db_bind_text(s, ":key", key);
	if (take_lane(s, lane))
		return 1;
	s = db_prepare("SELECT queue, limit_key FROM job INDEXED BY job_queued"
		       " WHERE status = 'queued' AND hold = 0 AND queue > :queue"
		       " ORDER BY queue, limit_key LIMIT 1");
	db_bind_text(s, ":queue", queue);
	return take_lane(s, lane);
}

static int among(char *const *queues, const char *name)
{
	if (!queues)
		return 1;
	for (; *queues; queues++)
		if (strcmp(*queues, name) == 0)
			return 1;
	return 0;
}

static int64_t running_in_lane(const char *queue, const char *key)
{
	struct db_statement *s = db_prepare("SELECT count(*) FROM job WHERE status = 'running'"
					    " AND queue = :queue AND limit_key = :key");

	db_bind_text(s, ":queue", queue);
	db_bind_text(s, ":key", key);
	return db_first(s, 0);
}

static int64_t run_of(const char *key)
{
	return strncmp(key, CLAIM_RUN, strlen(CLAIM_RUN)) == 0
		? strtoll(key + strlen(CLAIM_RUN), NULL, 10)
		: 0;
}

/*
 * how many more jobs of a lane may start: as the task's run allows, or one at a time; -1: any
 * number
 */
static int64_t limit_of(const struct lane *lane)
{
	if (lane->run)
		return task_run_capacity(lane->run);
	if (strncmp(lane->key, CLAIM_ONE, strlen(CLAIM_ONE)) == 0)
		return running_in_lane(lane->queue, lane->key) ? 0 : 1;
	return -1;
}

static void add_lane(struct claim *c, struct lane *lane, char *const *queues)
{
	int same = c->count && strcmp(c->lanes[c->count - 1].queue, lane->queue) == 0;

	if (!same) {
		c->capacity =
			mem_grow(c->capacity, c->queues, &c->queue_room, sizeof(*c->capacity));
		c->capacity[c->queues++] =
			among(queues, lane->queue) ? capacity_of(lane->queue) : 0;
	}
	lane->shared = c->queues - 1;
	lane->run = run_of(lane->key);
	lane->left = c->capacity[lane->shared] ? limit_of(lane) : 0;
	if (lane->left)
		look_at_lane(lane);
	c->lanes = mem_grow(c->lanes, c->count, &c->room, sizeof(*c->lanes));
	c->lanes[c->count++] = *lane;
}

struct claim *claim_open(char *const *queues)
{
	struct claim *c = mem_zero(1, sizeof(*c));
	struct lane lane = { .queue = "", .key = "" };

	/* queue names are never empty: the first lane comes after this one */
	while (next_lane(lane.queue, lane.key, &lane))
		add_lane(c, &lane, queues);
	return c;
}

/* the run whose job was claimed last (0: not a run's job); kept from one claim to the next */
static int64_t served;

/* otherwise an old run of very many jobs would hold up everything else until its end */
static int yields(const struct lane *lane)
{
	return lane->run && lane->run <= served;
}

static int is_before(const struct lane *lane, const struct lane *other)
{
	if (lane->priority != other->priority)
		return lane->priority > other->priority;
	if (yields(lane) != yields(other))
		return yields(other);
	return lane->id < other->id;
}

static struct lane *best_lane(struct claim *c)
{
	struct lane *best = NULL;

	for (size_t i = 0; i < c->count; i++) {
		struct lane *lane = &c->lanes[i];

		if (lane->taken && lane->id)
			look_at_lane(lane);
		lane->taken = 0;
		if (!lane->id || !lane->left || c->capacity[lane->shared] == 0)
			continue;
		if (!best || is_before(lane, best))
			best = lane;
	}
	return best;
}

int claim_any(struct claim *c)
{
	return best_lane(c) != NULL;
}

int64_t claim_next(struct claim *c)
{
	struct lane *best = best_lane(c);

	if (!best)
		return 0;
	best->taken = 1;
	served = best->run;
	if (best->left > 0)
		best->left--;
	if (c->capacity[best->shared] > 0)
		c->capacity[best->shared]--;
	return best->id;
}

void claim_close(struct claim *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->lanes[i].queue);
		free(c->lanes[i].key);
	}
	free(c->lanes);
	free(c->capacity);
	free(c);
}

int64_t claim_next_due(void)
{
	return db_first(db_prepare("SELECT min(not_before) FROM job"
				   " WHERE status = 'queued' AND (hold & " HOLD_TIME_SQL ") <> 0"),
		-1);
}

int64_t claim_release_due(int64_t now)
{
	struct db_statement *s = db_prepare(
		"UPDATE job SET hold = hold & ~" HOLD_TIME_SQL " WHERE id IN ("
		" SELECT id FROM job WHERE status = 'queued' AND (hold & " HOLD_TIME_SQL ") <> 0"
		"  AND not_before <= :now ORDER BY not_before LIMIT 1000)");

	db_bind_int(s, ":now", now);
	return db_run(s);
}
