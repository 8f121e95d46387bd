#!/bin/sh
# bgjob-run: how commands are started, in which order and how many, and pools that start and die
. "$(dirname "$0")/tap.sh"

# ---- bad input ----

err 'unknown option' 2 'unknown option --frobnicate' bgjob-run --frobnicate
err 'operands' 2 'no operands: now' bgjob-run --drain now
err 'no slots' 2 '--jobs: must be between' bgjob-run -j 0
err 'slots that are no number' 2 '--jobs: not a number' bgjob-run -j many
err 'two modes' 2 'only one of' bgjob-run --drain --once
err 'bad duration' 2 '--linger: not a duration' bgjob-run --linger soon
err 'bad queue' 2 '--queue: not a name' bgjob-run -q ''
err 'bad setting' 2 'BGJOB_SLOTS: not a number: x' env BGJOB_SLOTS=x bgjob-run --drain
err 'no place for the store' 2 'set BGJOB_HOME or HOME' env -u BGJOB_HOME -u HOME bgjob-run --drain
is 'nothing to do on a store that is not there' 0 '' bgjob-run --drain
is 'once, with nothing to do' 1 '' bgjob-run --once
is 'stdout full, and nothing to say' 0 '' sh -c 'bgjob-run --drain >/dev/full'

# ---- a command's environment ----

