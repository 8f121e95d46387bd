#!/bin/sh
# bgjob-cancel: queued, running and ended jobs; who asked; races with the end
. "$(dirname "$0")/tap.sh"
me=$(id -un)

err 'unknown option' 2 'unknown option --frobnicate' bgjob-cancel --frobnicate 1
err 'no id' 2 'no job id given' bgjob-cancel
err 'not an id' 2 'not a job id: -' sh -c 'echo "-1" | bgjob-cancel -'
err 'hostile text is escaped' 2 'not a job id: a\\n\\x1b\[2J\\xff$' bgjob-cancel "$(printf 'a\n\033[2J\377')"
err 'empty user' 2 '--user: empty' bgjob-cancel -u '' 1
err 'no store' 2 'no job 1' bgjob-cancel 1
not_ok 'it makes no store' test -e store
err 'no place for the store' 2 'set BGJOB_HOME or HOME' env -u BGJOB_HOME -u HOME bgjob-cancel 1
bgjob-submit -- true >id
err 'an unknown id' 2 'no job 99' bgjob-cancel 1 99
ok 'cancels nothing' has_status 1 queued
is 'nobody to cancel' 0 '' sh -c 'bgjob-cancel - </dev/null'
err 'stdout full' 3 'cannot write: No space' sh -c 'bgjob-cancel 1 >/dev/full'
ok 'it is cancelled all the same' has_status 1 cancelled

# ---- queued ----

bgjob-submit -c 'echo ran >>ran' >id
is 'a queued one: at once' 0 "$(cat id)	cancelled" bgjob-cancel "$(cat id)"
is 'its reason says who asked' 0 "cancelled by $me" field "$(cat id)" Reason
err 'again' 1 "job $(cat id) has already ended: cancelled" bgjob-cancel "$(cat id)"
id2=$(bgjob-submit --in 1h --unique key -- true)
is 'one that is not due' 0 "$id2	cancelled" bgjob-cancel -u "o'neil $(printf '\033')" "$id2"
is 'its reason says which user asked' 0 "cancelled by user o'neil \\x1b" field "$id2" Reason
is 'its key is free again' 0 $((id2 + 1)) bgjob-submit --unique key --in 1h -- true
bgjob-submit --after $((id2 + 1)) -- true >dep
bgjob-submit --after-any $((id2 + 1)) -c 'echo any >any' >depany
bgjob-submit --notify tty --in 1h -- true >told
is 'several, one of them has ended' 1 "$((id2 + 1))	cancelled
$(cat told)	cancelled" bgjob-cancel $((id2 + 1)) "$id2" "$(cat told)"
is 'who waited for it is told' 0 "dependency $((id2 + 1)) was cancelled" field "$(cat dep)" Reason
bgjob-run --drain
is 'who waited for any end runs' 0 any cat any
not_ok 'none of the cancelled ever ran' test -e ran
is 'a notice is queued' 0 '1' python3 -c 'import os, sqlite3
db = sqlite3.connect(os.environ["BGJOB_HOME"] + "/bgjob.db")
print(db.execute("SELECT count(*) FROM delivery WHERE status = '\''pending'\''").fetchone()[0])'
bgjob-submit -- false >id
bgjob-run --drain
err 'one that failed' 1 "job $(cat id) has already ended: failed" bgjob-cancel "$(cat id)"

# ---- running ----

