#!/bin/sh
# bgjob-queue: lists queues, limits, pauses and resumes them
. "$(dirname "$0")/tap.sh"

err 'unknown option' 2 'unknown option --frobnicate' bgjob-queue --frobnicate
err 'two queues' 2 'at most one queue: b' bgjob-queue a b
err 'bad queue' 2 'not a queue name' bgjob-queue 'a b'
err 'hostile name' 2 'not a queue name.*a\\n\\x1b\[2J\\xff$' bgjob-queue "$(printf 'a\n\033[2J\377')"
err 'a name too long' 2 'not a queue name' bgjob-queue "$(head -c 131071 /dev/zero | tr '\0' q)"
err 'a limit needs a queue' 2 '--limit needs a queue' bgjob-queue --limit 2
err 'bad limit' 2 '--limit: not a number: few' bgjob-queue --limit few q
err 'negative limit' 2 '--limit: must be between' bgjob-queue --limit -1 q
err 'both' 2 'either --pause or --resume' bgjob-queue --pause --resume q
err 'no place for the store' 2 'set BGJOB_HOME or HOME' env -u BGJOB_HOME -u HOME bgjob-queue
is 'no store: nothing found' 1 '' bgjob-queue
not_ok 'looking makes no store' test -e store
is 'limits may be set before there are jobs' 0 '' bgjob-queue --limit 2 early
is 'and are listed' 0 'early	0	0	0	2		' bgjob-queue
is 'an unknown queue' 1 '' bgjob-queue none
err 'stdout full' 3 'cannot write: No space' sh -c 'bgjob-queue >/dev/full'

bgjob-submit -q one -- true >id1
bgjob-submit -q one --in 1h -- true >held
bgjob-submit -q two -c 'echo two >>ran' >id2
cut_times() { bgjob-queue "$@" | sed 's/	20[0-9-]*T[0-9:.]*\(Z\|[+-][0-9:]*\)$/	TIME/'; }
is 'waiting, held, running, limit, paused, oldest' 0 'early	0	0	0	2		
one	1	1	0			TIME
two	1	0	0			TIME' cut_times
is 'one queue' 0 'two	1	0	0			TIME' cut_times two

# ---- pause and resume ----

is '--pause one' 0 '' bgjob-queue --pause two
is 'it is listed so' 0 'two	1	0	0		paused	TIME' cut_times two
bgjob-run --drain
ok 'others run' has_status "$(cat id1)" 'done'
ok 'it does not' has_status "$(cat id2)" queued
start_pool -j 4
bgjob-submit --wait=20s -q one -- true
ok 'nor under a pool that is there' has_status "$(cat id2)" queued
is '--resume one' 0 '' bgjob-queue --resume two
is 'the pool goes on with it at once' 0 '' bgjob-wait --within 20s "$(cat id2)"
is '--pause all' 0 '' bgjob-queue --pause
bgjob-submit -q later -- true >id3
is 'all that there are, and those to come' 0 '* paused
early paused
later paused
one paused
two paused' sh -c 'bgjob-queue | cut -f 1,6 --output-delimiter=" "'
bgjob-submit -q one -- true >id1
bgjob-submit -- true >id2
is 'none of them runs' 124 '' bgjob-wait --any --within 300ms "$(cat id1)" "$(cat id2)" "$(cat id3)"
is '--resume all' 0 '' bgjob-queue --resume
is 'all go on' 0 '' bgjob-wait --within 20s "$(cat id1)" "$(cat id2)"

# ---- limits ----

is '--limit' 0 '' bgjob-queue --limit 2 one
for _ in 1 2 3; do bgjob-submit -q one -c 'until [ -e go ]; do sleep 0.01; done' >>ids; done
bgjob-submit -q two -- true >id2
is 'other queues are not limited by it' 0 '' bgjob-wait --within 20s "$(cat id2)"
wait_for 20 sh -c 'bgjob-queue one | grep -q "	2	2	"'
is 'two run, one waits' 0 'one	1	1	2	2		TIME' cut_times one
is 'no more room: raise it' 0 '' bgjob-queue --limit 3 one
ok 'the third runs at once' wait_for 20 sh -c '[ "$(bgjob-status -q one -s running | wc -l)" = 3 ]'
: >go
is 'all end' 0 '' sh -c 'bgjob-wait --within 20s - <ids'
is '--limit 0' 0 '' bgjob-queue --limit 0 one
bgjob-submit -q one -- true >id1
is 'runs none' 124 '' bgjob-wait --within 300ms "$(cat id1)"
is '--limit none' 0 '' bgjob-queue --limit none one
is 'runs them' 0 '' bgjob-wait --within 20s "$(cat id1)"
bgjob-queue --limit 1 one
for _ in 1 2 3 4; do
	bgjob-submit -q one -c 'echo +1 >>ledger; sleep 0.02; echo -1 >>ledger'
done >ids
bgjob-wait --within 20s - <ids
is 'one at a time, whatever the slots' 0 '+1
-1
+1
-1
+1
-1
+1
-1' cat ledger
is 'a limit and a pause together' 0 '' bgjob-queue --limit 5 --pause three
is 'both are kept' 0 'three	0	0	0	5	paused	' bgjob-queue three
bgjob-cancel - <held >said
stop_pool TERM

# two pools share a limit
bgjob-queue --limit 1 shared
for _ in 1 2 3 4 5 6; do
	bgjob-submit -q shared -c 'echo +1 >>both; sleep 0.01; echo -1 >>both'
done >ids
bgjob-run --drain -j 3 &
bgjob-run --drain -j 3 &
wait
bgjob-run --drain
is 'a limit holds over two pools' 0 'ok 6' awk \
	'{ n += $1; if (n > 1) bad = 1; if ($1 > 0) jobs++ } END { print n || bad ? "bad" : "ok", jobs }' both

# ---- with a neighbour ----

bgjob-submit -q pipe --in 1h -- true >ids
is 'queues as operands of another tool' 0 pipe sh -c \
	'bgjob-queue | cut -f 1 | while read -r q; do bgjob-status -s queued -q "$q" | cut -f 3; done'
finish
