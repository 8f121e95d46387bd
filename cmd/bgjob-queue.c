/* bgjob-queue: list, limit and pause queues */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arg.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/out.h"
#include "base/table.h"
#include "db/db.h"
#include "service/runner.h"
#include "store/queue.h"

enum { LIMIT = 256, PAUSE, RESUME, UNSET = -2 };

static const struct arg_option options[] = {
	{ LIMIT, "limit", "N", "run at most N of its jobs at once; none: no limit" },
	{ PAUSE, "pause", NULL, "start no more of its jobs; without QUEUE: no jobs at all" },
	{ RESUME, "resume", NULL, "start its jobs again" },
	{ 0 },
};

static void print(const struct queue *q, void *table)
{
	char waiting[32], held[32], running[32], limit[32] = "", oldest[CLOCK_TEXT] = "";

	snprintf(waiting, sizeof(waiting), "%lld", (long long)q->waiting);
	snprintf(held, sizeof(held), "%lld", (long long)q->held);
	snprintf(running, sizeof(running), "%lld", (long long)q->running);
	if (q->limit >= 0)
		snprintf(limit, sizeof(limit), "%lld", (long long)q->limit);
	if (q->oldest >= 0 && out_tty())
		clock_format_short(q->oldest, clock_now(), oldest);
	else if (q->oldest >= 0)
		clock_format_time(q->oldest, oldest);
	const char *fields[] = { q->name, waiting, held, running, limit, q->paused ? "paused" : "",
		oldest };
	table_row(table, fields, q->paused ? "yellow" : NULL);
}

static int list(const char *name)
{
	static const struct table_column columns[] = {
		{ "QUEUE", TABLE_LEFT },
		{ "WAITING", TABLE_RIGHT },
		{ "HELD", TABLE_RIGHT },
		{ "RUNNING", TABLE_RIGHT },
		{ "LIMIT", TABLE_RIGHT },
		{ "PAUSED", TABLE_LEFT },
		{ "OLDEST", TABLE_LEFT },
	};
	struct table *table = table_new(columns, 7);
	int count = queue_list(name, print, table);

	table_print(table);
	return count ? EXIT_DONE : EXIT_NO;
}

static void change(const char *name, int64_t limit, int paused)
{
	db_begin();
	if (limit != UNSET)
		queue_set_limit(name, limit);
	if (paused >= 0 && name)
		queue_set_paused(name, paused);
	else if (paused >= 0)
		queue_set_all_paused(paused);
	db_commit();
}

int main(int argc, char *argv[])
{
	int64_t limit = UNSET;
	int paused = -1, id, status = EXIT_DONE, changes;
	const char *name;

	arg_init("bgjob-queue", "List, limit and pause queues.",
		"[QUEUE]\n--limit N QUEUE\n--pause | --resume [QUEUE]", options);
	while ((id = arg_next(argc, argv, 0)) >= 0) {
		if (id == LIMIT)
			limit = strcmp(optarg, "none") == 0
				? -1
				: arg_number("--limit", optarg, 0, INT32_MAX);
		else if (paused >= 0 && paused != (id == PAUSE))
			die_usage("either --pause or --resume");
		else
			paused = id == PAUSE;
	}
	name = argv[optind];
	changes = limit != UNSET || paused >= 0;
	if (argc - optind > 1)
		die_usage("at most one queue: %s", argv[optind + 1]);
	if (name && !queue_name_valid(name))
		die_usage("not a queue name (1 to 64 of A-Z a-z 0-9 . _ -): %s", name);
	if (limit != UNSET && !name)
		die_usage("--limit needs a queue");
	if (db_open(changes ? DB_WRITE : DB_READ) < 0)
		return EXIT_NO;
	if (changes)
		change(name, limit, paused);
	else
		status = list(name);
	db_close();
	if (changes && paused != 1)
		runner_ensure();
	out_done();
	return status;
}
