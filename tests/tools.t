#!/bin/sh
# tools: what a model may do, and what it may not
. "$(dirname "$0")/tap.sh"

# the driver, with a bgjob-agent beside it that only prints its arguments
mkdir -p bin work
cp "$(dirname "$BIN")/unit/tool" bin/tool
printf '#!/bin/sh\necho "agent $*"; cat\n' >bin/bgjob-agent
chmod 755 bin/bgjob-agent
tool() { "$T/bin/tool" "$@"; }
export BGJOB_WORKSPACE="$T/work"
mkdir -p config/bgjob/workflows
flow()
{
	printf '#!/bin/sh\n%s\n' "$2" >"config/bgjob/workflows/$1"
	chmod 755 "config/bgjob/workflows/$1"
}

# ---- jobs ----

is 'no jobs' 0 'No such jobs.' tool list_background_jobs
bgjob-submit -u alice -t board -l 'board discussion' -- echo 'three key risks' >/dev/null
bgjob-submit -u bob -t board -- echo 'the secret of bob' >/dev/null
bgjob-submit -u alice -t report -- sh -c 'echo half; echo why >&2; exit 3' >/dev/null
bgjob-submit -u alice -q chat -t chat -- echo 'a direct answer' >/dev/null
bgjob-run --drain 2>/dev/null
bgjob-submit -u alice -t later --in 1h -- true >/dev/null
ids() { tool -S "$@" | jq -c '[.jobs[].job_id]'; }
is 'one sees the own jobs, and no messages' 0 '[5,3,1]' ids list_background_jobs
is 'bob sees his' 0 '[2]' ids -u bob list_background_jobs
is 'an operator sees all' 0 '[5,3,2,1]' ids -o list_background_jobs
is 'those that are done' 0 '[1]' ids list_background_jobs '{"status_filter":"done"}'
is 'those that failed' 0 '[3]' ids list_background_jobs '{"status_filter":"failed"}'
is 'those that run or wait' 0 '[5]' ids list_background_jobs '{"status_filter":"running"}'
is 'at most one' 0 '[5]' ids list_background_jobs '{"limit":1}'
is 'by words of the result' 0 '[1]' ids list_background_jobs '{"query":"key risks"}'
is 'words of the result of others find nothing' 0 '[]' ids list_background_jobs '{"query":"secret"}'
is 'but for an operator' 0 '[2]' ids -o list_background_jobs '{"query":"secret"}'
is 'a choice that there is not' 1 'status_filter is not one of all, done, running, failed' \
	tool list_background_jobs '{"status_filter":"mine"}'
like 'a line of the list' 0 '^#1 board \(board discussion\) done; created .* ended .* "three key risks"$' \
	tool list_background_jobs
like 'one job' 0 '^three key risks$' tool show_background_job '{"job_id":1}'
is 'as JSON' 0 '["done","three key risks\n",1]' \
	sh -c '"$T/bin/tool" -S show_background_job "{\"job_id\":\"#1\"}" | jq -c "[.status,.result,.pages]"'
like 'a failed one says why' 0 'report failed: exit 3' tool show_background_job '{"job_id":3}'
like 'and the end of its log' 0 '^why$' tool show_background_job '{"job_id":3}'
is 'no such page' 1 'There is no page 2 of #1.' tool show_background_job '{"job_id":1,"page":2}'
is 'the job of somebody else' 1 'No job 2.' tool show_background_job '{"job_id":2}'
is 'one that does not exist' 1 'No job 99.' tool show_background_job '{"job_id":99}'
is 'cancelling the job of somebody else' 1 'No job 5.' tool -u bob cancel_background_job '{"job_id":5}'
is 'cancelling one that does not exist' 1 'No job 99.' tool cancel_background_job '{"job_id":99}'
is 'who one is cannot be said' 1 'there is no argument user' \
	tool list_background_jobs '{"user":"bob"}'
is 'cancelling the own one' 0 'Cancelled #5.' tool cancel_background_job '{"job_id":5}'
is 'twice' 1 '#5 has already ended: cancelled.' tool cancel_background_job '{"job_id":5}'
is 'by whom is kept' 0 'cancelled by user alice' sh -c 'bgjob-status --json 5 | jq -r ".[0].reason"'

