#!/bin/sh
# bgjob-submit: its options one by one; --batch is in batch.t, --env and --wait below
. "$(dirname "$0")/tap.sh"

nl='
'
esc=$(printf '\033')
bad=$(printf '\377\200x')

# ---- bad input: one line, exit 2, nothing stored ----

# refuses NAME REGEX ARG...
refuses()
{
	refused=$1 because=$2
	shift 2
	err "$refused" 2 "^bgjob-submit: .*$because" bgjob-submit "$@"
}

refuses 'unknown option' 'unknown option --frobnicate' --frobnicate -- true
refuses 'unknown letter' 'unknown option -Z' -Z -- true
refuses 'ambiguous option' 'ambiguous' --no true
refuses 'option without its value' 'needs a value' --queue
not_ok 'a usage error makes no store' test -e store
refuses 'no command' 'no command given'
refuses 'no command after --' 'no command given' --
refuses 'empty command' 'command is empty' -- ''
refuses 'empty shell text' 'shell: empty' -c ''
refuses 'command and shell text' 'not both' -c true -- true
refuses 'missing directory' 'nowhere: No such file' -C nowhere -- true
: >file
refuses 'directory that is none' 'file: Not a directory' -C file -- true
refuses 'missing input' 'nothing: No such file' -i nothing -- cat
refuses 'a folder as input' 'Is a directory' -i . -- cat
refuses 'both inputs' 'not both' -i file --input-text x -- cat
for value in 5x '' -1 1.5h3s '5 m' 9999999999d; do
	refuses "bad duration '$value'" '--timeout: ' --timeout "$value" -- true
done
refuses 'no time at all' 'too short' --timeout 0 -- true
refuses 'bad grace' '--grace: not a duration: soon' --grace soon -- true
refuses 'bad backoff' '--backoff: not a duration' --retries 1 --backoff x -- true
refuses 'bad delay' '--in: not a duration' --in later -- true
refuses 'bad time' '--at: not a time' --at noonish -- true
refuses 'time that is no time' '--at: no such hour' --at 25:00 -- true
refuses 'bad retries' '--retries: must be between' --retries -1 -- true
refuses 'bad priority' '--priority: not a number' -p high -- true
refuses 'bad size' '--max-output: not a size' --max-output much -- true
refuses 'no output at all' '--max-output: too small' --max-output 0 -- true
refuses 'bad queue' '--queue: not a name' -q 'a b' -- true
refuses 'bad type' '--type: not a name' -t 'a/b' -- true
refuses 'empty label' '--label: empty' -l '' -- true
refuses 'empty user' '--user: empty' -u '' -- true
refuses 'empty key' '--unique: empty' --unique '' -- true
refuses 'dependency that is no id' '--after: not a list of job ids' --after x -- true
refuses 'half a list of dependencies' '--after: not a list of job ids' --after 1, -- true
refuses 'missing dependency' 'no job 99' --after 99 -- true
refuses 'missing dependency, any' 'no job 99' --after-any 99 -- true
refuses 'a variable that is not set' 'NOT_SET_HERE is not set' --env NOT_SET_HERE -- true
refuses 'a secret by name' 'secret' --env BGJOB_LLM_KEY -- true
for target in telegram: telegram:x telegram:1/ 'https://' http://example.org mailto:x exec: ttyS0 \
	"https://example.org/$nl"; do
	refuses "bad target '$target'" '--notify: not a target' --notify "$target" -- true
done
refuses 'bad notify-on' 'not one of done' --notify-on sometimes -- true
refuses '--batch with options' '--batch cannot be combined' --batch -q x
err 'a failure of --wait itself is 125' 125 'no command given' bgjob-submit --wait
err 'also when the mistake comes first' 125 'not a duration' bgjob-submit --timeout x --wait -- true
err 'hostile text in a message is escaped' 2 'not a name.*a\\nb\\x1b\[2J\\xff' \
	bgjob-submit -q "a${nl}b${esc}[2J$bad" -- true
is 'nothing was stored by any of these' 1 '' bgjob-status

# ---- where the store is ----

err 'no place for the store' 2 'set BGJOB_HOME or HOME' \
	env -u BGJOB_HOME -u HOME -u XDG_STATE_HOME bgjob-submit -- true
