#!/bin/sh
# Processes that a job leaves behind end with it: each kind of process, each way to end
. "$(dirname "$0")/tap.sh"

# Each writes its pid to $1.pids and never ends by itself.
cat >setsid.sh <<'X'
setsid sh -c 'echo $$ >>"$0.pids"; exec sleep 611' "$1" &
X
cat >daemon.sh <<'X'
(setsid env -i sh -c '(echo $(exec sh -c "echo \$PPID") >>"$0.pids"; cd /; exec sleep 612 >/dev/null 2>&1 </dev/null) & exit' "$1") &
X
cat >stubborn.sh <<'X'
sh -c 'trap "" TERM HUP INT; echo $$ >>"$0.pids"; while :; do sleep 0.2; done' "$1" &
X
cat >stopped.sh <<'X'
sh -c 'echo $$ >>"$0.pids"; kill -STOP $$; sleep 613' "$1" &
X
# each lives only until it has started the next, in a new session
cat >chain.sh <<'X'
trap "" TERM
[ -e enough ] && exit
echo $$ >>"$1.pids"
setsid sh ./chain.sh "$1" &
X
kinds='setsid daemon stubborn stopped chain'

gone()
{
	while read -r p; do
		# a pid that was reused belongs to a process in another folder
		case $(readlink "/proc/$p/cwd") in
		"$T"*) return 1 ;;
		esac
	done <"$1"
}

# job HOW KIND: shell code that starts one and waits until it is running
job() { echo "sh ./$2.sh $1-$2; until [ -s $1-$2.pids ]; do sleep 0.01; done"; }

for kind in $kinds; do
	bgjob-submit -l "$kind" --grace 200ms --timeout 30s -c "$(job end "$kind")" >>end.ids
	bgjob-submit -l "$kind" --grace 200ms --timeout 500ms \
		-c "$(job time "$kind"); sleep 614" >>time.ids
	bgjob-submit -l "$kind" --grace 200ms --timeout 30s \
		-c "$(job cancel "$kind"); echo up >cancel-$kind.up; sleep 615" >>cancel.ids
done
start_pool -j 15
wait_for 30 sh -c "for k in $kinds; do [ -e cancel-\$k.up ] || exit; done"
bgjob-cancel - <cancel.ids >said
bgjob-wait --within 30s - <end.ids
is 'their main process was fine' 0 "$(echo "$kinds" | tr -s " " "\n" | sed "s/.*/done/")" \
	sh -c 'while read -r id; do bgjob-status $id | sed -n "s/^Status: *//p"; done <end.ids'
for kind in $kinds; do
	ok "$kind, when the main process ends" gone "end-$kind.pids"
done
bgjob-wait --within 30s - <time.ids
for kind in $kinds; do
	ok "$kind, when time is up" gone "time-$kind.pids"
done
bgjob-wait --within 30s - <cancel.ids
for kind in $kinds; do
	ok "$kind, when it is cancelled" gone "cancel-$kind.pids"
done
is 'no job of these went on' 1 '' bgjob-status -s queued,running
: >enough

# ---- the shim killed first ----

shim_of()
{
	find /proc/[0-9]*/fd -lname "$T/store/spool/$1-${2:-1}.state" 2>/dev/null | cut -d/ -f3 |
		head -n 1 | grep .
}
id=$(bgjob-submit --retries 1 --backoff 0 -c \
	'if [ "$BGJOB_ATTEMPT" = 2 ]; then echo again; exit; fi
	 echo $$ >main; setsid sh -c "echo \$\$ >survivor; exec sleep 616" & wait')
wait_for 20 test -s main && wait_for 20 test -s survivor
kill -KILL "$(shim_of "$id")"
ok 'the command ends' wait_for 20 sh -c "! kill -0 $(cat main)"
if wait_for 20 sh -c "bgjob-status $id | grep -q '^Attempt 1:.*took'" && kill -0 "$(cat survivor)" 2>/dev/null; then
	like 'a survivor blocks the retry, and that is said' 0 \
		'^Waits: *processes of its last attempt are still there' bgjob-status "$id"
	is 'the attempt says how it ended' 0 'runner killed' field "$id" Reason
	kill -KILL "$(cat survivor)"
else
	skip 'a survivor blocks the retry' 'there is a cgroup here: nothing survives'
fi
is 'once it is gone the retry runs' 0 again sh -c "bgjob-wait --within 20s $id && bgjob-output $id"
if bwrap --unshare-pid --dev-bind / / --proc /proc -- true 2>/dev/null; then
	id=$(bgjob-submit --contain -c 'setsid sh -c "echo up >inside; cd /; exec sleep 617" & sleep 618')
	wait_for 20 test -s inside
	shim=$(shim_of "$id")
	# shellcheck disable=SC2013
	pstree_of() { for p in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do echo "$p"; pstree_of "$p"; done; }
	pstree_of "$shim" >contained
	kill -KILL "$shim"
	ok 'contained: all of it ends, even when the shim is killed' wait_for 20 \
		sh -c 'while read -r p; do ! kill -0 $p || exit 1; done <contained'
	ok 'there was something to end' test "$(wc -l <contained)" -ge 3
else
	skip 'contained' 'bwrap cannot make a PID namespace here'
fi
stop_pool TERM
finish
