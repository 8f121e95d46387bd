#!/bin/sh
# Stores of older schemas, as older versions have left them: nothing is lost, and pending messages
# are sent.
. "$(dirname "$0")/tap.sh"
. "$TESTS/tg.sh"

latest=$(find "$TOP/share/sql" -name '[0-9]*.sql' | wc -l)

# step N: applies it, and adds rows as a program of that version would have
step()
{
	cat "$TOP/share/sql/00$1.sql"
	case $1 in
	2)
		cat <<'END'
INSERT INTO user (id, name, role, seen_at) VALUES ('ann', 'Ann', 'user', 4000), ('7', 'O''Brien', 'operator', NULL);
INSERT INTO inbox (source, source_id, user_id, chat, body, status, received_at, offered_at, handled_at) VALUES
	('telegram:1', 5, '7', 'telegram:7', '{}', 'handled', 1000, 1000, 1001);
UPDATE job SET notify_after_ms = 500 WHERE id = 2;
END
		;;
	3)
		cat <<'END'
INSERT INTO task (id, name, kind, schedule, zone, command, directory, umask, environment_id, queue, priority,
	created_at, looked_at, due_at) VALUES (3, 'nightly', 'cron', '0 3 * * *', 'UTC', x'7472756500', x'2f', 18, 1,
	'tasks', 0, 1000, 1000, 4102444800000);
INSERT INTO task_user (task_id, position, user_id) VALUES (3, 0, 'ann');
INSERT INTO task_notify (task_id, target) VALUES (3, 'telegram:%u');
INSERT INTO task_run (id, task_id, kind, created_at, batch_size) VALUES (8, 3, 'manual', 1000, 5);
UPDATE job SET run_id = 8 WHERE id = 1;
END
		;;
	esac
}

# make_old FOLDER [SCHEMA]: four jobs, whose messages are pending, sent, uncertain, in thread 3 of a
# group
make_old()
{
	schema=${2:-1}
	mkdir -m 700 "$1"
	umask 077
	{
		echo 'PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;'
		echo 'PRAGMA application_id = 1650944610; BEGIN;'
		cat "$TOP/share/sql/001.sql"
		cat <<'END'
INSERT INTO environment (id, digest, data) VALUES (1, 0, x'');
INSERT INTO job (id, status, label, user_id, command, directory, umask, environment_id, created_at,
	attempt, started_at, completed_at, reason, notify_on) VALUES
	(1, 'done', 'one', 'ann', x'7472756500', x'2f', 18, 1, 1000, 1, 2000, 5000, NULL, NULL),
	(2, 'failed', NULL, NULL, x'66616c736500', x'2f', 18, 1, 1000, 1, 2000, 4000, 'exit 1', 'failed'),
	(5, 'done', 'five', NULL, x'7472756500', x'2f', 18, 1, 1000, 1, 2000, 3000, NULL, NULL),
	(6, 'done', 'six', NULL, x'7472756500', x'2f', 18, 1, 1000, 1, 2000, 3000, NULL, NULL);
INSERT INTO job (id, status, label, command, directory, umask, environment_id, created_at) VALUES
	(9, 'queued', 'still to run', x'6563686f0072616e00', x'2f', 18, 1, 1000);
INSERT INTO attempt (job_id, attempt, claim, boot, started_at, ended_at, wait_status) VALUES
	(1, 1, 'a', 'b', 2000, 5000, 0), (2, 1, 'a', 'b', 2000, 4000, 256),
	(5, 1, 'a', 'b', 2000, 3000, 0), (6, 1, 'a', 'b', 2000, 3000, 0);
INSERT INTO result (job_id, attempt, stream, size, data) VALUES
	(1, 1, 1, 11, x'6f6c6420726573756c740a'), (2, 1, 2, 6, x'77726f6e670a');
INSERT INTO event (id, job_id, attempt, kind, at, detail) VALUES
	(1, 1, 1, 'done', 5000, NULL), (2, 2, 1, 'failed', 4000, 'exit 1'), (3, 5, 1, 'done', 3000, NULL),
	(4, 6, 1, 'done', 3000, NULL), (5, 1, 0, 'queued', 1000, NULL), (6, 2, 0, 'queued', 1000, NULL),
	(7, 5, 0, 'queued', 1000, NULL), (8, 6, 0, 'queued', 1000, NULL), (9, 9, 0, 'queued', 1000, NULL);
INSERT INTO notify (job_id, target) VALUES (1, 'telegram:7'), (2, 'telegram:-8/3'), (5, 'tty'), (6, 'telegram:9'),
	(9, 'tty');
INSERT INTO delivery (id, event_id, job_id, target, status, created_at) VALUES
	(1, 1, 1, 'telegram:7', 'pending', 5000), (4, 2, 2, 'telegram:-8/3', 'pending', 4000),
	(5, 3, 5, 'tty', 'sent', 3000), (6, 4, 6, 'telegram:9', 'sending', 3000);
END
		n=1
		while [ "$n" -lt "$schema" ]; do
			n=$((n + 1))
			step $n
		done
		echo "PRAGMA user_version = $schema; COMMIT;"
	} | sqlite3 "$1/bgjob.db" >/dev/null
	umask 022
}

