#!/bin/sh
# chat-user: what a person sees who follows the README, from an empty home
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/tg.sh
. "$TESTS/tg.sh"

flow()
{
	mkdir -p config/bgjob/workflows
	printf '#!/bin/sh\n%s\n' "$2" >"config/bgjob/workflows/$1"
	chmod 755 "config/bgjob/workflows/$1"
}

texts() { tg texts chat=7 by=bot; }

telegram_start
export BGJOB_SOFT_DEADLINE=2s
printf 'BGJOB_TELEGRAM_ALLOW=7\n' >"$T/secrets"
mkdir -p config/bgjob
mv secrets config/bgjob/config
bgjob-up 2>up.err & up=$!

# a workflow that may still answer directly sends nothing before it is acknowledged
# shellcheck disable=SC2016
flow slow 'bgjob-milestone halfway; while [ ! -e "$BGJOB_HOME/enough" ]; do sleep 0.05; done; echo slow end'
tg say user=7 text='/slow x' >/dev/null
tg wait what=messages chat=7 by=bot text=halfway seconds=30 >/dev/null
is 'the acknowledgement goes before the milestone' 0 '"Started — I'"'"'ll message you when done 🔄 #1"
"⏳ slow #1\n\nhalfway"' texts
: >"$BGJOB_HOME/enough"
tg wait what=messages chat=7 by=bot text='slow end' seconds=30 >/dev/null
flow quick 'bgjob-milestone begun; echo quick end'
tg say user=7 text='/quick x' >/dev/null
tg wait what=messages chat=7 by=bot text='quick end' seconds=30 >/dev/null
after() { texts | tail -n +4; }
is 'an answer that came directly stands alone' 0 '"quick end"' after

# a signal that is sent twice, as by timeout(1), still stops it in an orderly way
kill -TERM $up
kill -TERM $up
wait $up
is 'stopped' 0 0 echo $?
is 'nothing was killed' 0 'bgjob-up: stopping; running jobs continue' cat up.err

# while no runner runs the job, an acknowledgement says that it waits
printf '#!/bin/sh\ncat >>"%s/got"\n' "$T" >take
chmod 755 take
echo '/quick x' | BGJOB_SOFT_DEADLINE=1100ms bgjob-chat --user 7 --notify "exec:$T/take"
got() { bgjob-notify --drain; test -s got; }
wait_for 20 got
is 'one that has not started waits' 0 'Started — I'"'"'ll message you when done 🔄 #3
It is waiting for a free slot.' cat got

# a runner makes sure that a notifier delivers
rm got
env BGJOB_AUTORUN=yes bgjob-run --drain
wait_for 20 test -s got
like 'a runner starts who delivers' 0 'quick end' cat got
bgjob-notify --drain

# bgjob-doctor lists what is wrong with the configuration
like 'workflows in order' 1 '^ok	workflows	' bgjob-doctor
like 'intents in order' 1 '^ok	intents	' bgjob-doctor
chmod g+w config/bgjob/workflows/quick
printf 'slow\tabc\nquick\t(((\n' >config/bgjob/intents
like 'a workflow that is refused' 1 '^FIX	workflows	quick is refused: .*chmod go-w' bgjob-doctor
like 'an intent that cannot be read' 1 '^FIX	intents	.*intents:2: ' bgjob-doctor
chmod g-w config/bgjob/workflows/quick
rm config/bgjob/intents
tg block chat=7 >/dev/null
echo hello | bgjob-notify telegram:7
bgjob-notify --drain 2>/dev/null
like 'why a message was refused' 1 '^ok	outbox	.*the last one to telegram:7: Forbidden: bot was blocked' bgjob-doctor

finish