# a long result, page by page, is whole again
bgjob-submit -u alice -t long -- sh -c 'i=0; while [ $i -lt 3000 ]; do echo "line $i äöü€"; i=$((i+1)); done' >/dev/null
bgjob-run --drain 2>/dev/null
bgjob-output 6 >whole
pages=$(tool -S show_background_job '{"job_id":6}' | jq .pages)
p=1
while [ $p -le "$pages" ]; do
	tool -S show_background_job "{\"job_id\":6,\"page\":$p}" | jq -j .result
	p=$((p + 1))
done >joined
ok 'the pages are all of it' cmp whole joined
ok 'of more than one' test "$pages" -gt 1

# ---- starting ----

flow echo 'cat'
is 'no model' 1 'No model is configured for background jobs (BGJOB_LLM_URL): name a workflow.' \
	tool start_background_job '{"prompt":"think"}'
like 'no such workflow' 1 '^There is no workflow nope' tool start_background_job '{"prompt":"x","workflow":"nope"}'
like 'a path is none' 1 '^There is no workflow \.\./x' tool run_workflow '{"name":"../x"}'
like 'those that are there' 0 '^echo: echo' tool run_workflow
like 'a workflow' 0 '^Started as background job #7; it is waiting: no runner is alive\.' \
	tool run_workflow '{"name":"echo","text":"some words"}'
export BGJOB_LLM_URL=http://127.0.0.1:1/v1
like 'an assistant' 0 '^Started as background job #8.*The user has been told, and will be told when it ends' tool -a -s 4 -t telegram:7 \
	start_background_job '{"prompt":"think of ponies","label":"ponies"}'
like 'a workflow with a label' 0 'job #9' tool -s 4 \
	start_background_job '{"prompt":"more words","workflow":"echo","label":"again"}'
bgjob-run --drain 2>/dev/null
is 'what the workflow got' 0 'some words' bgjob-output 7
is 'what the assistant got' 0 'agent --max-turns 3 -
think of ponies' bgjob-output 8
is 'whose they are' 0 '["alice","alice","alice"]' \
	sh -c 'bgjob-status --json 7 8 9 | jq -c "[.[].user]"'
is 'their kinds and labels' 0 '["echo","echo","agent","ponies","echo","again"]' \
	sh -c 'bgjob-status --json 7 8 9 | jq -c "[.[]|.type,.label]"'
is 'where it reports' 0 '["telegram:7"]' sh -c 'bgjob-status --json 8 | jq -c ".[0].notify"'
is 'not inside a background job' 1 'start_background_job cannot be used: a background job cannot start others' \
	tool -j 8 start_background_job '{"prompt":"x"}'
is 'nor as a workflow' 1 'run_workflow cannot be used: a background job cannot start others' \
	tool -j 8 run_workflow '{"name":"echo"}'
like 'but in the job that is a message' 0 'job #10' tool -j 4 -s 5 run_workflow '{"name":"echo"}'
for _ in 1 2 3 4; do tool -s 5 run_workflow '{"name":"echo"}' >/dev/null; done
like 'five of one conversation are enough' 1 '^5 jobs of this conversation' tool -s 5 run_workflow '{"name":"echo"}'
like 'another has its own' 0 'job #15' tool -s 6 run_workflow '{"name":"echo"}'
tool cancel_background_job '{"job_id":12}' >/dev/null
like 'one that ended makes room' 0 'job #16' tool -s 5 run_workflow '{"name":"echo"}'
like 'for one' 1 '^5 jobs of this conversation' tool -s 5 run_workflow '{"name":"echo"}'
echo '/retry 12' | bgjob-chat --user alice >out 2>&1
like 'what a person does again is not counted' 0 '#17' cat out
is 'no milestone outside a job' 1 'milestone cannot be used: this is not a background job' \
	tool milestone '{"text":"half"}'
is 'a milestone of a job that has ended' 1 'This job is no longer running.' \
	tool -j 8 milestone '{"text":"half"}'

# ---- memory ----

like 'nothing is kept' 0 '^Nothing is remembered yet' tool read_memory_block
like 'a new block is proposed' 0 '^Proposed as #1\. Nothing is changed' \
	tool propose_memory_edit '{"label":"likes","body":"ponies\n"}'
