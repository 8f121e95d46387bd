#!/bin/sh
# bgjob-prune: removes old finished jobs, and nothing else
. "$(dirname "$0")/tap.sh"

err 'an unknown option' 2 'unknown option' bgjob-prune --nonsense
err 'without a choice nothing is removed' 2 'give --older' bgjob-prune
err 'a bad duration' 2 'older: not a duration: soon' bgjob-prune --older soon
err 'a bad number' 2 'keep: not a number: x' bgjob-prune --keep x
err 'an operand' 2 'takes no operands' bgjob-prune --keep 1 7
is 'no store: none removed' 0 0 bgjob-prune --keep 0
is 'no store: none to name' 0 '' bgjob-prune --keep 0 --dry-run

for n in 1 2 3 4 5; do bgjob-submit -l "label $n" -- echo "$n" >/dev/null; done
bgjob-run --drain
big=$(bgjob-submit -i "$BIN/bgjob-submit" -c 'cat; head -c 1500000 /dev/zero')
bgjob-run --drain
results() { find "$BGJOB_HOME/results" -type f | wc -l; }
is 'a large result and a large input are files' 0 2 results

is 'nothing is old enough' 0 0 bgjob-prune --older 1h
is 'a dry run names them' 0 "$(printf '1\n2\n3\n4')" bgjob-prune --keep 2 --dry-run
is 'and removes nothing' 0 6 sh -c 'bgjob-status | wc -l'
is 'all but the newest two go' 0 4 bgjob-prune --keep 2
is 'the newest are there' 0 "$(printf '%s\n5' "$big")" sh -c 'bgjob-status | cut -f1'
err 'a removed job is unknown' 2 'no job 1' bgjob-status 1
is 'its files are kept with it' 0 2 results

# never: unfinished, waited for, undelivered
first=$(bgjob-submit -- true)
told=$(bgjob-submit --notify tty -- true)
bgjob-run --drain
later=$(bgjob-submit --after-any "$first" --in 1h -- true)
bgjob-prune --keep 0 >/dev/null
is 'what waits, is waited for or undelivered stays' 0 "$(printf '%s\n%s\n%s' "$later" "$told" "$first")" \
	sh -c 'bgjob-status | cut -f1'
is 'large results went with their jobs' 0 0 results
bgjob-cancel "$later" >/dev/null
is 'now two may go' 0 2 bgjob-prune --older 0
next=$(bgjob-submit -- true)
ok 'ids are never used again' test "$next" -gt "$later"

# messages without a job: those sent or handled are removed, nothing else
message() { sqlite3 "$BGJOB_HOME/bgjob.db" "$1"; }
for text in sent dropped pending uncertain dead new parent; do echo $text | bgjob-notify exec:true; done
message "UPDATE delivery SET status = trim(text, char(10)), created_at = 1
		WHERE text <> 'new' || char(10) AND text <> 'parent' || char(10) AND job_id IS NULL;
	UPDATE delivery SET status = 'sent' WHERE text = 'new' || char(10);
	UPDATE delivery SET status = 'sent', created_at = 1 WHERE text = 'parent' || char(10);
	INSERT INTO delivery (kind, parent_id, part, target, receiver, status, created_at)
		SELECT 'note', id, 1, target, receiver, 'pending', 1 FROM delivery WHERE text = 'parent' || char(10);
	INSERT INTO inbox (source, source_id, user_id, chat, body, status, received_at, offered_at, handled_at) VALUES
		('telegram:1', 1, '7', '', '{}', 'handled', 1, 1, 1), ('telegram:1', 2, '7', '', '{}', 'new', 1, 1, NULL),
		('telegram:1', 3, '7', '', '{}', 'failed', 1, 1, 1), ('telegram:1', 4, '7', '', '{}', 'handled', 1, 1, 1);
	INSERT INTO pairing (code, role, expires_at) VALUES ('old', 'user', 1), ('new', 'user', 9000000000000);"
bgjob-prune --keep 1000 >/dev/null
is 'by number: messages stay' 0 8 message "SELECT count(*) FROM delivery WHERE job_id IS NULL"
bgjob-prune --older 1h >/dev/null
is 'by age: sent and dropped ones go, whole' 0 'dead new parent part pending uncertain' message \
	"SELECT group_concat(name, ' ') FROM (SELECT coalesce(trim(text, char(10)), 'part') AS name FROM delivery
		WHERE job_id IS NULL ORDER BY name)"
is 'handled ones go, but the newest' 0 '2,3,4' message \
	"SELECT group_concat(source_id) FROM (SELECT source_id FROM inbox ORDER BY 1)"
is 'codes that have expired go' 0 new message 'SELECT code FROM pairing'
message "UPDATE delivery SET status = 'sent' WHERE status = 'pending'"
bgjob-prune --older 1h >/dev/null
is 'a long one goes when all of it was sent' 0 'dead new uncertain' message \
	"SELECT group_concat(trim(text, char(10)), ' ') FROM (SELECT text FROM delivery WHERE job_id IS NULL ORDER BY text)"
message "DELETE FROM delivery"

# many, while others write
yes '{"command":["true"],"env":"NONE"}' | head -3000 | bgjob-submit --batch >"$T/ids"
bgjob-cancel - <"$T/ids" >/dev/null
bgjob-prune --keep 10 >/dev/null & prune=$!
for n in 1 2 3 4 5 6 7 8; do bgjob-submit -- true >/dev/null || echo no >>"$T/bad"; done
wait $prune
ok 'nobody is kept from submitting' test ! -e "$T/bad"
is 'the store passes its check' 0 '' bgjob-recover --check
err 'stdout that is full' 3 'cannot write' sh -c 'bgjob-prune --keep 0 >/dev/full'
bgjob-run --drain
like 'a pipe to a neighbour' 0 '	done	' sh -c 'bgjob-prune --keep 0 --dry-run | bgjob-status -s done --jsonl - >/dev/null; bgjob-status'
finish
