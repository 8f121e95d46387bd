#!/bin/sh
# telegram-poller: starts a bgjob-chat for each message
. "$(dirname "$0")/tap.sh"
. "$TESTS/tg.sh"
POLLER=${BIN%/bin}/libexec/telegram-poller

# A fake bgjob-chat: it records its arguments and sources a file chat.sh.
mkdir mine
cp "$BIN/bgjob-updates" mine
cat >mine/bgjob-chat <<'END'
#!/bin/sh
echo "$*" >>"$HOME/called"
if [ -e "$HOME/chat.sh" ]; then . "$HOME/chat.sh"; fi
sqlite3 -cmd '.timeout 10000' "$BGJOB_HOME/bgjob.db" "UPDATE inbox SET status = 'handled', handled_at = 1 WHERE id = $2"
END
chmod +x mine/bgjob-chat
mkdir libexec
cp "$POLLER" libexec
ln -s mine bin

start_poller()
{
	libexec/telegram-poller 2>>poller.err &
	poller=$!
	wait_for 20 polled || fail 'the poller is up'
}

stop_poller()
{
	kill "$poller"
	wait "$poller"
}

# called N: whether bgjob-chat was started for message N
called()
{
	grep -qx -e "--inbox $1" called
}

say()
{
	tg say user="$1" text=x >/dev/null
}

# no process of this poller is left
gone()
{
	for pid in $(pgrep -x 'telegram-poller|bgjob-updates|bgjob-chat|xargs'); do
		[ "$(readlink "/proc/$pid/cwd")" != "$T" ] || return 1
	done
}

telegram_start
start_poller
say 7
ok 'a message starts a bgjob-chat' wait_for 20 called 1
is 'with its number, once' 0 '--inbox 1' cat called
is 'the poller has become bgjob-updates' 0 bgjob-updates cat "/proc/$poller/comm"

# while one hangs, others continue; never more than eight
mkfifo gate
echo 'case $2 in 2) read -r _ <"$HOME/gate" ;; esac' >chat.sh
say 8
wait_for 20 called 2
for n in 3 4 5; do
	say 9
	ok "message $n while an earlier one is not done" wait_for 20 called $n
done
put go gate

# however one ends, the next is handled
for end in 'exit 255' 'exit 1' 'kill -9 $$' 'kill -SEGV $$' 'kill -TERM $$'; do
	n=$((n + 1))
	echo "$end" >chat.sh
	say 10
	ok "one that ends by $end" wait_for 20 called $n
	rm chat.sh
	n=$((n + 1))
	say 10
	ok 'and the next' wait_for 20 called $n
done
is 'all of that with one poller' 0 '' kill -0 "$poller"
# others come and go in /tmp meanwhile: what find says of those does not count
left_behind()
{
	find "${TMPDIR:-/tmp}" -maxdepth 2 -path '*/tmp.*/lines' -user "$(id -un)" -newer libexec 2>/dev/null || :
}
is 'no folder is left behind' 0 '' left_behind

# at its end it waits for the messages being handled
n=$((n + 1))
echo 'read -r _ <"$HOME/gate"; echo finished >"$HOME/finished"' >chat.sh
say 11
wait_for 20 called $n
ok 'SIGTERM ends it' stop_poller
put go gate
ok 'what was being handled is finished' wait_for 20 test -s finished
ok 'nothing is left running' wait_for 20 gone
rm -f chat.sh called
start_poller
ok 'what was not handled is offered again to the next one' wait_for 20 called 6
kill -9 "$poller"
wait "$poller" 2>/dev/null
ok 'after a SIGKILL nothing is left running' wait_for 20 gone

# bounded: two at once
BGJOB_CHATS=2
export BGJOB_CHATS
echo 'while [ ! -e "$HOME/open.$2" ]; do sleep 0.05; done' >chat.sh
start_poller
for user in 20 21 22; do say $user; done
n=$((n + 1))
wait_for 20 called $n
wait_for 20 called $((n + 1))
both() { called "$n" && called $((n + 1)); }
ok 'BGJOB_CHATS=2: two' both
not_ok 'not a third one' called $((n + 2))
touch open.$n
ok 'until one of them has ended' wait_for 20 called $((n + 2))
touch open.$((n + 1)) open.$((n + 2))
stop_poller
wait_for 20 gone

err 'no token' 2 'set BGJOB_TELEGRAM_TOKEN' env -u BGJOB_TELEGRAM_TOKEN "$POLLER"
err 'a second one' 1 'another bgjob-updates polls' sh -c '
	bgjob-updates >/dev/null 2>&1 & updates=$!
	until bgjob-doctor | grep -q "	poller	running"; do sleep 0.02; done
	"$1"; status=$?
	kill $updates; wait
	exit $status' sh "$POLLER"
is 'the token is in no message' 1 '' token_seen poller.err
finish