query()
{
	sqlite3 "$BGJOB_HOME/bgjob.db" "$1"
}

# dump FILE: the part of a store that both schemas have
dump()
{
	for table in environment queue pool input dependency notify attempt result event; do
		echo "== $table"
		query "SELECT * FROM $table"
	done >"$1"
	query "SELECT id, status, label, user_id, hex(command), created_at, started_at, completed_at, reason,
		notify_on FROM job" >>"$1"
	query "SELECT id, event_id, job_id, target, status, created_at FROM delivery" >>"$1"
}

make_old "$BGJOB_HOME"
dump before
is 'an old store' 0 1 query 'PRAGMA user_version'
is 'is read by the new programs' 0 "9	queued
6	done
5	done
2	failed
1	done" sh -c 'bgjob-status | cut -f 1,2'
is 'and has the new schema then' 0 "$latest" query 'PRAGMA user_version'
dump after
same 'every row is there as it was' before cat after
is 'the results can be read' 0 'old result' bgjob-output 1
is 'the view shows the same' 0 'one|done' query \
	"SELECT job.label, b.status FROM background_jobs AS b JOIN job USING (id) WHERE b.id = 1"
is 'a thread has its group as receiver' 0 'telegram:-8' query 'SELECT receiver FROM delivery WHERE id = 4'
is 'the store is whole' 0 '' bgjob-recover --check
is 'nothing refers to what is gone' 0 '' query 'PRAGMA foreign_key_check'
is 'the old table is gone' 0 '' query "SELECT name FROM sqlite_schema WHERE name LIKE '%delivery_2%' OR sql LIKE '%delivery_2%'"

telegram_start
for chat in 7 9; do tg chat chat=$chat >/dev/null; done
tg chat chat=-8 type=supergroup thread=3 >/dev/null
ok 'what was pending is delivered' bgjob-notify --drain
like 'a job that was done' 0 'one #1 · done in 3s.*old result' tg texts chat=7 by=bot
like 'one that had failed' 0 'job 2 failed — check /logs 2.*exit 1 after 2s.*wrong' tg texts chat=-8 by=bot
is 'in its thread' 0 3 sh -c 'jq .message_thread_id' <<END
$(tg messages chat=-8 by=bot)
END
like 'one that was being sent may be a duplicate' 0 'six #6.*\(may be a duplicate\)' tg texts chat=9 by=bot
is 'what was sent is not sent again' 0 0 query 'SELECT tries FROM delivery WHERE id = 5'
bgjob-run --drain
like 'an old job runs, and is told of' 0 '^ran$' bgjob-notify --drain
ok 'new ids go on behind the old ones' [ "$(bgjob-submit -- true)" -eq 10 ]
ok 'messages too' [ "$(query 'SELECT min(id) FROM delivery WHERE job_id = 9')" -eq 7 ]

# several at once, each the first to open it
BGJOB_HOME=$T/second
make_old "$BGJOB_HOME"
started=
for n in 1 2 3 4 5 6 7 8; do
	bgjob-submit -l "new $n" -- true >>ids 2>>errors || echo failed >>errors &
	started="$started $!"
done
# shellcheck disable=SC2086
wait $started
ok 'eight programs find it: all succeed' [ ! -s errors ]
is 'nothing is lost' 0 13 query 'SELECT count(*) FROM job'
is 'the second one is whole' 0 '' bgjob-recover --check

# a copy of an old one
BGJOB_HOME=$T/third
make_old "$BGJOB_HOME"
ok 'a backup of an old store' bgjob-backup copy.db
is 'has it all' 0 5 sqlite3 copy.db 'SELECT count(*) FROM job'
query "PRAGMA user_version = $((latest + 1))"
err 'a newer schema is refused' 3 "knows up to $latest" bgjob-notify --drain

# each step from the one before it, with its rows
schema=2
while [ "$schema" -lt "$latest" ]; do
	BGJOB_HOME=$T/from-$schema
	make_old "$BGJOB_HOME" "$schema"
	tables=$(query "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'job'
		ORDER BY name")
	columns=$(query "SELECT group_concat(name) FROM pragma_table_info('job')")
	all()
	{
		for table in $tables; do
			echo "== $table"
			query "SELECT * FROM $table"
		done
		query "SELECT $columns FROM job"
	}
	all >before
	is "a store of schema $schema is read" 0 5 sh -c 'bgjob-status | wc -l'
	is "schema $schema becomes the new one" 0 "$latest" query 'PRAGMA user_version'
	same "every row of schema $schema is as it was" before all
	is "the store of schema $schema is whole" 0 '' bgjob-recover --check
	bgjob-run --drain
	is "an old job of schema $schema runs" 0 ran bgjob-output 9
	schema=$((schema + 1))
done

# the tables that the steps added work there
is 'tasks of an old store' 0 nightly sh -c 'bgjob-task list | cut -f 1'
is 'its runs' 0 '8	nightly	manual	success' sh -c 'bgjob-task runs | cut -f 1-4'
is 'a memory in an old store' 0 1 sh -c 'echo x | bgjob-memory set style -'
finish
