#!/bin/sh
# bgjob-doctor: each line is ok or says what to do
. "$(dirname "$0")/tap.sh"

err 'an unknown option' 2 'unknown option' bgjob-doctor --nonsense
err 'an operand' 2 'takes no operands' bgjob-doctor x
like 'no store yet is in order' 0 '^ok	store	.*created by the first bgjob-submit' bgjob doctor
ok 'and none was made' test ! -e "$BGJOB_HOME"
bgjob-submit --notify tty -- true >/dev/null
like 'no runner, and none would be started' 1 '^FIX	runner	none is running and BGJOB_AUTORUN=no' bgjob-doctor
BGJOB_AUTORUN=yes
like 'one would be started' 0 '^ok	runner' bgjob-doctor
BGJOB_AUTORUN=no
bgjob-run -j 3 & pool=$!
ended() { bgjob-wait --test 1; }
wait_for 10 ended
like 'a living runner' 1 "^ok	runner	pid $pool with 3 slots" bgjob-doctor
like 'a message waits' 1 '^ok	outbox	1 waiting to be sent' bgjob-doctor
like 'and nobody delivers it' 1 '^FIX	notifier	none is running and messages are waiting: start bgjob-notify' bgjob-doctor
BGJOB_TELEGRAM_TOKEN=123:never_seen; export BGJOB_TELEGRAM_TOKEN
like 'a token' 1 '^ok	telegram	token of bot 123 is set$' bgjob-doctor
like 'nobody polls, nor need' 1 '^ok	poller	none is running: bgjob up' bgjob-doctor
like 'nobody polls, but should' 1 '^FIX	poller	none is running' env BGJOB_TELEGRAM_ALLOW=7 bgjob-doctor
is 'the token is not shown' 1 '' sh -c 'bgjob-doctor 2>&1 | grep never_seen'
BGJOB_TELEGRAM_TOKEN=nonsense
like 'no form of a token' 1 '^FIX	telegram	.*is not a bot token' bgjob-doctor
unset BGJOB_TELEGRAM_TOKEN
like 'no token' 1 '^ok	telegram	no BGJOB_TELEGRAM_TOKEN' bgjob-doctor
bgjob-notify --drain >/dev/null 2>&1
like 'no message waits: no notifier need be alive' 0 '^ok	notifier	none is running$' bgjob-doctor
like 'the library' 0 '^ok	library	SQLite 3\.' bgjob-doctor
BGJOB_MIN_FREE=1000T; export BGJOB_MIN_FREE
like 'too little space' 1 '^FIX	space	.*make room' bgjob-doctor
unset BGJOB_MIN_FREE
: >"$BGJOB_HOME/spool/99-1.state"
like 'a stray file is cleared away' 0 'stray attempts removed' bgjob-doctor

# the model; nothing is sent over the network
like 'no model' 0 '^ok	model	no BGJOB_LLM_URL: ' bgjob-doctor
is 'then nothing of the shell' 1 '' sh -c "bgjob-doctor | grep '	shell	'"
BGJOB_LLM_URL='https://somebody:never_seen@llm.invalid:1/v1?key=never_seen'
export BGJOB_LLM_URL
like 'which one?' 1 '^FIX	model	BGJOB_LLM_URL is set, but BGJOB_LLM_MODEL is not$' bgjob-doctor
BGJOB_LLM_MODEL='a	model' BGJOB_SHELL_UNCONFINED=yes
export BGJOB_LLM_MODEL BGJOB_SHELL_UNCONFINED
like 'a model' 0 '^ok	model	a.*model at llm.invalid:1, without BGJOB_LLM_KEY$' bgjob-doctor
like 'with a key' 0 '^ok	model	a.*model at llm.invalid:1$' env BGJOB_LLM_KEY=never_seen bgjob-doctor
like 'and its shell' 0 '^ok	shell	commands from models are ' bgjob-doctor
is 'no key is shown' 1 '' sh -c 'BGJOB_LLM_KEY=never_seen bgjob-doctor 2>&1 | grep never_seen'
like 'without bubblewrap' 1 '^FIX	shell	models cannot use the shell tool: ' env PATH="$BIN" BGJOB_SHELL_UNCONFINED= "$BIN/bgjob-doctor"
like 'unless that is wanted' 0 '^ok	shell	commands from models are not confined: BGJOB_SHELL_UNCONFINED is set$' \
	env PATH="$BIN" "$BIN/bgjob-doctor"