is 'XDG_STATE_HOME' 0 1 env -u BGJOB_HOME XDG_STATE_HOME="$T/state" bgjob-submit -- true
is 'HOME' 0 1 env -u BGJOB_HOME HOME="$T/new/home" bgjob-submit -- true
is 'the store is private' 0 '700 state/bgjob
600 state/bgjob/bgjob.db' stat -c '%a %n' state/bgjob state/bgjob/bgjob.db
is 'a store in the current folder' 0 1 env BGJOB_HOME=here bgjob-submit -- true
ok 'is there' test -f here/bgjob.db

# ---- the id, alone ----

is 'the id, alone' 0 1 bgjob-submit -- true
is 'options end at the command' 0 2 bgjob-submit sh -c 'exit 0' -q x --frobnicate
is 'nothing on stderr' 0 '' sh -c 'bgjob-submit -- true 2>&1 >/dev/null'
err 'stdout full' 3 'cannot write: No space' sh -c 'bgjob-submit -- true >/dev/full'
err 'stdout closed' 3 'cannot write' sh -c 'bgjob-submit -- true >&-'
ok 'all of these run' bgjob-run --drain
is 'and are done, also those whose id could not be written' 0 '5' \
	sh -c 'bgjob-status -s done | wc -l'
like '--help' 0 '--notify-on' bgjob-submit --help
like '--version' 0 '^bgjob [0-9]' bgjob-submit -V

# ---- argv, byte for byte ----

print='for a; do printf "%s\\0" "$a"; done'
set -- '' "a${nl}b" "$bad" "\"q\" 'q' \$HOME \`x\` \\" "${esc}[31m" '' '*' '-n' "tab	tab" "é…😀" ''
for a; do printf '%s\0' "$a"; done >want
id=$(bgjob-submit -- sh -c "$print" sh "$@")
bgjob-run --drain
same 'hostile arguments arrive byte for byte' want bgjob-output "$id"
long=$(head -c 131071 /dev/zero | tr '\0' x)
id=$(bgjob-submit -- printf %s "$long")
bgjob-run --drain
printf %s "$long" >want
same 'the longest argument that there is' want bgjob-output "$id"
id=$(bgjob-submit -l "a${nl}b	c${esc}[2J\\$bad" -u "o'neil${nl}" -- true "a${nl}b")
is 'hostile text cannot forge a record' 0 \
	"$id	queued	default	shell	o'neil\\n	a\\nb\\tc\\x1b[2J\\\\\\xff\\x80x	true 'a\\nb'" \
	sh -c "bgjob-status -s queued | cut -f 1-6,11"
ok 'a long label and key are kept' bgjob-submit -l "$long" --unique "$long" -- true
err 'a user that the kernel would not take as a variable' 2 'user' bgjob-submit -u "$long" -- true
bgjob-run --drain
ended 'shell text' 'done' '' -c 'echo "a  b" $((1 + 2)) "$#"'
is 'is one text for sh -c' 0 'a  b 3 0' bgjob-output "$id"

# ---- input ----

ended 'without an input' 'done' '' -c 'readlink /proc/self/fd/0; cat'
is 'stdin is /dev/null' 0 /dev/null bgjob-output "$id"
printf 'one\0two\377' >file
id=$(bgjob-submit -i file -- cat)
cp file want
rm file
bgjob-run --drain
same 'an input is stored' want bgjob-output "$id"
id=$(printf 'from a pipe' | bgjob-submit -i - -- cat)
bgjob-run --drain
is '-i - reads stdin' 0 'from a pipe' sh -c "bgjob-output $id; echo"
ended 'an empty input' 'done' '' -i /dev/null -- wc -c
is 'is empty' 0 0 bgjob-output "$id"
ended '--input-text' 'done' '' --input-text 'as given' -- wc -c
is 'is the text, without a newline' 0 8 bgjob-output "$id"
head -c 3000000 /dev/urandom >large
id=$(bgjob-submit --retries 1 --backoff 0 -i large -c 'cat; [ "$BGJOB_ATTEMPT" = 2 ]')
bgjob-run --drain
bgjob-wait "$id" --within 20s
same 'a large input and output' large bgjob-output "$id"
cat large large >want
same 'each attempt gets all of the input' want sh -c \
	"bgjob-output --attempt 1 $id; bgjob-output --attempt 2 $id"

