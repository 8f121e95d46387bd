#!/bin/sh
# bgjob-status: lists, details, the status line, acknowledging, JSON, and -w on a terminal
. "$(dirname "$0")/tap.sh"

nl='
'
esc=$(printf '\033')
bad=$(printf '\377\200x')

# ---- bad input, no store, nothing found ----

err 'unknown option' 2 'unknown option --frobnicate' bgjob-status --frobnicate
err 'bad state' 2 'not one of queued, running' bgjob-status -s lost
err 'half a list of states' 2 'empty word' bgjob-status -s queued,
err 'bad limit' 2 '--limit: must be at least 1' bgjob-status -n 0
err 'bad time' 2 '--since: not a time' bgjob-status --since whenever
err 'two modes' 2 'either --line or --ack' bgjob-status --line --ack
err 'watching JSON' 2 '--watch needs a list' bgjob-status -w --json
err 'no id' 2 'not a job id: x' bgjob-status x
err 'an id that cannot be' 2 'not a job id: 0' bgjob-status 0
err 'no place for the store' 2 'set BGJOB_HOME or HOME' env -u BGJOB_HOME -u HOME bgjob-status
is 'no store: nothing found' 1 '' bgjob-status
is 'no store: an empty array' 1 '[]' bgjob-status --json
is 'no store: an empty line' 0 '' bgjob-status --line
is 'no store: nothing to acknowledge' 1 '' bgjob-status --ack
err 'no store: no such job' 2 'no job 1' bgjob-status 1
not_ok 'looking makes no store' test -e store
bgjob-submit --in 1h -t one -q q1 -l "l'1" -u ann -- true >a
err 'an unknown id' 2 'no job 99' bgjob-status "$(cat a)" 99
is 'nothing found' 1 '' bgjob-status -q none
is 'nothing found, as JSON' 1 '[]' bgjob-status -q none --json
is 'nothing found, as lines of JSON' 1 '' bgjob-status -q none --jsonl
err 'stdout full' 3 'cannot write: No space' sh -c 'bgjob-status >/dev/full'
err 'stdout full, with details' 3 'cannot write: No space' sh -c "bgjob-status $(cat a) >/dev/full"
err 'stdout closed' 3 'cannot write' sh -c 'bgjob-status >&-'

# ---- filters ----

bgjob-submit -t two -q q2 -u ann -- true >b
bgjob-submit -t two -q q2 -l "l'1" -c 'exit 3' >c
bgjob-submit -- sh -c 'kill -KILL $$' >d
bgjob-submit -c 'echo up >up; read x <gate' >e
bgjob-submit --in 1h -- cancel me >f
bgjob-cancel - <f >cancelled
mkfifo gate
start_pool -j 4
wait_for 20 test -s up
bgjob-wait "$(cat b)" "$(cat c)" "$(cat d)"

ids() { bgjob-status "$@" | cut -f 1 | xargs; }
is 'all, the latest first' 0 '6 5 4 3 2 1' ids
is 'queued' 0 1 ids -s queued
is 'running' 0 5 ids --state running
is 'done' 0 2 ids -s 'done'
is 'failed' 0 '4 3' ids -s failed
is 'cancelled' 0 6 ids -s cancelled
is 'several states' 0 '6 4 3 1' ids -s failed,cancelled,queued
is 'a queue' 0 '3 2' ids -q q2
is 'a type' 0 1 ids -t one
is 'a label' 0 '3 1' ids -l "l'1"
is 'a user' 0 '2 1' ids -u ann
is 'filters together' 0 2 ids -u ann -q q2 -s 'done' -t two
is 'since' 0 '6 5 4 3 2 1' ids --since 1h
is 'since later' 1 '' bgjob-status --since tomorrow
is 'since a time' 0 '6 5 4 3 2 1' ids --since 2001-01-01
is 'the latest' 0 '6 5' ids -n 2
is 'the latest that failed' 0 4 ids -n 1 -s failed
is 'reasons' 0 '6	cancelled by root
5	
4	killed by SIGKILL
3	exit 3
2	
1	' sh -c "bgjob-status | cut -f 1,10 | sed 's/by $(id -un)/by root/'"
like 'a record has eleven fields, empty ones too' 0 \
	"^1	queued	q1	one	ann	l'1	20[0-9-]*T[0-9:.]*(Z|[+-][0-9:]*)				true\$" bgjob-status -u ann