is 'and is not there' 1 'There is no block likes.' tool read_memory_block '{"label":"likes"}'
is 'a wrong label' 1 'A label consists of A-Z, a-z, 0-9, ".", "_" and "-".' \
	tool propose_memory_edit '{"label":"../x","body":"x"}'
is 'neither text nor edit' 1 'Give either body or edit.' tool propose_memory_edit '{"label":"x"}'
is 'an edit of nothing' 1 'There is no block x with that version.' \
	tool propose_memory_edit '{"label":"x","edit":"@@ -1 +1 @@\n-a\n+b\n"}'
is 'when it was approved it is' 0 'likes, version 1: likes

ponies' tool -A 1 read_memory_block '{"label":"likes"}'
is 'for the user it is about' 1 'There is no block likes.' tool -o -u bob read_memory_block '{"label":"likes"}'
is 'what it says already' 1 'The block already says that.' tool propose_memory_edit '{"label":"likes","body":"ponies\n"}'
like 'an edit' 0 '^Proposed as #2' \
	tool propose_memory_edit '{"label":"likes","edit":"@@ -1 +1,2 @@\n ponies\n+cats\n","base_version":1}'
is 'an edit that does not fit' 1 1 sh -c \
	'"$T/bin/tool" propose_memory_edit "{\"label\":\"likes\",\"edit\":\"@@ -1 +1 @@\n-dogs\n+cats\n\"}" >/dev/null; echo $?; exit 1'
is 'what it makes' 0 'likes, version 2: likes

ponies
cats' tool -A 2 read_memory_block '{"label":"likes"}'
like 'of a version that is past' 1 '^The block has changed since.*What changed:$' \
	tool propose_memory_edit '{"label":"likes","body":"dogs\n","base_version":1}'

# ---- files ----

w="$T/work/alice"
is 'an empty workspace' 0 'The folder is empty.' tool list_files
is 'its folder is private' 0 700 stat -c %a "$w"
is 'a file' 0 'Wrote 13 bytes.' tool write_file '{"path":"src/a.txt","content":"one\ntwo\nöü\n"}'
is 'read again' 0 'one
two
öü' tool read_file '{"path":"src/a.txt"}'
like 'some lines' 0 '^\[lines 2 to 2; continue with offset 3\]$' tool read_file '{"path":"src/a.txt","offset":2,"limit":1}'
is 'more of it' 0 'Added 4 bytes.' tool write_file '{"path":"src/a.txt","content":"end\n","append":true}'
is 'found' 0 'src/a.txt:3:öü' tool search_files '{"pattern":"ü"}'
is 'by an expression' 0 'src/a.txt:1:one
src/a.txt:4:end' tool search_files '{"pattern":"^(one|end)$","regex":true}'
is 'in a file' 0 'src/a.txt:2:two' tool search_files '{"pattern":"TWO","ignore_case":true,"path":"src/a.txt"}'
is 'an expression that takes for ever' 1 'the pattern: back-references are not supported' \
	tool search_files '{"pattern":"(a*)\\1","regex":true}'
is 'one that takes all memory' 1 'the pattern: too many repetitions' \
	tool search_files '{"pattern":"((a{100}){100}){100}","regex":true}'
like 'listed' 0 '^folder		[^	]*	src/$' tool list_files
printf 'a\0b\n' >"$w/binary"
is 'no text' 1 'this is not a text file: it has a NUL byte' tool read_file '{"path":"binary"}'
truncate -s 2G "$w/sparse"
is 'a huge one' 1 'this is not a text file: it has a NUL byte' tool read_file '{"path":"sparse"}'
rm "$w/sparse" "$w/binary"
seq 1 20000 >"$w/many"
like 'a long one comes in pieces' 0 '^\[lines 1 to 500; continue with offset 501\]$' tool read_file '{"path":"many"}'
like 'many matches are cut' 0 '^\[ended early: there may be more matches\]$' tool search_files '{"pattern":"1"}'
head -c 100000 /dev/zero | tr '\0' x >"$w/wide"
like 'a long line is cut' 0 'bytes more in this line\]$' tool read_file '{"path":"wide"}'
printf '\033]0;x\007\033[31mred\033[0m \342\200\256x\n' >"$w/colours"
is 'what would drive a terminal goes' 0 'red x' tool read_file '{"path":"colours"}'

