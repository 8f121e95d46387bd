#!/bin/sh
# bgjob-recover: settles what a killed runner or machine leaves, once and correctly
. "$(dirname "$0")/tap.sh"

err 'an unknown option' 2 'unknown option' bgjob-recover --nonsense
err 'an operand' 2 'takes no operands: 5' bgjob-recover 5
is 'no store: nothing to settle' 0 '' bgjob-recover
is 'no store: nothing to find' 0 '' bgjob-recover --check

# the shim of job $1 in this store: fd 3 is its state file
shim_of()
{
	for shim in $(pgrep -f "^bgjob-shim $1-1\$"); do
		case $(readlink "/proc/$shim/fd/3") in "$BGJOB_HOME"/*) echo "$shim" ;; esac
	done
}
started() { [ -s "$T/started" ]; }
dead() { ! kill -0 "$(cat "$T/started")" 2>/dev/null; }

# a runner killed with SIGKILL: the job continues, its end is recorded without any pool
bgjob-run & pool=$!
id=$(bgjob-submit -c 'echo before; echo $$ >"$HOME/started"; while [ ! -e "$HOME/go" ]; do sleep 0.02; done; echo after; exit 5')
wait_for 10 started
kill -9 $pool; wait $pool 2>/dev/null
is 'its shim lives: nothing to settle' 0 '' bgjob-recover
like 'and it still runs' 0 "^$id	running" bgjob-status -s running
: >"$T/go"
gone() { dead && [ -z "$(shim_of "$id")" ]; }
wait_for 10 gone
is 'its true end is recorded' 0 "$(printf '%s\tfailed\texit 5' "$id")" bgjob-recover
is 'with its whole output' 0 "$(printf 'before\nafter')" bgjob-output "$id"
is 'a second time there is nothing to do' 0 '' bgjob-recover
is 'the spool is empty' 0 '' ls "$BGJOB_HOME/spool"

# pool and shim killed: nobody saw the end
rm -f "$T/started" "$T/go"
bgjob-run & pool=$!
id=$(bgjob-submit -c 'echo partial; echo $$ >"$HOME/started"; exec sleep 1000')
wait_for 10 started
kill -9 $pool; wait $pool 2>/dev/null
kill -9 "$(shim_of "$id")"
ok 'the command dies with its shim' wait_for 10 dead
is 'nobody saw its end' 0 "$(printf '%s\tfailed\tinterrupted by restart' "$id")" bgjob-recover
is 'the output it had is kept' 0 partial bgjob-output "$id"

# a living pool sees its shim die
rm -f "$T/started"
bgjob-run & pool=$!
id=$(bgjob-submit -c 'echo $$ >"$HOME/started"; exec sleep 1000')
wait_for 10 started
kill -9 "$(shim_of "$id")"
is 'a job whose end nobody saw has no exit code' 1 '' bgjob-wait "$id"
like 'seen by a living pool: runner killed' 0 '^Reason: +runner killed' bgjob-status "$id"
kill $pool; wait $pool

is 'the store passes its check' 0 '' bgjob-recover --check
like 'a pipe to a neighbour' 0 'failed' sh -c 'bgjob-status -s failed | bgjob-status -'

# --check finds what is wrong
bgjob-backup "$T/copy"
mkdir -m 700 "$T/broken" && cp "$T/copy" "$T/broken/bgjob.db"
BGJOB_HOME=$T/broken
if command -v python3 >/dev/null; then
	python3 - "$BGJOB_HOME/bgjob.db" <<-'EOF'
	import sqlite3, sys
	db = sqlite3.connect(sys.argv[1])
	db.execute("UPDATE job SET status = 'done' WHERE id = 1")
	db.execute("DELETE FROM event WHERE job_id = 2 AND kind = 'queued'")
	db.commit()
	EOF
	like 'a job done without a good end is found' 1 'job 1 is done, but' bgjob-recover --check
	like 'a missing event is found' 1 'job 2 has no event' bgjob-recover --check
	err 'stdout that is full' 3 'cannot write' sh -c 'bgjob-recover --check >/dev/full'
else
	skip 'the findings of --check' 'no python3'
fi
rm "$BGJOB_HOME"/bgjob.db*
cp "$T/copy" "$BGJOB_HOME/bgjob.db"
head -c 4096 /dev/urandom | dd of="$BGJOB_HOME/bgjob.db" bs=4096 seek=3 conv=notrunc 2>/dev/null
bgjob-recover --check >"$T/found" 2>&1
ok 'a damaged page is found' test $? -ne 0
rm "$BGJOB_HOME"/bgjob.db*
head -c 20000 /dev/urandom >"$BGJOB_HOME/bgjob.db"
err 'a file that is no database' 3 'damaged' bgjob-recover --check
finish
