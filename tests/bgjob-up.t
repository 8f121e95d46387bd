#!/bin/sh
# bgjob-up: the services together
. "$(dirname "$0")/tap.sh"
. "$TESTS/tg.sh"
unset BGJOB_TELEGRAM_TOKEN

# An installation with fake services, which record that they run and source a file NAME.sh.
mkdir -p own/bin own/libexec
cp "$BIN/bgjob-up" own/bin
for name in bin/bgjob-run bin/bgjob-notify libexec/telegram-poller; do
	cat >own/$name <<'END'
#!/bin/sh
name=${0##*/}
echo $$ >>"$HOME/$name.pids"
[ ! -e "$HOME/$name.sh" ] || . "$HOME/$name.sh"
exec sleep 1000
END
	chmod +x own/$name
done

# start_up: starts it in the background and sets $up
start_up()
{
	rm -f ./*.pids
	own/bin/bgjob-up 2>up.err &
	up=$!
	wait_for 20 started bgjob-run 1 || fail 'bgjob up is up'
	wait_for 20 started bgjob-notify 1 || fail 'bgjob up is up'
}

# started NAME N: whether it was started N times or more
started()
{
	[ -e "$1.pids" ] && [ "$(wc -l <"$1.pids")" -ge "$2" ]
}

# latest NAME: the pid of its latest process
latest()
{
	tail -n 1 "$1.pids"
}

# stop_up [SIGNAL]: stops it and returns its exit status
stop_up()
{
	kill "-${1:-TERM}" "$up"
	wait "$up"
}

# no service is left
gone()
{
	cat ./*.pids >ended
	while read -r pid; do
		[ ! -e "/proc/$pid" ] || return 1
	done <ended
}

err 'an unknown option' 2 'unknown option' bgjob-up --nonsense
err 'an operand' 2 'takes no operands' bgjob-up x
like 'bgjob up is bgjob-up' 0 '^usage: bgjob-up$' bgjob up --help

start_up
ok 'without a token there is no poller' test ! -e telegram-poller.pids
ok 'that is said' grep -q 'no BGJOB_TELEGRAM_TOKEN' up.err
ok 'the state folder is made' test -d "$BGJOB_HOME"
err 'a second one' 1 'another bgjob up is running' own/bin/bgjob-up
is 'has started nothing' 0 1 sh -c 'cat bgjob-run.pids | wc -l'
kill -9 "$(latest bgjob-notify)"
ok 'one that falls is started again' wait_for 20 started bgjob-notify 2
ok 'who and how is said' grep -q 'bgjob-notify ended: killed by SIGKILL; started again in 200ms' up.err
is 'the other one goes on' 0 1 sh -c 'cat bgjob-run.pids | wc -l'
is 'stdin is /dev/null' 0 /dev/null readlink "/proc/$(latest bgjob-run)/fd/0"
is 'nothing else is open' 0 '0 1 2' sh -c "echo \$(ls /proc/$(latest bgjob-run)/fd)"
switches() { grep ctxt_switches "/proc/$up/status"; }
before=$(switches)
sleep 1
is 'with nothing to do it does not wake up' 0 "$before" switches
is 'SIGTERM ends it' 0 '' stop_up
ok 'and them' gone
ok 'it says that jobs continue' grep -q 'running jobs continue' up.err

# the pauses of one that ends at once grow
echo 'exit 1' >bgjob-notify.sh
start_up
ok 'one that ends at once' wait_for 20 started bgjob-notify 3
wait_for 20 grep -q 'bgjob-notify ended: exit 1; started again in 800ms' up.err
is 'is started again after growing pauses' 0 '200ms 400ms 800ms' sh -c \
	"sed -n 's/.*bgjob-notify ended: exit 1; started again in //p' up.err | head -n 3 | xargs"
is 'SIGINT ends it' 0 '' stop_up INT
rm bgjob-notify.sh

# one that cannot be started
mv own/bin/bgjob-notify own/bin/away
: >bgjob-notify.pids
rm -f bgjob-run.pids
own/bin/bgjob-up 2>up.err & up=$!
ok 'one that is missing' wait_for 20 grep -q 'cannot run .*/bgjob-notify: No such file' up.err
ok 'is tried again' wait_for 20 grep -q 'bgjob-notify ended: exit 127; started again in 400ms' up.err
mv own/bin/away own/bin/bgjob-notify
ok 'until it is there' wait_for 20 started bgjob-notify 1
stop_up HUP

# one that will not end
echo 'trap "" TERM; while :; do sleep 0.1; done' >bgjob-run.sh
start_up
kill -TERM "$up"
wait_for 20 grep -q 'stopping' up.err
ok 'one that ignores TERM is still there' kill -0 "$(latest bgjob-run)"
is 'a second signal ends it' 0 '' stop_up
ok 'for certain' gone
ok 'that is said' grep -q 'bgjob-run ended: killed by SIGKILL' up.err
rm bgjob-run.sh

start_up
kill -9 "$up"
wait "$up" 2>/dev/null
ok 'killed by SIGKILL, it leaves no service behind' wait_for 20 gone

# a service manager is notified by it, not by its services
mkdir store 2>/dev/null
is 'a service manager is told' 0 'READY=1 STOPPING=1 0' /usr/bin/python3 - <<'PY'
import os, signal, socket, subprocess
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.settimeout(20)
s.bind("notify")
open("bgjob-run.sh", "w").write('echo "${NOTIFY_SOCKET-none}" >notify.seen\n')
p = subprocess.Popen(["own/bin/bgjob-up"], env=dict(os.environ, NOTIFY_SOCKET=os.path.abspath("notify")))
ready = s.recv(1000).decode()
while not os.path.exists("notify.seen") or not open("notify.seen").read():
	pass
p.send_signal(signal.SIGTERM)
print(ready, s.recv(1000).decode(), p.wait(20))
PY
is 'its services do not speak to it' 0 none cat notify.seen
rm bgjob-run.sh

# the real ones, with a bot
BGJOB_TELEGRAM_TOKEN=123456:never_to-BE_seen
export BGJOB_TELEGRAM_TOKEN
telegram_start
bgjob up 2>up.err & up=$!
real() { bgjob-doctor >doctor; ! grep -vE '^ok' doctor && grep -q '^ok	poller	running' doctor && grep -q '^ok	notifier	running' doctor; }
ok 'runner, notifier and poller' wait_for 20 real
is 'a job runs' 0 hello bgjob-submit --wait -- echo hello
is 'SIGTERM ends it' 0 '' stop_up
ok 'and all of them' sh -c "bgjob-doctor | grep -E '	(poller|notifier|runner)	(running|pid)'; [ \$? -eq 1 ]"
is 'the token is in no message' 1 '' token_seen up.err
finish
