#!/bin/sh
# bgjob-tick: fires what is due, each moment once, and exits
. "$(dirname "$0")/tap.sh"

sql()
{
	sqlite3 -cmd '.timeout 20000' "$BGJOB_HOME/bgjob.db" "$1"
}

# ago TASK SECONDS: moves everything about it so far into the past
ago()
{
	sql "UPDATE task SET anchor = anchor - $2 * 1000, looked_at = looked_at - $2 * 1000,
		due_at = due_at - $2 * 1000 WHERE name = '$1' AND deleted_at IS NULL"
}

# runs TASK: its runs by state, latest first
runs()
{
	bgjob-task runs "$1" | cut -f 3,4
}

err 'unknown option' 2 'unknown option --frobnicate' bgjob-tick --frobnicate
err 'an operand' 2 'takes no operands: now' bgjob-tick now
err 'a hostile operand' 2 'takes no operands: a\\n\\x1b\[2J\\xff$' bgjob-tick "$(printf 'a\n\033[2J\377')"
err 'the longest operand' 2 'takes no operands: q+$' bgjob-tick "$(head -c 131071 /dev/zero | tr '\0' q)"
err 'no place for the store' 2 'set BGJOB_HOME or HOME' env -u BGJOB_HOME -u HOME bgjob-tick
is 'no store: nothing to fire' 0 '' bgjob-tick
is 'no store: no next moment' 1 '' bgjob-tick --next
not_ok 'looking makes no store' test -e store
bgjob-submit -- true >/dev/null
is 'no tasks: nothing to fire' 0 '' bgjob-tick
is 'no tasks: no next moment' 1 '' bgjob-tick --next

# ---- moments ----

bgjob-task add hourly --every 1h -- true
bgjob-task add later --at +2h -- true
is 'nothing is due yet' 0 '' bgjob-tick
is 'so there is no run' 1 '' bgjob-task runs
like '--next is the earliest, in RFC 3339' 0 '^20[0-9-]+T[0-9:.]+\+00:00$' bgjob-tick --next
is 'which is within the hour' 0 1 sh -c \
	'[ "$(date -d "$(bgjob-tick --next)" +%s)" -le "$(date -d "1 hour" +%s)" ]; echo $((1 - $?))'
err '--next, stdout full' 3 'cannot write: No space' sh -c 'bgjob-tick --next >/dev/full'
ago hourly 3601
is 'an hour later' 0 '' bgjob-tick
is 'there is a run' 0 'every	pending' runs hourly
is 'once more' 0 '' bgjob-tick
is 'the moment is taken' 0 'every	pending' runs hourly
is 'its job is a job as any other' 0 'tasks	queued' sh -c 'bgjob-status -q tasks | cut -f 3,2 | tr "\t" " " |
	awk "{ print \$2 \"\t\" \$1 }"'
bgjob-run --drain
is 'it runs' 0 'every	success' runs hourly
is 'the view background_runs has it, due before it was created, and ended' 0 'hourly|every|success||1|1|0|0|1' \
	sql "SELECT task, trigger, status, reason, jobs, done, failed, cancelled,
		due_at < created_at AND created_at <= started_at AND started_at <= ended_at
		AND due_at GLOB '20??-??-??T??:??:??.???Z' FROM background_runs"
ago later 7201
bgjob-tick
is 'once' 0 'at	pending' runs later
ago later 7201
bgjob-tick
is 'is once' 0 'at	pending' runs later
bgjob-run --drain

bgjob-task add race --every 1h -- true
ago race 3601
started=
for _ in 1 2 3 4 5 6 7 8; do
	bgjob-tick 2>>errors &
	started="$started $!"
done
# shellcheck disable=SC2086
wait $started
is 'eight at once' 0 'every	pending' runs race
is 'none complains' 0 '' cat errors
bgjob-run --drain

# ---- missed ones ----

for missed in once all skip; do
	bgjob-task add "missed-$missed" --every 1h --overlap allow --missed "$missed" -- true
	ago "missed-$missed" 18001
