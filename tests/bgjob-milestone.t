#!/bin/sh
# bgjob-milestone: an event for every text, messages at limited intervals
. "$(dirname "$0")/tap.sh"

sql()
{
	sqlite3 -cmd '.timeout 20000' "$BGJOB_HOME/bgjob.db" "$1"
}

err 'an unknown option' 2 'unknown option' bgjob-milestone --nonsense
err 'no text' 2 'no text given' bgjob-milestone
err 'an empty text' 2 'the text is empty' bgjob-milestone --job 1 ' '
err 'an empty stdin' 2 'the text is empty' bgjob-milestone --job 1 -
err 'outside a job' 2 'not inside a job' bgjob-milestone half
err 'no number' 2 'not a job id: x' env BGJOB_ID=x bgjob-milestone half
err 'no store' 2 'no job 1' bgjob-milestone --job 1 half
not_ok 'that makes none' test -e store
err 'no place for the store' 2 'set BGJOB_HOME or HOME' env -u BGJOB_HOME -u HOME bgjob-milestone -j 1 half
id=$(bgjob-submit -- true)
err 'an unknown job' 2 'no job 99' bgjob-milestone --job 99 half
err 'a job that does not run' 1 "job $id is not running" bgjob-milestone --job "$id" half
bgjob-run --drain
err 'one that has ended' 1 "job $id is not running" bgjob-milestone -j "$id" half
is 'no event of them' 0 0 sql "SELECT count(*) FROM event WHERE kind = 'milestone'"
head -c 70000 /dev/zero | tr '\0' x >long
err 'a text too long' 2 'longer than 64 KiB' sh -c "bgjob-milestone --job $id - <long"
err 'a bad setting' 2 BGJOB_MILESTONE_MAX env BGJOB_MILESTONE_MAX=many bgjob-milestone --job "$id" half
err 'another' 2 BGJOB_MILESTONE_INTERVAL env BGJOB_MILESTONE_INTERVAL=often bgjob-milestone --job "$id" half

# ---- inside a job ----

cat >job <<'END'
bgjob-milestone first of 'all  of'   them
bgjob-milestone 'second one'
printf 'third\nin lines\0and a NUL\n' | bgjob-milestone -
printf '%b' "$1" | bgjob-milestone -
bgjob-milestone -- --help
END
id=$(bgjob-submit --notify telegram:7 --notify tty -- sh job 'esc \0033[2J\0377 end')
bgjob-run --drain
is 'it went well' 0 'done' field "$id" Status
is 'every text is an event' 0 'first of all  of them
second one
third
in lines and a NUL' sql "SELECT detail FROM event WHERE kind = 'milestone' ORDER BY id LIMIT 3"
is 'what looks like an option is text' 0 --help sql "SELECT detail FROM event WHERE kind = 'milestone' ORDER BY id DESC LIMIT 1"
is 'of that job and attempt' 0 "$id 1" sql "SELECT DISTINCT job_id || ' ' || attempt FROM event WHERE kind = 'milestone'"
is 'none of them was sent before the end, which dropped them' 0 dropped \
	sql "SELECT DISTINCT status FROM delivery WHERE kind = 'milestone'"
is 'the end is told to both' 0 2 sql "SELECT count(*) FROM delivery WHERE kind = 'final'"

mkfifo gate
start_pool -j 2
id=$(bgjob-submit --notify telegram:7 -c 'bgjob-milestone 1; echo >said; read -r x <gate
	bgjob-milestone 2; bgjob-milestone 3; echo >said3; read -r x <gate')
ok 'a first one' wait_for 20 test -e said
is 'goes at once' 0 '1 0' sql "SELECT text || ' ' || not_before FROM delivery WHERE job_id = $id"
sql "UPDATE delivery SET tries = 1, status = 'sent' WHERE job_id = $id"
put x gate
ok 'two more' wait_for 20 test -e said3
is 'the newest goes half a minute after the first' 0 '3 30000' sql "SELECT text || ' ' || (not_before -
	(SELECT min(created_at) FROM delivery WHERE job_id = $id)) FROM delivery
	WHERE job_id = $id AND status = 'pending' AND kind = 'milestone'"
put x gate
bgjob-wait --within 20s "$id"
is 'and not at all after the end' 0 '' sql "SELECT text FROM delivery
	WHERE job_id = $id AND status = 'pending' AND kind = 'milestone'"
id=$(BGJOB_MILESTONE_MAX=2 BGJOB_MILESTONE_INTERVAL=0s bgjob-submit --notify telegram:7 \
	-c 'for n in 1 2 3 4 5; do bgjob-milestone "$n"; sqlite3 -cmd ".timeout 20000" "$BGJOB_HOME/bgjob.db" \
		"UPDATE delivery SET tries = 1, status = '"'sent'"' WHERE job_id = $BGJOB_ID AND status = '"'pending'"'"; done')
bgjob-wait --within 20s "$id"
is 'at most as many as set' 0 '1
2' sql "SELECT text FROM delivery WHERE job_id = $id AND kind = 'milestone' AND status <> 'dropped' ORDER BY id"
is 'all are events' 0 5 sql "SELECT count(*) FROM event WHERE job_id = $id AND kind = 'milestone'"
id=$(bgjob-submit -c 'bgjob-milestone x >/dev/full; echo $?')
bgjob-wait --within 20s "$id"
is 'nothing is written on stdout' 0 0 bgjob-output "$id"
stop_pool TERM
finish