: >extra
exec 7<extra 8>>extra2
id=$(bgjob-submit -c 'ls /proc/self/fd; readlink /proc/$$/fd/0')
bgjob-run --drain
exec 7<&- 8>&-
is 'no descriptor but 0, 1, 2 (and that of ls)' 0 '0
1
2
3
/dev/null' bgjob-output "$id"
cat >blocked.py <<'PY'
import os, signal, sys
for name in "SIGINT SIGQUIT SIGPIPE SIGHUP SIGTERM SIGCHLD SIGUSR1 SIGXFSZ SIGALRM".split():
	signal.signal(getattr(signal, name), signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
os.execvp(sys.argv[1], sys.argv[1:])
PY
id=$(python3 blocked.py bgjob-submit -- grep -E 'SigBlk|SigIgn' /proc/self/status)
python3 blocked.py bgjob-run --drain
is 'default signals, none blocked' 0 'SigBlk:	0000000000000000
SigIgn:	0000000000000000' bgjob-output "$id"
id=$(bgjob-submit -c 'echo $$; ps -o sid=,pgid= -p $$ | xargs; ps -o tty= -p $$')
bgjob-run --drain
bgjob-output "$id" >session
pid=$(head -n 1 session)
is 'a session of its own, without a terminal' 0 "$pid
$pid $pid
?" cat session
id=$(umask 027 && bgjob-submit -c umask)
(umask 0 && bgjob-run --drain)
is 'the umask of the submitter' 0 0027 bgjob-output "$id"
id=$(bgjob-submit -c 'cat /proc/self/oom_score_adj')
bgjob-run --drain
is 'the OOM score is as usual' 0 0 bgjob-output "$id"

# ---- commands that cannot be executed ----

ended 'a command that is not there' failed \
	'exit 127: cannot execute the command: No such file or directory' -- ./none
is 'is 127' 127 '' bgjob-wait "$id"
is 'and wrote nothing' 0 '' bgjob-output --both "$id"
ended 'one that is not in PATH' failed \
	'exit 127: cannot execute the command: No such file or directory' -- no-such-command
: >plain
ended 'one that may not be executed' failed \
	'exit 126: cannot execute the command: Permission denied' -- ./plain
is 'is 126' 126 '' bgjob-wait "$id"
ended 'a folder' failed 'exit 126: cannot execute the command: Permission denied' -- /tmp
printf '#!/no/such/interpreter\n' >script
chmod +x script
ended 'one without its interpreter' failed \
	'exit 127: cannot execute the command: No such file or directory' -- ./script
ended 'a status' failed 'exit 3' -c 'exit 3'
ended 'a signal' failed 'killed by SIGSEGV' -c 'kill -SEGV $$'
ended 'the PATH is that of the submitter' failed \
	'exit 127: cannot execute the command: No such file or directory' --env HOME -- bgjob-submit

# ---- which and in which order ----

for p in 0 5 -3 5 10; do
	bgjob-submit -p $p -c "echo $p \$BGJOB_ID >>order" >>ids
done
first=$(head -n 1 ids)
bgjob-run --drain -j 1
is 'by priority, then by age' 0 "10 $((first + 4))
5 $((first + 1))
5 $((first + 3))
0 $first
-3 $((first + 2))" cat order
bgjob-submit -q one -- true >ids
bgjob-submit -q two -- true >>ids
bgjob-submit -q three -- true >>ids
is 'only some queues' 0 '' bgjob-run --drain -q one -q three
is 'the others wait' 0 two sh -c 'bgjob-status -s queued | cut -f 3'
ok 'all of them' bgjob-run --drain
bgjob-submit -- true >ids
bgjob-submit -c 'exit 1' >>ids
is '--once runs one' 0 '' bgjob-run --once -j 4
is 'and no more' 0 1 sh -c 'bgjob-status -s queued | wc -l'
is '--once tells how it ended' 1 '' bgjob-run --once

# ---- how many at once ----

mkfifo meet
bgjob-submit --timeout 20s -c 'echo hi >meet' >ids
bgjob-submit --timeout 20s -c 'read x <meet; echo $x' >>ids
bgjob-run --drain -j 2
is 'two at once, who meet' 0 '' sh -c 'bgjob-wait - <ids'
for _ in 1 2 3 4 5 6; do
	bgjob-submit -c 'echo "+1 $BGJOB_SLOT" >>many; sleep 0.03; echo "-1 $BGJOB_SLOT" >>many'
done >ids
bgjob-run --drain -j 3
is 'never more than there are slots, each in its own' 0 '6 ok' awk '
	{ now += $1; held[$2] += $1; if (now > 3 || held[$2] > 1 || $2 < 1 || $2 > 3) bad = 1
	  if ($1 > 0) n++ }
	END { print n, now || bad ? "bad" : "ok" }' many
env BGJOB_SLOTS=1 bgjob-run --drain
for _ in 1 2 3; do
	bgjob-submit -c 'echo +1 >>few; sleep 0.02; echo -1 >>few'
done >ids
env BGJOB_SLOTS=1 bgjob-run --drain
is 'BGJOB_SLOTS' 0 '+1
-1
+1
-1
+1
-1' cat few

id=$(bgjob-submit -- nice)
bgjob-run --drain
is 'jobs stand back' 0 "$(($(nice) + 10))" bgjob-output "$id"
id=$(bgjob-submit -- nice)
env BGJOB_NICE=0 bgjob-run --drain
is 'BGJOB_NICE' 0 "$(nice)" bgjob-output "$id"
err 'a bad one' 2 'BGJOB_NICE: ' env BGJOB_NICE=20 bgjob-run --drain

# ---- lingering ----

start_pool --linger 300ms -j 1
is 'a lingering runner runs what comes' 0 hi bgjob-submit --wait=30s -- echo hi
id=$(bgjob-submit -- sleep 0.5)
id2=$(bgjob-submit --in 600ms -- true)
wait $pool
is 'and leaves by itself' 0 0 echo $?
ok 'not before a job that runs' has_status "$id" 'done'
ok 'nor one that is due later' has_status "$id2" 'done'

# ---- too little space ----

BGJOB_MIN_FREE=900000T bgjob-run 2>space &
pool=$!
wait_for 20 pool_is_up
id=$(bgjob-submit -- true)
id2=$(bgjob-submit -- true)
ok 'too little free space is said' wait_for 20 grep -q . space
kill -TERM $pool
wait $pool
is 'once' 0 "bgjob-run: too little free space (BGJOB_MIN_FREE), no job is started: $T/store" cat space
is 'and nothing is started' 0 "$id2
$id" sh -c 'bgjob-status -s queued | cut -f 1'
bgjob-run --drain
is 'until there is room' 0 '' bgjob-wait --test "$id" "$id2"

# ---- pools that leave, die and come back ----

# the shim of an attempt: it holds its state file
shim_of()
{
	find /proc/[0-9]*/fd -lname "$T/store/spool/$1-${2:-1}.state" 2>/dev/null | cut -d/ -f3 |
		head -n 1 | grep .
}
no_shim() { ! shim_of "$@"; }

mkfifo a b c
start_pool -j 2
A=$(bgjob-submit -c 'echo begin; read x <a; echo "$x"')
wait_for 20 has_status "$A" running
stop_pool TERM
ok 'SIGTERM leaves the job running' shim_of "$A"
B=$(bgjob-submit -c 'read x <b')
C=$(bgjob-submit -- true)
start_pool -j 2
ok 'the next pool starts what there is room for' wait_for 20 has_status "$B" running
ok 'the job it took up counts against its slots' has_status "$C" queued
put end a
is 'its end is seen' 0 '' bgjob-wait --within 20s "$A" "$C"
is 'with all of its output' 0 'begin
end' bgjob-output "$A"
is 'it was one attempt' 0 1 sh -c "bgjob-status $A | grep -c '^Attempt'"
stop_pool KILL
ok 'SIGKILL leaves the job running, too' shim_of "$B"
put x b
wait_for 20 no_shim "$B"
ok 'it ends while nobody looks' has_status "$B" running
bgjob-run --drain 2>said
ok 'its true result is recorded' has_status "$B" 'done'
is 'and it is said' 0 "bgjob-run: job $B done" cat said

start_pool
id=$(bgjob-submit -c 'echo before; echo $$ >main; read x <a; echo after')
wait_for 20 test -s main
kill -KILL "$(shim_of "$id")"
bgjob-wait --within 20s "$id"
is 'a shim killed under a living pool' 0 'runner killed' field "$id" Reason
is 'the output that there was is kept' 0 before bgjob-output "$id"
ok 'its command ended with it' wait_for 20 sh -c "! kill -0 $(cat main)"
id=$(bgjob-submit -c 'echo before; echo up >main2; read x <a; echo after')
wait_for 20 test -s main2
stop_pool KILL
kill -KILL "$(shim_of "$id")"
wait_for 20 no_shim "$id"
bgjob-run --drain 2>said
is 'a shim killed with no pool there' 0 'interrupted by restart' field "$id" Reason
is 'its output is kept, too' 0 before bgjob-output "$id"
is 'and this is said' 0 "bgjob-run: job $id failed: interrupted by restart" cat said

# ---- two pools ----

start_pool -j 2
one=$pool
start_pool -j 2
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	echo '{"command":["sh","-c","echo $BGJOB_ID >>shared"]}'
done | bgjob-submit --batch >ids
is 'two pools share the work' 0 '' sh -c 'bgjob-wait --within 30s - <ids'
same 'each job ran once' ids sort -n shared
id=$(bgjob-submit -c 'read x <a; echo "$x"')
id2=$(bgjob-submit -c 'read x <b; echo "$x"')
wait_for 20 has_status "$id" running && wait_for 20 has_status "$id2" running
stop_pool KILL
kill -TERM $one
wait $one
start_pool
put one a
put two b
is 'a third takes up after both' 0 'one
two' sh -c "bgjob-wait --within 20s $id $id2 && bgjob-output $id && bgjob-output $id2"
one=$pool
start_pool
id=$(bgjob-submit -c 'echo up >up3; read x <a; echo "$x"')
wait_for 20 test -s up3
stop_pool KILL
kill -KILL $one
wait $one 2>/dev/null
start_pool
put x a
is 'and another after those were killed' 0 x sh -c "bgjob-wait --within 20s $id && bgjob-output $id"
stop_pool TERM

# ---- as a service ----

cat >service.py <<'PY'
import os, signal, socket, subprocess, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("notify")
s.settimeout(20)
env = dict(os.environ, NOTIFY_SOCKET=os.path.abspath("notify"), WATCHDOG_USEC="200000")
p = subprocess.Popen(["bgjob-run"], env=env)
env.pop("NOTIFY_SOCKET")
seen = []
while seen.count("WATCHDOG=1") < 2:
	seen.append(s.recv(1000).decode())
p.send_signal(signal.SIGTERM)
while "STOPPING=1" not in seen:
	seen.append(s.recv(1000).decode())
print(seen[0], seen[-1], p.wait(20))
PY
is 'readiness, watchdog and stopping' 0 'READY=1 STOPPING=1 0' python3 service.py
finish
