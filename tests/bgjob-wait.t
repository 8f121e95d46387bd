#!/bin/sh
# bgjob-wait: one or several jobs, all or any, for how long, and its exit status
. "$(dirname "$0")/tap.sh"

# ---- its own failures are 125 ----

err 'unknown option' 125 'unknown option --frobnicate' bgjob-wait --frobnicate 1
err 'no id' 125 'no job id given' bgjob-wait
err 'not an id' 125 'not a job id: 1x' bgjob-wait 1x
err 'hostile text is escaped' 125 'not a job id: a\\n\\x1b\[2J\\xff$' bgjob-wait "$(printf 'a\n\033[2J\377')"
err 'an id too long for one' 125 'not a job id' bgjob-wait "$(head -c 131071 /dev/zero | tr '\0' 9)"
err 'bad duration' 125 '--within: not a duration: soon' bgjob-wait --within soon 1
err 'no store' 125 'no job 1' bgjob-wait 1
not_ok 'waiting makes no store' test -e store
err 'no place for the store' 125 'set BGJOB_HOME or HOME' env -u BGJOB_HOME -u HOME bgjob-wait 1
is 'nobody to wait for' 0 '' sh -c 'bgjob-wait - </dev/null'
bgjob-submit -- true >one
err 'an unknown id' 125 'no job 99' bgjob-wait 1 99
err 'a bad line on stdin' 125 'standard input, line 2: not a job id: x' \
	sh -c "printf '1\\nx\\n' | bgjob-wait -"

# ---- not ended ----

is '--test' 124 '' bgjob-wait --test 1
is '--within' 124 '' bgjob-wait --within 0.1 1
is '--within nothing' 124 '' bgjob-wait --within 0 1
is 'that nobody runs it is said once' 0 'bgjob-wait: no runner is alive and BGJOB_AUTORUN=no: start bgjob-run' \
	sh -c 'bgjob-wait --within 0.1 1 2>&1; true'

# ---- ended ----

bgjob-submit -c 'exit 3' >three
bgjob-submit -c 'kill -KILL $$' >killed
bgjob-submit -c 'kill -TERM $$' >termed
bgjob-submit -- ./missing >none
bgjob-submit --in 1h -- true >cancelled
bgjob-cancel - <cancelled >said
bgjob-submit --after "$(cat three)" -- true >after
bgjob-run --drain
is 'done' 0 '' bgjob-wait 1
is 'its own code' 3 '' bgjob-wait "$(cat three)"
is 'a signal' 137 '' bgjob-wait "$(cat killed)"
is 'another signal' 143 '' bgjob-wait "$(cat termed)"
is 'not found' 127 '' bgjob-wait "$(cat none)"
is 'cancelled before it ran' 1 '' bgjob-wait "$(cat cancelled)"
is 'failed before it ran' 1 '' bgjob-wait "$(cat after)"
is '--test, ended' 3 '' bgjob-wait --test "$(cat three)"
is 'several: all done' 0 '' bgjob-wait 1 1 1
is 'several: one failed' 1 '' bgjob-wait 1 "$(cat three)"
is '--any of what has ended' 3 "$(cat three)" bgjob-wait --any "$(cat three)" 1
err '--any, stdout full' 125 'cannot write: No space' sh -c 'bgjob-wait --any 1 >/dev/full'
is 'an id as people write it' 0 '' bgjob-wait '#1'

# ---- ending while we wait ----

mkfifo a b
start_pool -j 3
bgjob-submit -c 'read x <a; exit "$x"' >ida
bgjob-submit -c 'read x <b; exit "$x"' >idb
wait_for 20 has_status "$(cat ida)" running && wait_for 20 has_status "$(cat idb)" running
bgjob-wait "$(cat ida)" & w1=$!
bgjob-wait "$(cat ida)" "$(cat idb)" & w2=$!
bgjob-wait --any "$(cat ida)" "$(cat idb)" >any & w3=$!
bgjob-wait --within 1h "$(cat idb)" & w4=$!
put 4 a
wait $w1
is 'woken by its end' 0 4 echo $?
wait $w3
is '--any is the first that ends' 0 "4 $(cat ida)" echo "$? $(cat any)"
ok 'who waits for both waits on' kill -0 $w2
is 'what --any did not wait for goes on' 124 '' bgjob-wait --test "$(cat idb)"
put 0 b
wait $w2
is 'both ended, one failed' 0 1 echo $?
wait $w4
is 'in time' 0 0 echo $?
is 'a whole pipeline' 7 '' sh -c 'bgjob-submit -c "exit 7" | bgjob-wait -'

# jobs that end while we begin to wait
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	bgjob-submit -c "exit $n" >id
	bgjob-wait --within 20s - <id
	[ $? = $n ] || echo $n
done >wrong
is 'no end is missed' 0 '' cat wrong

# a waiter outlives the pool: it waits for the next one, and finds jobs that ended in between
bgjob-submit -c 'read x <a; exit "$x"' >id
wait_for 20 has_status "$(cat id)" running
bgjob-wait "$(cat id)" 2>said &
w1=$!
stop_pool KILL
start_pool
put 5 a
wait $w1
is 'across the death of a pool' 0 5 echo $?
bgjob-submit -c 'read x <a; exit "$x"' >id
wait_for 20 has_status "$(cat id)" running
bgjob-wait "$(cat id)" 2>said &
w1=$!
stop_pool KILL
put 6 a
wait $w1
is 'with no pool at all, it sees to the record itself' 0 6 echo $?
bgjob-submit -c 'exit 9' >id
env -u BGJOB_AUTORUN bgjob-wait --within 20s "$(cat id)" &
w1=$!
wait $w1
is 'where a runner may be started, one is' 0 9 echo $?
finish