# ---- dependencies ----

a=$(bgjob-submit -- false)
b=$(bgjob-submit --after "$a" -- true)
c=$(bgjob-submit --after "$b" --retries 3 -- true)
d=$(bgjob-submit --after-any "$a,$b" -- true)
e=$(bgjob-submit -- sleep 0.2)
f=$(bgjob-submit --after "$e" --after-any "$a" -c 'echo last')
is 'it says what it waits for' 0 "waits for job $a to succeed" sh -c \
	"bgjob-status $b | sed -n 's/^Waits: *//p' | head -n 1"
bgjob-run --drain
is 'a failed dependency fails the chain' 0 "$b	failed	dependency $a failed
$c	failed	dependency $b failed" sh -c "bgjob-status | awk -v FS='\t' -v OFS='\t' \
	'\$1 == $b || \$1 == $c { print \$1, \$2, \$10 }' | sort -n"
ok 'a job that waits for any end runs' has_status "$d" 'done'
ok 'one that waits for two runs when both are there' has_status "$f" 'done'
a2=$(bgjob-submit --after "$a" -- true)
is 'after one that has failed already' 0 "dependency $a failed" field "$a2" Reason
a2=$(bgjob-submit --after "$e" --after-any "$a" -- true)
bgjob-run --drain
ok 'after some that ended long ago' has_status "$a2" 'done'
a=$(bgjob-submit --in 1h -- true)
b=$(bgjob-submit --after "$a" -- true)
bgjob-cancel "$a" >cancelled
is 'after one that was cancelled' 0 "dependency $a was cancelled" field "$b" Reason

# ---- later ----

id=$(bgjob-submit --in 1h -- true)
bgjob-run --drain
like '--in holds it back' 0 '^Waits: *starts at ' bgjob-status "$id"
ok 'it is queued' has_status "$id" queued
bgjob-cancel "$id" >cancelled
ended '--at in the past is now' 'done' '' --at 2001-02-03T04:05:06Z -- true
id=$(bgjob-submit --at tomorrow -- true)
ok '--at tomorrow is not now' has_status "$id" queued
bgjob-cancel "$id" >cancelled

# ---- limits of time ----

ended '--timeout' failed 'timed out after 200ms' --timeout 0.2 -- sleep 60
is 'as a waiter sees it' 143 '' bgjob-wait "$id"
ended '--timeout, and it cleans up' failed 'timed out after 100ms' --timeout 100ms \
	-c 'trap "echo bye; exit 0" TERM; echo hello; while :; do sleep 0.01; done'
is 'its last words' 0 'hello
bye' bgjob-output "$id"
ended '--grace' failed 'timed out after 100ms' --timeout 100ms --grace 100ms \
	-c 'trap "" TERM; while :; do sleep 0.05; done'
is 'ends who ignores TERM' 137 '' bgjob-wait "$id"
ended 'no grace' failed 'timed out after 100ms' --timeout 100ms --grace 0 -- sleep 60
ended 'in time' 'done' '' --timeout 1h -- true

# ---- retries ----

count='n=$(cat tries 2>/dev/null || echo 0); echo $((n + 1)) >tries; echo "try $((n + 1))"'
id=$(bgjob-submit --retries 3 --backoff 10ms -c "$count; [ \$n -ge 2 ]")
start_pool -j 2
is '--retries' 0 '' bgjob-wait "$id" --within 30s
is 'as often as it takes' 0 3 cat tries
is 'the output of the last' 0 'try 3' bgjob-output "$id"
is 'the output of the first' 0 'try 1' bgjob-output --attempt 1 "$id"
id=$(bgjob-submit --retries 2 --backoff 0 -c 'exit 7')
is 'retries are used up' 7 '' bgjob-wait "$id" --within 30s
is 'after three attempts' 0 3 sh -c "bgjob-status $id | grep -c ^Attempt"
id=$(bgjob-submit -c 'exit 7')
is 'no retry unless asked' 7 '' bgjob-wait "$id" --within 30s
is 'one attempt' 0 1 sh -c "bgjob-status $id | grep -c ^Attempt"
id=$(bgjob-submit --in 0.3 -c 'date +%s%N')
now=$(date +%s%N)
bgjob-wait "$id"
ok '--in runs when it is due, not before' test "$(bgjob-output "$id")" -gt $((now + 200000000))