mkfifo gate
start_pool -j 4
bgjob-submit -c 'trap "echo bye; exit 0" TERM; echo up >up; while :; do sleep 0.01; done' >id
wait_for 20 test -s up
is 'a running one' 0 "$(cat id)	cancelling" bgjob-cancel -u ann "$(cat id)"
bgjob-wait --within 20s "$(cat id)"
ok 'is cancelled' has_status "$(cat id)" cancelled
is 'by whom' 0 'cancelled by user ann' field "$(cat id)" Reason
is 'it got TERM first, and its output is kept' 0 bye bgjob-output "$(cat id)"
rm up
bgjob-submit -c 'trap "echo bye; exit 0" TERM; echo up >up; while :; do sleep 0.01; done' >id
wait_for 20 test -s up
sqlite3 "$BGJOB_HOME/bgjob.db" "UPDATE job SET cancel_by = 'somebody who died' WHERE id = $(cat id)"
: >"$BGJOB_HOME/wake"
bgjob-wait --within 20s "$(cat id)"
ok 'the pool sees to it when whoever cancelled is gone' has_status "$(cat id)" cancelled
bgjob-submit --grace 200ms -c 'trap "" TERM; echo up >up2; while :; do sleep 0.05; done' >id
wait_for 20 test -s up2
is 'one that ignores TERM' 0 "$(cat id)	cancelling" bgjob-cancel "$(cat id)"
is 'ends after its grace' 137 '' bgjob-wait --within 20s "$(cat id)"
bgjob-submit --grace 1h -c 'trap "echo term >term" TERM; echo up >up3; while [ ! -e enough ]; do sleep 0.01; done; exit 4' >id
wait_for 20 test -s up3
bgjob-cancel "$(cat id)" >said
ok 'asked, not yet ended' wait_for 20 test -s term
is 'it says so' 0 "$me" field "$(cat id)" Cancelling
is 'asked again' 0 "$(cat id)	cancelling" bgjob-cancel "$(cat id)"
: >enough
bgjob-wait --within 20s "$(cat id)"
ok 'it is cancelled, however it exits' has_status "$(cat id)" cancelled
bgjob-submit --retries 5 --backoff 0 -c 'echo "up $BGJOB_ATTEMPT" >>up4; read x <gate' >id
wait_for 20 test -s up4
bgjob-cancel "$(cat id)" >said
bgjob-wait --within 20s "$(cat id)"
is 'a cancelled one is not tried again' 0 'up 1' cat up4
bgjob-submit --retries 5 --backoff 1h -c 'exit 1' >id
wait_for 20 sh -c "bgjob-status $(cat id) | grep -q '^Attempt 1:.*took'"
is 'one that waits for its next try' 0 "$(cat id)	cancelled" bgjob-cancel "$(cat id)"
is 'has no other' 0 1 sh -c "bgjob-status $(cat id) | grep -c '^Attempt'"
bgjob-submit -c 'echo up >up5; kill -STOP $$; read x <gate' >id
wait_for 20 test -s up5
bgjob-cancel "$(cat id)" >said
is 'a stopped one gets its TERM' 143 '' bgjob-wait --within 20s "$(cat id)"

# ---- races with the end ----

# its shim is stopped: the command ends, then the cancel comes
bgjob-submit -c 'echo $$ >main; read x <gate; echo "got $x"' >id
wait_for 20 test -s main
shim=$(find /proc/[0-9]*/fd -lname "$T/store/spool/$(cat id)-1.state" 2>/dev/null | cut -d/ -f3 | head -n 1)
kill -STOP "$shim"
put x gate
wait_for 20 grep -q '^State:.Z' "/proc/$(cat main)/status"
bgjob-cancel "$(cat id)" >said
kill -CONT "$shim"
is 'one that ended by itself first' 0 '' bgjob-wait --within 20s "$(cat id)"
ok 'is done, not cancelled' has_status "$(cat id)" 'done'
# many, cancelled as they start and end
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	i=$(bgjob-submit -c "echo begin >>race.$n; echo end >>race.$n")
	bgjob-cancel "$i" >>said 2>&1
	echo "$i $n" >>races
done
cut -d ' ' -f 1 races | bgjob-wait --within 20s -
while read -r i n; do
	case $(field "$i" Status)-$(xargs 2>/dev/null <"race.$n") in
	done-'begin end' | cancelled- | cancelled-begin | cancelled-'begin end') ;;
	*) bgjob-status "$i" ;;
	esac
done <races >wrong 2>/dev/null
is 'a race of 20: done means that it ended' 0 '' cat wrong

# ---- with its neighbours ----

bgjob-submit --in 1h -q later -- true >ids
bgjob-submit --in 1h -q later -- true >>ids
is 'bgjob-status | bgjob-cancel' 0 "$(sort -rn ids | sed 's/$/	cancelled/')" \
	sh -c 'bgjob-status -s queued -q later | bgjob-cancel -'
is 'nothing is queued' 1 '' bgjob-status -s queued

# ---- without a pool: the shim sees the mark ----

bgjob-submit -c 'echo up >up6; read x <gate' >id
wait_for 20 test -s up6
stop_pool KILL
bgjob-cancel "$(cat id)" >said
wait_for 20 sh -c "! find /proc/[0-9]*/fd -lname '$T/store/spool/$(cat id)-1.state' 2>/dev/null | grep -q ."
bgjob-run --drain 2>said
ok 'a running one, without a pool' has_status "$(cat id)" cancelled
finish