done
bgjob-tick
is 'once: of five the latest' 0 1 sh -c 'bgjob-task runs missed-once | wc -l'
is 'all: each' 0 5 sh -c 'bgjob-task runs missed-all | wc -l'
is 'skip: the latest, which is no two minutes old' 0 1 sh -c 'bgjob-task runs missed-skip | wc -l'
for missed in once all skip; do ago "missed-$missed" 5400; done
bgjob-tick
is 'once: however old' 0 2 sh -c 'bgjob-task runs missed-once | wc -l'
is 'all, too' 0 6 sh -c 'bgjob-task runs missed-all -n 100 | wc -l'
is 'skip: not so' 0 1 sh -c 'bgjob-task runs missed-skip | wc -l'
bgjob-task add many --every 1s --overlap allow --missed all -- true
ago many 100000
bgjob-tick
is 'at most a hundred of them' 0 100 sh -c 'bgjob-task runs many -n 1000 | wc -l'
bgjob-task delete many
bgjob-run --drain

# ---- tasks that do not fire ----

bgjob-task add busy --every 1h -- true
ago busy 3601
bgjob-tick
ago busy 3601
bgjob-tick
is 'an earlier run still goes on: said so' 0 'cancelled	pending' sh -c \
	'bgjob-task runs busy | cut -f 4 | paste -s'
like 'and why' 0 'run [0-9]+ was still going' bgjob-task runs busy
bgjob-run --drain

bgjob-task add off --every 1h -- true
ago off 3601
bgjob-task disable off
is 'a disabled one' 0 '' bgjob-tick
is 'does not fire' 1 '' bgjob-task runs off
bgjob-task enable off
bgjob-tick
is 'nor does it make up for what was due meanwhile' 1 '' bgjob-task runs off
ago off 3601
bgjob-task pause 2>/dev/null
bgjob-tick
is 'when all are paused' 1 '' bgjob-task runs off
is 'none is due' 1 '' bgjob-tick --next
bgjob-task resume 2>/dev/null
ok 'resumed' bgjob-tick --next

# ---- users, and hostile text ----

printf "o'brien\"\n\$(touch,pwned)\n;DROP\\\\n\n" >users
printf 'two\nlines; "$(touch pwned)" '"'; DROP TABLE task; --"'\n' >prompt
bgjob-task add hostile --every 1h --users users --prompt prompt \
	-c 'printf "%s\n" "$BGJOB_TASK" "$BGJOB_USER"; printf %s "$BGJOB_PROMPT" | cksum'
ago hostile 3601
ok 'texts of every kind' bgjob-tick
run=$(bgjob-task runs hostile | cut -f 1)
bgjob-run --drain
bgjob-task run-show "$run" | cut -f 2 >ids
is 'reach their jobs as they are' 0 "hostile
o'brien\"
hostile
\$(touch,pwned)
hostile
;DROP\\n" sh -c 'xargs -n 1 bgjob-output <ids | grep -v "^[0-9]* [0-9]*$"'
is 'prompts, too' 0 "$(cksum <prompt)" \
	sh -c 'xargs -n 1 bgjob-output <ids | grep "^[0-9]* [0-9]*$" | sort -u'
ok 'and are no code' test ! -e pwned

# ---- a runner ----

bgjob-task add alone --every 1h -- true
ago alone 3601
bgjob-tick
id=$(bgjob-task run-show "$(bgjob-task runs alone | cut -f 1)" | cut -f 2)
BGJOB_AUTORUN=yes
ok 'no runner is alive, and nothing is due any more' bgjob-tick
ok 'one is started for what is left' wait_for 20 has_status "$id" 'done'
BGJOB_AUTORUN=no
ago alone 3601
bgjob-tick
is 'a pipe to a neighbour' 0 '' sh -c 'bgjob-task run-show "$(bgjob-task runs alone -n 1 | cut -f 1)" |
	cut -f 2 | bgjob-wait --within 20s -'

# ---- a store that cannot be written ----

fakes=$(dirname "$BIN")/fakes
bgjob-task add disk --every 1h -- true
ago disk 3601
if [ -e "$fakes/disk_fault.so" ]; then
	err 'the disk fails' 3 'bgjob-tick: ' env ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" \
		LD_PRELOAD="$fakes/disk_fault.so" FAULT_AT=1 FAULT_ONWARDS=1 FAULT_UNDER="$BGJOB_HOME/" \
		FAULT_LOG="$T/fired" bgjob-tick
	ok 'it did' test -e fired
	is 'what was due has no run' 1 '' bgjob-task runs disk
else
	skip 'a failing disk' "no $fakes/disk_fault.so: make check builds it"
fi
bgjob-tick
is 'and is due still' 0 1 sh -c 'bgjob-task runs disk | wc -l'
is 'the store passes its check' 0 '' bgjob-recover --check
finish