# ---- --wait ----

is '--wait prints its stdout' 0 'out' bgjob-submit --wait -c 'echo out; echo err >&2'
is 'and its stderr' 0 'err' sh -c 'bgjob-submit --wait -c "echo out; echo err >&2" 2>&1 >/dev/null'
is 'exits as it did' 3 '' bgjob-submit --wait -c 'exit 3'
is 'signals as well' 137 '' bgjob-submit --wait -c 'kill -KILL $$'
is 'and not found' 127 '' bgjob-submit --wait -- ./no-such-command
printf 'no newline\0\377' >want
same 'byte for byte' want bgjob-submit --wait -c 'printf "no newline\0\377"'
same 'large output too' large bgjob-submit --wait -i large -- cat
is '--wait with room to spare' 0 hi bgjob-submit --wait=1m -- echo hi
mkfifo gate
err '--wait that takes too long' 124 'job [0-9]* continues in the background$' \
	bgjob-submit --wait=0.2 -c 'echo started >>ledger; read x <gate; echo "got $x" >>ledger'
put word gate
id=$(bgjob-status -n 1 | cut -f 1)
is 'the same run goes on' 0 '' bgjob-wait "$id" --within 30s
is 'and was started once' 0 'started
got word' cat ledger
is 'one attempt only' 0 1 sh -c "bgjob-status $id | grep -c ^Attempt"
err '--wait=0' 124 'continues in the background' bgjob-submit --wait=0 -- true
bgjob-wait "$(bgjob-status -n 1 | cut -f 1)"
bgjob-submit --wait -c 'read x <gate; echo "got $x"' >waited 2>said &
waiter=$!
wait_for 20 sh -c "bgjob-status -s running | grep -q ."
id=$(bgjob-status -s running | cut -f 1)
kill -TERM $waiter
wait $waiter
is 'an interrupted --wait' 0 143 echo $?
is 'says that it goes on' 0 "bgjob-submit: job $id continues in the background" cat said
put word gate
is 'and it does' 0 'got word' sh -c "bgjob-wait $id && bgjob-output $id"
nohup bgjob-submit --wait -c 'read x <gate; echo "got $x"' >waited 2>said &
waiter=$!
wait_for 20 sh -c "bgjob-status -s running | grep -q ."
kill -HUP $waiter
put word gate
wait $waiter
is 'one that ignores HUP waits on' 0 '0 got word' echo $? "$(cat waited)"
err 'output that cannot be written is our failure' 125 'cannot write' \
	sh -c 'bgjob-submit --wait -- echo hi >/dev/full'
stop_pool TERM

# killed_early OPTION...: sends TERM to a submission that hangs between its commit and the wait
killed_early()
{
	BGJOB_AUTORUN=no bgjob-submit "$@" --notify exec:/bin/true --notify-on 'done' -- true >waited 2>said &
	waiter=$!
	wait_for 20 sh -c "bgjob-status -s queued | grep -q ."
	id=$(bgjob-status -s queued | cut -f 1)
	kill -TERM $waiter
	wait $waiter
	is "killed right after the commit${*:+, $*}" 0 143 echo $?
	is 'it says that the job was recorded' 0 \
		"bgjob-submit: job $id continues in the background" cat said
	bgjob-cancel "$id"
}
# It looks for a notifier through this lock file, which nobody else opens.
rm -f "$BGJOB_HOME/notify.lock"
mkfifo "$BGJOB_HOME/notify.lock"
killed_early --wait
killed_early
rm "$BGJOB_HOME/notify.lock"

# ---- unique keys ----

id=$(bgjob-submit --unique "k'1$nl" -- true)
is '--unique, again' 1 "$id" bgjob-submit --unique "k'1$nl" -- false
bgjob-run --drain
is '--unique, when it has ended' 0 $((id + 1)) bgjob-submit --unique "k'1$nl" -- true
bgjob-run --drain
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	{ bgjob-submit --unique race -- true; echo "exit $?"; } >"race.$n" 2>&1 &
done
wait
is 'a race of 20 is won by one' 0 '19 exit 1
1 exit 0' sh -c 'sort race.* | uniq -c | sort -rn | sed "s/^ *//" | grep exit'
is 'and all print its id' 0 20 sh -c "cat race.* | grep -c '^$((id + 2))\$'"
bgjob-run --drain