unset BGJOB_LLM_URL BGJOB_LLM_MODEL BGJOB_SHELL_UNCONFINED

# tasks, and whether anything fires them
like 'no tasks' 0 '^ok	tasks	none$' bgjob-doctor
bgjob-task add nightly --cron @daily -- true
like 'nobody has ever looked for due ones' 1 \
	'^FIX	tasks	1 enabled, 0 disabled, but nothing fires them: run bgjob-tick from cron' bgjob-doctor
bgjob-task pause 2>/dev/null
like 'nobody need, when all are paused' 0 '^ok	tasks	.*all paused' bgjob-doctor
bgjob-task resume 2>/dev/null
bgjob-tick
like 'somebody does' 0 '^ok	tasks	1 enabled, 0 disabled$' bgjob-doctor
touch -d '1 hour ago' "$BGJOB_HOME/ticked"
like 'nobody need, while none is due' 0 '^ok	tasks' bgjob-doctor
sqlite3 -cmd '.timeout 20000' "$BGJOB_HOME/bgjob.db" "UPDATE task SET due_at = 1000 * strftime('%s', 'now', '-30 minutes')"
like 'nobody does, and one is overdue' 1 '^FIX	tasks	.*nothing fires them since 20' bgjob-doctor
# a zone that no longer exists, as after an update of the tz database
sqlite3 -cmd '.timeout 20000' "$BGJOB_HOME/bgjob.db" "UPDATE task SET zone = 'Gone/Zone', due_at = NULL"
like 'one that cannot fire' 1 '^FIX	tasks	.*, nightly never fires: no such zone: Gone/Zone: redefine it with bgjob-task add --replace' \
	bgjob-doctor
bgjob-task disable nightly
like 'nobody need, when none is enabled' 0 '^ok	tasks	0 enabled, 1 disabled$' bgjob-doctor

# a process that outlived its job: the shim was killed, and the process has left the session
id=$(bgjob-submit -c 'setsid sh -c "echo \$\$ >$HOME/pid; exec sleep 1000" & exec sleep 1000')
have_pid() { [ -s "$T/pid" ]; }
wait_for 10 have_pid
for shim in $(pgrep -f "^bgjob-shim $id-1\$"); do
	case $(readlink "/proc/$shim/fd/3") in "$BGJOB_HOME"/*) kill -9 "$shim" ;; esac
done
bgjob-wait "$id"
only_the_child() { bgjob-doctor | grep -q "^FIX	leftovers	pid $(cat "$T/pid") of job"; }
wait_for 10 only_the_child # its main process may still be dying
like 'what outlived its job is named' 1 "^FIX	leftovers	pid $(cat "$T/pid") of job $id" bgjob-doctor
kill "$(cat "$T/pid")"
gone() { bgjob-doctor | grep -q '^ok	leftovers'; }
ok 'and no more when it is gone' wait_for 10 gone
mkdir -m 700 "$T/broken"
head -c 20000 /dev/urandom >"$T/broken/bgjob.db"
like 'a damaged store is a line as well' 1 '^FIX	store	.*damaged' env BGJOB_HOME="$T/broken" bgjob-doctor
like 'and the other lines are there' 1 '^ok	shim' env BGJOB_HOME="$T/broken" bgjob-doctor
err 'stdout that is full' 3 'cannot write' sh -c 'bgjob-doctor >/dev/full'
is 'in a pipeline' 0 0 sh -c 'bgjob-doctor | grep -c ^FIX || true'
kill $pool; wait $pool
finish