echo 'the secret' >outside
ln -s ../../outside "$w/link"
ln -s / "$w/root"
ln -s /proc/self/root "$w/magic"
echo 'of bob' >"$T/work/bob/file"
mkfifo "$w/fifo"
for path in ../../outside src/../../../outside link root/etc/passwd magic/etc/passwd ../bob/file "$T/outside"; do
	is "not read: ${path#"$T"}" 1 "$path: leads out of the workspace" tool read_file "{\"path\":\"$path\"}"
	like "not searched: ${path#"$T"}" 1 'leads out of the workspace$' \
		tool search_files "{\"pattern\":\"e\",\"path\":\"$path\"}"
	like "not written: ${path#"$T"}" 1 '(leads out of the workspace|is a symbolic link)$' \
		tool write_file "{\"path\":\"$path\",\"content\":\"x\"}"
done
is 'not listed: ..' 1 '..: leads out of the workspace' tool list_files '{"path":".."}'
is 'not listed: a link to /' 1 'root: leads out of the workspace' tool list_files '{"path":"root"}'
is 'a FIFO is not waited for' 1 'fifo: is not a regular file' tool read_file '{"path":"fifo"}'
is 'links are not followed by a search' 0 'No match.' tool search_files '{"pattern":"the secret"}'
is 'what is outside is as it was' 0 'the secret' cat outside
is 'with the state for a workspace' 2 '' tool -w "$BGJOB_HOME" list_files
is 'or what holds it' 2 '' tool -w "$T" list_files

# ---- shell ----

# sh_ COMMAND [SECONDS]: runs it with the tool
sh_()
{
	# shellcheck disable=SC2086
	tool ${TOOL_OPTIONS:-} shell "$(jq -nc --arg c "$1" --argjson t "${2:-60}" \
		'{command: $c, timeout_seconds: $t}')"
}

# gone WORDS: whether no process has them among its arguments
gone()
{
	# shellcheck disable=SC2009
	! ps -eo args= | grep -v grep | grep -qF -e "$1"
}

mkdir fake
printf '#!/bin/sh\necho "bwrap: it may not" >&2\nexit 1\n' >fake/bwrap
chmod 755 fake/bwrap
is 'without bubblewrap it is refused' 1 \
	'The shell cannot be used here: bubblewrap does not work here: bwrap: it may not.' \
	env PATH="$T/fake:$PATH" "$T/bin/tool" shell '{"command":"true"}'
# shellcheck disable=SC2016
is 'unless that is allowed' 0 "exit code 0
$w $w" env PATH="$T/fake:$PATH" BGJOB_SHELL_UNCONFINED=yes "$T/bin/tool" shell '{"command":"echo $HOME $PWD"}'
is 'even then it has no variables of ours' 0 'exit code 1
(no output)' env PATH="$T/fake:$PATH" BGJOB_SHELL_UNCONFINED=yes "$T/bin/tool" shell '{"command":"env | grep BGJOB"}'

if ! sh_ true >/dev/null; then
	skip 'the shell' 'bubblewrap does not work here'
	finish
fi

is 'a command' 0 'exit code 3
out
err' sh_ 'echo out; echo err >&2; exit 3'
is 'in the workspace, which is its home' 0 "exit code 0
$w $w" sh_ 'echo $HOME $PWD'
is 'as JSON' 0 '[2,"x\n",false,0]' sh -c \
	'"$T/bin/tool" -S shell "{\"command\":\"echo x; exit 2\"}" | jq -c "[.exit_code,.output,.timed_out,.omitted_bytes]"'
is 'killed by a signal' 0 'exit code 137
(no output)' sh_ 'kill -KILL $$'
is 'no input' 0 'exit code 0
(no output)' sh_ cat
is 'its variables' 0 'exit code 0
HOME
LANG
PATH
PWD
TERM
TMPDIR' sh_ 'env | cut -d= -f1 | sort'
sh_ 'mkdir made; echo inside >made/file' >/dev/null
is 'the workspace can be written' 0 inside cat "$w/made/file"

# nothing else can be written, or even seen
echo 'BGJOB_LLM_KEY=hidden' >config/bgjob/config
chmod 600 config/bgjob/config
for place in "$T" "$T/work" "$T/work/bob" "$BGJOB_HOME" "$T/config/bgjob"; do
	sh_ "mkdir -p $place; echo x >$place/escaped; chmod 777 $place; rm -rf $place/*" >/dev/null
	ok "not written: ${place#"$T"}" test ! -e "$place/escaped"