# ---- directory and environment ----

mkdir dir && ln -s dir link
ended '-C' 'done' '' -C link -c 'pwd; echo "$PWD"'
is 'is where it runs' 0 "$T/dir
$T/dir" bgjob-output "$id"
(cd dir && bgjob-submit -- pwd) >id
bgjob-run --drain
is 'else where it was submitted' 0 "$T/dir" bgjob-output "$(cat id)"
id=$(bgjob-submit -C dir -- true)
rmdir dir
bgjob-run --drain
is 'a directory that went away' 0 'exit 126: cannot enter the directory: No such file or directory' \
	field "$id" Reason

MARK="a${nl}b$bad" SOME_TOKEN=s3cret BGJOB_TELEGRAM_TOKEN=s3cret BGJOB_LLM_KEY=s3cret \
	BGJOB_TRACE=wake MY_PASSWORD=s3cret AWS_SECRET=s3cret TERM=vt100 TMUX=x SHLVL=9 OLDPWD=/x LINES=5 PS1=x \
	BGJOB_ID=77 BASH_ENV=x ENV=y bgjob-submit -c 'env -0' >id
bgjob-run --drain
bgjob-output "$(cat id)" >all
printf '%s\0' "MARK=a${nl}b$bad" >want
same 'a job has the environment of its submitter' want grep -az ^MARK= all
is 'without what is secret or a terminal'\''s' 1 '' \
	grep -azE '^(.*_TOKEN|.*_KEY|BGJOB_TRACE|MY_PASSWORD|AWS_SECRET|TERM|TMUX|SHLVL|OLDPWD|LINES|PS1|BASH_ENV|ENV)=' all
for url in 'https://h/v1?api_key=s3cret' https://me:s3cret@h/v1 https://h/v1; do
	BGJOB_LLM_URL=$url bgjob-submit -c 'echo "${BGJOB_LLM_URL:-none}"' >>urls
done
bgjob-run --drain
is 'nor what a URL of a model has of it' 0 'none
none
https://h/v1' xargs -n 1 -a urls bgjob-output
is 'secrets are not even stored' 1 '' grep -rl s3cret store
is 'its own variables' 0 "BGJOB_ATTEMPT=1
BGJOB_HOME=$T/store
BGJOB_ID=$(cat id)
BGJOB_QUEUE=default
BGJOB_SLOT=1
BGJOB_USER=" sh -c "tr '\\0' '\\n' <all | grep -a ^BGJOB_ | grep -v AUTORUN | sort"
id=$(X1=one X2=two bgjob-submit --env NONE,X1 -q other -u ann -c 'env')
bgjob-run --drain
is '--env NONE,NAME' 0 'BGJOB_ATTEMPT
BGJOB_HOME
BGJOB_ID
BGJOB_QUEUE
BGJOB_SLOT
BGJOB_USER
HOME
LOGNAME
PATH
PWD
SHELL
X1' sh -c "bgjob-output $id | cut -d= -f 1 | grep -vx -e _ -e OLDPWD -e SHLVL | sort"
like 'the queue and the user' 0 '^BGJOB_USER=ann$' bgjob-output "$id"
ended '--env by name' 'done' '' --env PATH -c 'echo "$PATH $HOME"'
is 'nothing else' 0 "$PATH " bgjob-output "$id"
SHOWN=do-not-show bgjob-submit --env SHOWN -- true >id
is 'the environment is shown by no interface' 1 '' sh -c "{ bgjob-status; bgjob-status $(cat id); \
	bgjob-status --json $(cat id); bgjob-status --json; } | grep do-not-show"
bgjob-run --drain
# an environment that was not too large for us is not too large for the job
fill=$(head -c 120000 /dev/zero | tr '\0' e)
is 'a large environment' 0 120000 env F1="$fill" F2="$fill" F3="$fill" F4="$fill" F5="$fill" \
	F6="$fill" F7="$fill" F8="$fill" F9="$fill" sh -c \
	'id=$(bgjob-submit -c "printf %s \"\$F9\" | wc -c") && bgjob-run --drain && bgjob-output $id'

# ---- how much output is kept ----

