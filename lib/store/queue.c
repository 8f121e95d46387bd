/* queue: limits and pauses, and what waits in each queue */
#include "store/queue.h"

#include <string.h>

#include "db/db.h"

int queue_list(const char *name, void (*each)(const struct queue *q, void *arg), void *arg)
{
	struct db_statement *s = db_prepare(
		"WITH names AS ("
		" SELECT name FROM queue WHERE name <> '*' OR paused = 1"
		" UNION SELECT queue FROM job WHERE status = 'queued'"
		" UNION SELECT queue FROM job WHERE status = 'running'),"
		" waiting AS (SELECT queue, sum(hold = 0) AS ready, sum(hold <> 0) AS held,"
		"  min(created_at) AS oldest FROM job WHERE status = 'queued' GROUP BY queue),"
		" running AS (SELECT queue, count(*) AS n FROM job WHERE status = 'running'"
		"  GROUP BY queue)"
		" SELECT names.name, coalesce(waiting.ready, 0), coalesce(waiting.held, 0),"
		"  coalesce(running.n, 0), queue.max_running, coalesce(queue.paused,"
		"   (SELECT paused FROM queue WHERE name = '*'), 0),"
		"  waiting.oldest"
		" FROM names LEFT JOIN queue ON queue.name = names.name"
		"  LEFT JOIN waiting ON waiting.queue = names.name"
		"  LEFT JOIN running ON running.queue = names.name"
		" WHERE :name IS NULL OR names.name = :name"
		" ORDER BY names.name");
	int count = 0;

	db_bind_text(s, ":name", name);
	while (db_step(s)) {
		struct queue q = {
			.name = db_text(s, 0),
			.waiting = db_int(s, 1),
			.held = db_int(s, 2),
			.running = db_int(s, 3),
			.limit = db_int_or(s, 4, -1),
			.paused = (int)db_int(s, 5),
			.oldest = db_int_or(s, 6, -1),
		};

		each(&q, arg);
		count++;
	}
	return count;
}

void queue_set_limit(const char *name, int64_t limit)
{
	struct db_statement *s =
		db_prepare("INSERT INTO queue (name, max_running) VALUES (:name, :limit)"
			   " ON CONFLICT DO UPDATE SET max_running = excluded.max_running");

	db_bind_text(s, ":name", name);
	db_bind_positive(s, ":limit", limit);
	db_run(s);
}

void queue_set_paused(const char *name, int paused)
{
	struct db_statement *s =
		db_prepare("INSERT INTO queue (name, paused) VALUES (:name, :paused)"
			   " ON CONFLICT DO UPDATE SET paused = excluded.paused");

	db_bind_text(s, ":name", name);
	db_bind_int(s, ":paused", paused);
	db_run(s);
}

void queue_set_all_paused(int paused)
{
	/*
	 * '*' is not a queue name: it stands for all queues without a setting of their own, also
	 * later ones
	 */
	db_run(db_prepare("UPDATE queue SET paused = NULL"));
	queue_set_paused("*", paused);
}

int queue_name_valid(const char *name)
{
	size_t n = strlen(name);

	return n >= 1 && n <= 64 && name[0] != '-' &&
		strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
		n;
}