done
is 'the file of bob is there' 0 'of bob' cat "$T/work/bob/file"
is 'the modes are as they were' 0 "700 700 755" sh -c \
	'echo $(stat -c %a "$T" "$BGJOB_HOME" "$T/config/bgjob")'
for file in "$BGJOB_HOME/bgjob.db" "$T/config/bgjob/config" "$T/work/bob/file" "$T/outside" \
	"/proc/self/root$BGJOB_HOME/bgjob.db" "/proc/1/root$BGJOB_HOME/bgjob.db" \
	"/proc/1/cwd/../../outside" ../../outside ../bob/file link root"$T"/outside /etc/shadow "$HOME/whole"; do
	like "not read: ${file#"$T"}" 0 '^cat: .*: No such file or directory$' sh_ "cat $file"
done
like 'no key in the variables of any process' 0 '^exit code 1$' sh_ 'grep -als BGJOB /proc/[0-9]*/environ'
for place in / /usr /usr/bin /etc /dev /proc/sys/kernel; do
	like "read-only: $place" 0 '(Read-only file system|No such file or directory|Permission denied)$' \
		sh_ "touch $place/escaped"
done
# set to its current value, so that a failing test does no harm
# shellcheck disable=SC2016
like 'no setting of the kernel' 0 'Read-only file system$' \
	sh_ 'v=$(cat /proc/sys/kernel/core_pattern); echo "$v" >/proc/sys/kernel/core_pattern'
like 'no mode of a system file' 0 'Read-only file system$' sh_ 'chmod 777 /usr/bin/env'
like 'no hard link to what is outside' 0 'Invalid cross-device link$' sh_ 'ln /etc/passwd passwd'
like 'no device' 0 'Operation not permitted$' sh_ 'mknod null c 1 3'
like 'no capabilities' 0 '^CapEff:	0000000000000000$' sh_ 'grep CapEff /proc/self/status'
like 'no new ones' 0 '^NoNewPrivs:	1$' sh_ 'grep NoNewPrivs /proc/self/status'
like 'no mounts' 0 '^exit code [1-9]' sh_ 'mount -t tmpfs none /tmp'
# shellcheck disable=SC2016
like 'no processes of others' 0 '^few$' sh_ 'set -- /proc/[0-9]*; [ $# -lt 8 ] && echo few'
like 'no huge file' 0 '^exit code [1-9]' sh_ 'truncate -s 2G big'

# a link made by the shell does not lead the file tools outside
sh_ "ln -s $T/outside new; ln -s /etc/passwd passwd; mkfifo fifo2" >/dev/null
is 'not read: a link that the shell made' 1 'new: leads out of the workspace' tool read_file '{"path":"new"}'
is 'not written: a link that the shell made' 1 'passwd: is a symbolic link' \
	tool write_file '{"path":"passwd","content":"x"}'

# sockets: a file, an abstract name, a port
cat >server.py <<'END'
import os, selectors, socket, sys
place = sys.argv[1]
chosen = selectors.DefaultSelector()
port = None
for kind, address in ((socket.AF_UNIX, place + '/socket'), (socket.AF_UNIX, '\0' + place),
        (socket.AF_INET, ('127.0.0.1', 0))):
    s = socket.socket(kind)
    s.bind(address)
    s.listen()
    chosen.register(s, selectors.EVENT_READ)
    if kind == socket.AF_INET:
        port = s.getsockname()[1]
with open(place + '/port.new', 'w') as f:
    f.write(str(port))
os.rename(place + '/port.new', place + '/port')
while True:
    for key, _ in chosen.select():
        key.fileobj.accept()[0].close()
END
cat >"$w/client.py" <<'END'
import socket, sys
place, port = sys.argv[1], int(sys.argv[2])
for name, kind, address in (('file', socket.AF_UNIX, place + '/socket'),
        ('abstract', socket.AF_UNIX, '\0' + place), ('port', socket.AF_INET, ('127.0.0.1', port))):
    try:
        socket.socket(kind).connect(address)
        print(name, 'reached')
    except OSError as e:
        print(name, 'refused')