ended '--max-output' 'done' '' --max-output 1k -c 'seq 1 10000; seq 1 3 >&2'
{
	seq 1 10000 | head -c 512
	printf '\n[bgjob: %d bytes cut]\n' $(($(seq 1 10000 | wc -c) - 1024))
	seq 1 10000 | tail -c 512
} >want
same 'head and tail are kept, the cut is stated' want bgjob-output "$id"
is 'a stream that fits is whole' 0 '1
2
3' bgjob-output -e "$id"
ended '--max-output beyond a megabyte' 'done' '' --max-output 3m -i large -c 'cat; cat large'
{
	head -c 1572864 large
	printf '\n[bgjob: %d bytes cut]\n' $((6000000 - 3145728))
	tail -c 1572864 large
} >want
same 'head and tail are kept there too' want bgjob-output "$id"

# ---- in a container ----

err '--contain without bubblewrap' 2 'bubblewrap' env PATH=/nonexistent "$BIN/bgjob-submit" --contain -- true
if bwrap --unshare-pid --dev-bind / / --proc /proc -- true 2>/dev/null; then
	ended '--contain' 'done' '' --contain -i large \
		-c 'wc -c; setsid sh -c "echo up >up; exec sleep 600.77" & while ! [ -s up ]; do sleep 0.01; done'
	is 'works as without' 0 3000000 bgjob-output "$id"
	is 'the daemon it left is gone' 1 '' pgrep -f 'sleep 600\.77'
	ended 'a contained failure' failed 'exit 4' --contain -c 'exit 4'
	ended 'a contained command that is not there' failed 'exit 127' --contain -- ./none
	ended 'nothing is inherited' 'done' '' --contain -c 'echo $(ls /proc/self/fd)'
	is 'by a contained one' 0 '0 1 2 3' bgjob-output "$id"
else
	skip '--contain' 'bwrap cannot make a PID namespace here'
fi

# ---- notification ----

id=$(bgjob-submit --notify telegram:-1001/7 --notify tty --notify tty --notify https://example.org/x \
	--notify mailto:me@example.org --notify exec:/bin/true --notify telegram:@news \
	--notify-on failed -- true)
is 'targets are stored' 0 'exec:/bin/true
https://example.org/x
mailto:me@example.org
telegram:-1001/7
telegram:@news
tty' sh -c "bgjob-status $id | sed -n 's/^Notify: *//p' | sort"
is 'and when' 0 failed field "$id" 'Notify on'
for on in failed always never change 'done'; do
	bgjob-submit --notify tty --notify-on $on -t "ok-$on" -- true
	bgjob-submit --notify tty --notify-on $on -t "bad-$on" -- false
done >ids
bgjob-submit --notify tty -t default -- true >>ids
bgjob-run --drain -j 1
is 'what is queued for them' 0 'bad-always
bad-change
bad-failed
default
ok-always
ok-done' python3 -c 'import os, sqlite3
db = sqlite3.connect(os.environ["BGJOB_HOME"] + "/bgjob.db")
for row in db.execute("SELECT type FROM delivery JOIN job ON job.id = job_id ORDER BY type"):
	print(row[0])'

# ---- starting a runner ----

HOME=$T/auto
export HOME
auto() { env -u BGJOB_HOME -u BGJOB_AUTORUN "$@"; }
is 'the first job on a new machine' 0 1 auto bgjob-submit -- echo ran
is 'simply runs' 0 ran sh -c 'env -u BGJOB_HOME bgjob-wait --within 30s 1 && env -u BGJOB_HOME bgjob-output 1'
runners() { pgrep -f "bgjob-run --linger 60s --autorun" | while read -r p; do
	tr '\0' '\n' <"/proc/$p/environ" | grep -qx "BGJOB_HOME=$T/auto/.local/state/bgjob" && echo "$p"; done; :; }
runner=$(runners)
like 'under a runner that stays' 0 '^[0-9]+$' echo "$runner"
is 'which serves the next one too' 0 again auto bgjob-submit --wait -- echo again
is 'nobody else was started' 0 "$runner" runners
is 'it is in a session of its own' 0 '' sh -c "ps -o sid= -p $runner | grep -x ' *$(ps -o sid= -p $$ | tr -d ' ')'; true"
is 'with no terminal and no pipe of ours' 0 '/dev/null /dev/null' echo \
	"$(readlink "/proc/$runner/fd/0") $(readlink "/proc/$runner/fd/1")"
finish
