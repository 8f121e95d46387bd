/* watch: processes that we did not start and whose end is reported */
#include "store/watch.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/str.h"
#include "db/db.h"
#include "store/delivery.h"

int64_t watch_add(const struct watch *watch, int64_t now)
{
	struct db_statement *s =
		db_prepare("INSERT INTO watch (pid, started, boot, name, target, created_at)"
			   " VALUES (:pid, :started, :boot, :name, :target, :now)");

	db_bind_int(s, ":pid", watch->pid);
	db_bind_int(s, ":started", watch->started);
	db_bind_text(s, ":boot", watch->boot);
	db_bind_text(s, ":name", watch->name);
	db_bind_text(s, ":target", watch->target);
	db_bind_int(s, ":now", now);
	db_run(s);
	return db_last_id();
}

void watch_list(int64_t after, void (*each)(const struct watch *watch, void *arg), void *arg)
{
	struct db_statement *s = db_prepare("SELECT id, pid, started, boot, name, target FROM watch"
					    " WHERE id > :after ORDER BY id");

	db_bind_int(s, ":after", after);
	while (db_step(s)) {
		struct watch watch = { .id = db_int(s, 0),
			.pid = db_int(s, 1),
			.started = db_int(s, 2),
			.boot = db_text(s, 3),
			.name = db_text(s, 4),
			.target = db_text(s, 5) };

		each(&watch, arg);
	}
}

int watch_ended(int64_t id, int64_t now)
{
	struct db_statement *s = db_prepare(
		"DELETE FROM watch WHERE id = :id RETURNING pid, name, target, created_at");
	struct delivery_new note = { .kind = DELIVERY_NOTE, .text = "" };
	struct str title = { 0 }, text = { 0 };
	char *target = NULL, duration[CLOCK_TEXT];
	int found;

	db_bind_int(s, ":id", id);
	while (db_step(s)) {
		str_addf(&title, "Process %lld has ended", (long long)db_int(s, 0));
		clock_format_duration(now - db_int(s, 3), duration);
		str_addf(&text, "%s\nIt was watched for %s.", db_text(s, 1), duration);
		target = mem_dup(db_text(s, 2));
	}
	found = target != NULL;
	if (found) {
		note.target = target;
		note.title = title.data;
		note.text = text.data;
		delivery_queue(&note, now);
	}
	str_free(&title);
	str_free(&text);
	free(target);
	return found;
}