END
/usr/bin/python3 server.py "$T" >server.out 2>&1 &
wait_for 20 test -s port
is 'outside they are reached' 0 'file reached
abstract reached
port reached' /usr/bin/python3 "$w/client.py" "$T" "$(cat port)"
is 'inside they are not' 0 'exit code 0
file refused
abstract refused
port refused' sh_ "/usr/bin/python3 client.py $T $(cat port)"
export BGJOB_SHELL_NETWORK=yes
like 'with a network, a port is' 0 '^port reached$' sh_ "/usr/bin/python3 client.py $T $(cat port)"
like 'but no file' 0 '^file refused$' sh_ "/usr/bin/python3 client.py $T $(cat port)"
unset BGJOB_SHELL_NETWORK

# limits
is 'a time limit' 1 'killed: it took longer than 1 s
begun' sh_ "echo begun; sleep 86401.$$" 1
ok 'ends it' wait_for 20 gone "86401.$$"
is 'what was left behind' 0 'exit code 0
done' sh_ "setsid sleep 86402.$$ >/dev/null 2>&1 & (sleep 86403.$$ &); trap '' TERM HUP; echo done"
ok 'is ended' wait_for 20 gone "86402.$$"
ok 'all of it' wait_for 20 gone "86403.$$"
TOOL_OPTIONS=-k
is 'told to stop' 1 'killed: this work was stopped
(no output)' sh_ "exec sleep 86404.$$"
unset TOOL_OPTIONS
ok 'it stops' wait_for 20 gone "86404.$$"
like 'a flood ends' 1 '^killed: it wrote more than 64 MiB$' sh_ yes
ok 'and is not shown' test "$(wc -c <"$T/.tap/out")" -le 16385
like 'of much the end is shown' 0 '^last$' sh_ 'seq 1 100000; echo last'
like 'and how much is not' 0 '^\[the first [0-9]* bytes of the output are left out' sh_ 'seq 1 100000; echo last'
sh_ "i=0; while [ \$i -lt 1000 ]; do sleep 86405.$$ & i=\$((i+1)); done; :" >/dev/null
ok 'a thousand processes are ended' wait_for 20 gone "86405.$$"

# the limit of processes applies to ordinary users only
bomb="i=0; while [ \$i -lt 1000 ]; do sleep 86406.$$ & i=\$((i+1)); done"
if [ "$(id -u)" -ne 0 ]; then
	like 'and limited in number' 0 'Cannot fork' sh_ "$bomb"
elif setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	mkdir -m 700 nobody
	mkdir nobody/config
	chown -R 65534:65534 nobody
	chmod 711 "$T"
	nobody()
	{
		setpriv --reuid 65534 --regid 65534 --clear-groups env BGJOB_HOME="$T/nobody/store" \
			XDG_CONFIG_HOME="$T/nobody/config" BGJOB_WORKSPACE="$T/nobody/work" \
			"$T/bin/tool" shell "$(jq -nc --arg c "$1" '{command: $c}')"
	}
	like 'and limited in number' 0 'Cannot fork' nobody "$bomb"
else
	skip 'and limited in number' 'root has no such limit, and cannot be another user here'
fi
ok 'all of them are ended' wait_for 20 gone "86406.$$"
# where the model may not choose, the user's words decide
flow disk-check 'echo checked'
not_said='^The user has not asked for the workflow'
for said in '' 'diskcheck' 'skdisk-check' 'a disk-checker' 'disk' 'disk, check'; do
	like "not by '$said'" 1 "$not_said disk-check by name" tool -W "$said" run_workflow '{"name":"disk-check"}'
	like 'nor as a background job' 1 "$not_said" tool -W "$said" start_background_job '{"prompt":"x","workflow":"disk_check"}'
done
for said in disk-check '/disk_check now' 'do a Disk Check.' 'a disk-checker? no: disk-check'; do
	like "but by '$said'" 0 '^Started as' tool -u carol -W "$said" run_workflow '{"name":"disk_check"}'
done
like 'a chat is told at once, with buttons' 0 '^Started as .*The user has been told, and will be told when it ends' \
	tool -u carol -t telegram:77 run_workflow '{"name":"disk-check"}'
is 'as it is by a command' 0 "ack|Started — I'll message you when done 🔄 #" sqlite3 "$BGJOB_HOME/bgjob.db" \
	"SELECT kind, substr(text, 1, instr(text, '#')) FROM delivery WHERE target = 'telegram:77'"
finish