is 'hostile words in a filter are data' 1 '' bgjob-status -l "x' OR '1'='1" -u '%' -t '*'

# ---- details ----

bgjob-submit --in 1h -q q3 -p 7 --unique "key$nl" --timeout 90s --grace 3s --retries 2 --backoff 5m \
	--max-output 1k --notify tty --notify-on failed -l "${esc}[2J$bad" -C / -- \
	printf '%s' "a b" "new${nl}line" "$bad" "it's" '' '$HOME' >g
bgjob-status - <g | sed -e 's/20[0-9-]*T[0-9:.]*\(Z\|[+-][0-9:]*\)$/TIME/' >details
is 'all that was asked for' 0 "Job:         7
Status:      queued
Waits:       starts at TIME
Label:       \\x1b[2J\\xff\\x80x
Command:     printf %s 'a b' 'new\\nline' '\\xff\\x80x' 'it'\\\\''s' '' '\$HOME'
Directory:   /
Queue:       q3
Type:        shell
Unique:      key\\n
Priority:    7
Timeout:     1m30s
Grace:       3s
Retries:     2
Failures:    0
Backoff:     5m
Max output:  1024
Notify:      tty
Notify on:   failed
Created:     TIME" cat details
bgjob-cancel "$(cat g)" >cancelled
like 'an attempt: times, exit, resources, sizes' 0 \
	'^Attempt 1: +started 20.*, took [0-9.]+m?s, exit 3, user [0-9.]+ s, system [0-9.]+ s, [0-9]+ kB, stdout 0 bytes, stderr 0 bytes' \
	bgjob-status "$(cat c)"
like 'one that was killed' 0 '^Attempt 1: .*, killed by SIGKILL, user' bgjob-status "$(cat d)"
like 'one that runs' 0 '^Attempt 1: +started [^,]*$' bgjob-status "$(cat e)"
is 'several ids' 0 "Job:         $(cat b)
Job:         $(cat e)" sh -c "bgjob-status $(cat b) $(cat e) | grep Job:"
bgjob-queue --pause q4
bgjob-submit -q q4 -- true >g
is 'why a job waits: a pause' 0 'its queue is paused: q4' field "$(cat g)" Waits
bgjob-cancel - <g >cancelled
bgjob-queue --limit 1 q5
bgjob-submit -q q5 -c 'read x <gate' >h
wait_for 20 has_status "$(cat h)" running
bgjob-submit -q q5 -- true >i
is 'why a job waits: a limit' 0 'its queue is at its limit: q5 (1 running, limit 1)' \
	field "$(cat i)" Waits
bgjob-submit --after "$(cat i)" -- true >j
is 'why a job waits: another job' 0 "waits for job $(cat i) to succeed" field "$(cat j)" Waits

# ---- the status line ----

is '--line' 0 '2 running · 2 failed' bgjob-status --line
is '--ack one' 0 '' bgjob-status --ack "$(cat c)"
is 'is not counted' 0 '2 running · 1 failed' bgjob-status --line
is '--ack again: there is nothing' 1 '' bgjob-status --ack "$(cat c)"
is '--ack what did not fail' 1 '' bgjob-status --ack "$(cat b)"
err '--ack an unknown one' 2 'no job 99' bgjob-status --ack "$(cat d)" 99
is 'changes nothing' 0 '2 running · 1 failed' bgjob-status --line
is '--ack all' 0 '' bgjob-status --ack
is 'only what runs is left' 0 '2 running' bgjob-status --line
like 'who looks at it sees that' 0 '^Seen: ' bgjob-status "$(cat c)"
is 'failures stay in the list' 0 '4 3' ids -s failed

# ---- JSON ----

cat >show.py <<'PY'
import json, sys
for line in [sys.stdin.read()] if sys.argv[1] == "array" else sys.stdin:
	jobs = json.loads(line)
	for job in jobs if sys.argv[1] == "array" else [jobs]:
		print(*[json.dumps(job[k], ensure_ascii=True) for k in sys.argv[2:]])
PY
is '--json is an array' 0 '2 "done" 1 null
1 "queued" 0 "l'\''1"' sh -c 'bgjob-status --json -u ann | python3 show.py array id status attempt label'
is '--jsonl is an object a line' 0 '2 "done" 1
1 "queued" 0' sh -c 'bgjob-status --jsonl -u ann | python3 show.py lines id status attempt'
is 'hostile text is a JSON string' 0 '["printf", "%s", "a b", "new\nline", "\ufffd\ufffdx", "it'\''s", "", "$HOME"] "\u001b[2J\ufffd\ufffdx" "key\n"' \
	sh -c 'bgjob-status --json 7 | python3 show.py array command label unique'
is 'details' 0 '90000 3000 2 0 300000 1024 ["tty"] "failed" [] "/"' sh -c 'bgjob-status --json 7 |
	python3 show.py array timeout_ms grace_ms retries failures backoff_ms max_output notify notify_on attempts directory'
ok 'no line in it is broken' sh -c 'bgjob-status --jsonl | python3 show.py lines id'

# ---- -w, and output on a terminal ----

# on_terminal FILE COMMAND: with a terminal of 100 columns; what is drawn goes to FILE
on_terminal() { script -qefc "stty cols 100 rows 30; TERM=xterm exec $2" "$1" >/dev/null 2>&1; }
on_terminal drawn 'bgjob-status -n 3'
like 'a table with headings' 0 '^ *ID +STATUS +QUEUE +STARTED +TIME +LABEL +REASON +COMMAND' cat drawn
is 'no escape of a job reaches the terminal' 1 '' grep -F "${esc}[2J" drawn
NO_COLOR=1 on_terminal plain 'bgjob-status -n 3'
is 'NO_COLOR' 1 '' grep -F "${esc}[" plain
on_terminal watched 'bgjob-status -w -s running' &
ok '-w shows the list' wait_for 20 grep -q 'running.*q5' watched
before=$(grep -ac 'STATUS' watched)
mkfifo gate2
bgjob-submit -q default -c 'read x <gate2' >k
ok 'and shows it again when it changes' wait_for 20 grep -q 'running.*gate2' watched
ok 'for that reason' test "$(grep -ac STATUS watched)" -gt "$before"
watcher=$(pgrep -f "bgjob-status -w -s running" | while read -r p; do
	[ "$(readlink "/proc/$p/cwd")" = "$T" ] && [ "$(readlink "/proc/$p/exe")" = "$(readlink -f "$BIN/bgjob-status")" ] && echo "$p"; done)
switches() { awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$1/status"; }
idle()
{
	last=$seen
	seen=$(switches "$watcher")
	[ -n "$seen" ] && [ "$seen" = "$last" ]
}
seen=
wait_for 20 idle
seen=$(switches "$watcher")
sleep 1.2 # longer than a polling interval of a second
is 'it sleeps while nothing changes' 0 "$seen" switches "$watcher"
kill -TERM "$watcher"
wait_for 20 sh -c "! kill -0 $watcher"

# ---- with its neighbours ----

is 'into bgjob-wait' 0 '' sh -c 'bgjob-status -s done | bgjob-wait -'
is 'into bgjob-cancel' 0 "11	cancelled
10	cancelled
1	cancelled" sh -c 'bgjob-status -s queued | bgjob-cancel -'
bgjob-status -s running | bgjob-cancel - >cancelled
bgjob-wait --within 20s - <cancelled
stop_pool TERM

# ---- an hour later; no other process has the store open ----

python3 - <<'PY'
import os, sqlite3, time
db = sqlite3.connect(os.environ["BGJOB_HOME"] + "/bgjob.db")
now = int(time.time() * 1000)
db.execute("UPDATE job SET acknowledged_at = NULL")
db.execute("UPDATE job SET completed_at = ? WHERE id = 3", (now - 3601000,))
db.execute("UPDATE job SET completed_at = ? WHERE id = 4", (now - 3500000,))
db.commit()
PY
is 'failures older than an hour are not counted' 0 '1 failed' bgjob-status --line
finish
