#!/bin/sh
# bgjob-updates: messages from Telegram, stored before they are confirmed
. "$(dirname "$0")/tap.sh"
. "$TESTS/tg.sh"
fakes=${BIN%/bin}/fakes

# inbox QUERY: an SQL query of the inbox
inbox()
{
	sqlite3 "$BGJOB_HOME/bgjob.db" "$1"
}

handled()
{
	inbox "UPDATE inbox SET status = 'handled', handled_at = 1"
}

# start_updates: starts it in the background; stdout in lines, stderr in updates.err, its pid in
# $updates
start_updates()
{
	: >lines
	bgjob-updates >lines 2>updates.err &
	updates=$!
	wait_for 20 polled || fail 'bgjob-updates is up'
}

stop_updates()
{
	kill "$updates"
	wait "$updates"
}

line_of()
{
	grep -q "^[0-9]*	$1	" lines
}

# comes NAME USER: a new message of a user is printed
comes()
{
	tg say user="$2" text=hello >/dev/null
	ok "$1" wait_for 30 line_of "$2"
}

no_token()
{
	env -u BGJOB_TELEGRAM_TOKEN bgjob-updates
}

usage()
{
	err 'an unknown option' 2 'unknown option' bgjob-updates --nonsense
	err 'an operand' 2 'takes no operands: x' bgjob-updates x
	err 'no token' 2 'set BGJOB_TELEGRAM_TOKEN' no_token
	for token in abc 123456 :abc 123456: '12 3:abc' 123456:a/b '1:a
b' 1234567890123456789:abc; do
		err "no form of a token: $(echo "$token" | tr "\n" _)" 2 'BGJOB_TELEGRAM_TOKEN is not a bot token' \
			env BGJOB_TELEGRAM_TOKEN="$token" bgjob-updates
	done
	ok 'no store was made' test ! -e "$BGJOB_HOME"
	err 'no URL of an API' 2 'BGJOB_TELEGRAM_API is not an http or https URL' \
		env BGJOB_TELEGRAM_API=nonsense bgjob-updates --once
}

once()
{
	is 'nothing has come' 0 '' bgjob-updates --once
	tg say user=7 text='/board should we?' >/dev/null
	is 'a message' 0 '1	7	telegram:7' bgjob-updates --once
	is 'it is stored as it came' 0 '/board should we?' \
		inbox "SELECT json_extract(body, '\$.message.text') FROM inbox"
	is 'it is not confirmed yet' 0 1 sh -c "'$TESTS/fakes/telegram' --at \$(cat telegram.port) pending | wc -l"
	is 'not handled: offered again' 0 '1	7	telegram:7' bgjob-updates --once
	is 'now it is confirmed' 0 '' tg pending
	handled
	is 'handled: no more' 0 '' bgjob-updates --once
	stat -c '%Y %Z %s %i' "$BGJOB_HOME"/* | sort >before
	is 'nothing came, once more' 0 '' bgjob-updates --once
	ok 'and nothing was written' sh -c "stat -c '%Y %Z %s %i' '$BGJOB_HOME'/bgjob.db* | sort >after; ! grep -vxF -f before after"
	tg say user=7 text=full >/dev/null
	err 'stdout that is full' 3 'cannot write' sh -c 'bgjob-updates --once >/dev/full'
	is 'what was printed into the void is offered again' 0 '2	7	telegram:7' bgjob-updates --once
	handled
}

# Every kind of message; the chat and user that are stored.
kinds()
{
	tg say user=8 chat=-1000000000042 thread=5 text=topic >/dev/null
	tg say user=8 chat=-1000000000042 text=general >/dev/null
	tg say user=9 chat=-1000000000042 text=anonymous sender_chat=-1000000000042 >/dev/null
	tg update kind=callback_query value='{"id":"1","from":{"id":8,"is_bot":false,"first_name":"x"},"chat_instance":"1","data":"/jobs"}' >/dev/null
	tg update kind=callback_query value='{"id":"2","from":{"id":8,"is_bot":false,"first_name":"x"},"chat_instance":"1","data":"/jobs","message":{"message_id":3,"date":0,"chat":{"id":-1000000000042,"type":"supergroup","title":"x"}}}' >/dev/null
	tg say user=8 text='reply in a group' chat=-5 >/dev/null
	is 'users and chats' 0 '3	8	telegram:-1000000000042/5
4	8	telegram:-1000000000042
5		telegram:-1000000000042
6	8	
7	8	telegram:-1000000000042
8	8	telegram:-5' bgjob-updates --once
	handled
	hostile=$(printf 'q" \\ \t\033[31m \342\200\256 \360\237\230\200 <b>&amp;')
	printf '%s' "$hostile" | tg say user=8 first_name='x"\<' text=- >/dev/null
	is 'hostile text' 0 '9	8	telegram:8' bgjob-updates --once
	is 'is stored as it came' 0 "$hostile" \
		inbox "SELECT json_extract(body, '\$.message.text') FROM inbox WHERE id = 9"
	handled
}

service()
{
	mkdir -p "$XDG_CONFIG_HOME/bgjob/workflows"
	printf '#!/bin/sh\necho hello\n' >"$XDG_CONFIG_HOME/bgjob/workflows/my-flow"
	chmod 755 "$XDG_CONFIG_HOME/bgjob/workflows/my-flow"
	start_updates
	comes 'a message to the service' 20
	comes 'another one' 21
	is 'each once' 0 2 sh -c 'wc -l <lines'
	ok 'the menu of commands is set' wait_for 20 menu_is_set
	before=$(switches)
	sleep 1
	is 'while nothing comes it does not wake up' 0 "$before" switches
	err 'a second one' 1 'another bgjob-updates polls this bot' bgjob-updates
	err 'also with --once' 1 'another bgjob-updates polls this bot' bgjob-updates --once
	like 'a bot of another token is not in the way' 3 '	20	telegram:20$' \
		env BGJOB_TELEGRAM_TOKEN=99:other bgjob-updates --once
	ok 'the token is in no argument' sh -c "! tr '\\0' '\\n' </proc/$updates/cmdline | grep -q never_to"
	like 'bgjob-doctor sees it' 1 '^ok	poller	running$' bgjob-doctor
	like 'and what waits' 1 '^ok	inbox	2 waiting' bgjob-doctor
	inbox "UPDATE inbox SET status = 'failed' WHERE user_id = '21'"
	like 'and what was set aside' 1 '^ok	inbox	1 waiting to be handled, 1 set aside' bgjob-doctor
	kill -9 "$updates"
	wait "$updates" 2>/dev/null
	start_updates
	ok 'after a SIGKILL it offers again what was not handled' wait_for 20 line_of 20
	handled
	comes 'and goes on' 22
	is 'nothing twice' 0 '20 1
21 1
22 1' inbox "SELECT user_id || ' ' || count(*) FROM inbox WHERE user_id >= '20' AND user_id < '3' GROUP BY user_id"
	ok 'SIGTERM ends it' stop_updates
	handled
}

switches()
{
	grep ctxt_switches "/proc/$updates/status"
}

# The commands and the workflows, names as Telegram takes them.
menu_is_set()
{
	tg commands >menu
	for name in jobs help my_flow; do
		grep -q "\"command\": *\"$name\"" menu || return 1
	done
}

webhook_is_gone()
{
	tg_api getWebhookInfo | grep -q '"url": *""'
}

conflicts()
{
	tg_api setWebhook '{"url":"https://127.0.0.1/x"}' >/dev/null
	start_updates
	comes 'a webhook is deleted at the start' 30
	tg_api setWebhook '{"url":"https://127.0.0.1/x"}' >/dev/null
	ok 'and later' wait_for 30 webhook_is_gone
	comes 'then messages come' 31
	tg_api getUpdates '{"timeout":0,"allowed_updates":["message"]}' >/dev/null
	comes 'another program polled in between' 32
	is 'that is said once' 0 1 grep -c 'another program polls this bot' updates.err
	ok 'and when it is over' wait_for 20 grep -q 'receiving messages again' updates.err
	stop_updates
	handled
}

in_trouble()
{
	bgjob-doctor | grep -q "^FIX	poller	running, failing since .*$1"
}

all_well()
{
	bgjob-doctor | grep -q "^ok	poller	running$"
}

# The server's failures; after each of them a message arrives.
faults()
{
	start_updates
	user=700
	for fault in kind=500 kind=502 'kind=hang seconds=1' kind=cut_before kind=cut_after kind=garbage \
		kind=garbage_after 'kind=cut_after reset=1' 'kind=429 retry_after=1'; do
		user=$((user + 1))
		# shellcheck disable=SC2086
		tg fault method=getUpdates times=2 $fault >/dev/null
		comes "$fault, twice" $user
	done
	ok 'all of them happened' wait_for 20 all_happened
	is 'each message once' 0 9 inbox "SELECT count(*) FROM inbox WHERE user_id LIKE '7__'"
	stop_updates
	start_updates
	tg fault kind=500 method=getUpdates >/dev/null
	tg say user=42 text=wake >/dev/null
	ok 'trouble that lasts is shown by bgjob-doctor' wait_for 30 in_trouble 'no answer from Telegram'
	tg faults clear=1 >/dev/null
	comes 'until it is over' 43
	ok 'then it is not' wait_for 20 all_well
	is 'said once' 0 1 grep -c 'no answer from Telegram' updates.err
	stop_updates
	is 'no rule of Telegram was broken' 0 '' tg violations
	handled
}

all_happened()
{
	tg faults | /usr/bin/python3 -c '
import json, sys
sys.exit(any(rule["hits"] < 2 for rule in json.load(sys.stdin)))'
}

wrong_token()
{
	token=$BGJOB_TELEGRAM_TOKEN
	BGJOB_TELEGRAM_TOKEN=123456:never_to-BE_seen_either
	start_updates
	ok 'a wrong token is shown by bgjob-doctor' wait_for 20 in_trouble 'rejects the token'
	is 'and said once, with the cure' 0 1 grep -c 'set BGJOB_TELEGRAM_TOKEN' updates.err
	stop_updates
	err 'with --once' 3 'rejects the token' bgjob-updates --once
	BGJOB_TELEGRAM_TOKEN=$token
	is 'the right one again' 0 '' bgjob-updates --once
	ok 'and it is forgotten' sh -c "bgjob-doctor | grep -q '	poller	none is running: '"
	is 'nobody there' 3 '' env BGJOB_TELEGRAM_API=http://127.0.0.1:1 bgjob-updates --once
	bgjob-updates --once
}

# Any disk call may fail: a message that was not stored comes again, one that was is there once.
failing_disk()
{
	n=0 fired=1
	while [ $fired = 1 ] && [ $n -lt 100 ]; do
		n=$((n + 1)) fired=0
		tg say user=50 text="$n" >/dev/null
		ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 LD_PRELOAD=$fakes/disk_fault.so \
			FAULT_ONWARDS=1 FAULT_AT=$n FAULT_UNDER=$BGJOB_HOME/ FAULT_LOG=$T/fired \
			bgjob-updates --once >>faulty 2>>faulty
		[ ! -e fired ] || fired=1
		rm -f fired
	done
	ok 'a disk that fails' test $n -gt 3
	is 'then one that does not' 0 "$n" sh -c 'bgjob-updates --once | wc -l'
	is 'every message is there, in order, once' 0 "$(seq -s ' ' $n)" \
		inbox "SELECT group_concat(json_extract(body, '\$.message.text'), ' ') FROM
			(SELECT body FROM inbox WHERE user_id = '50' ORDER BY id)"
	handled
}

reader_gone()
{
	mkfifo pipe
	head -n 1 <pipe >first &
	bgjob-updates >pipe 2>updates.err &
	updates=$!
	wait_for 20 polled
	tg say user=60 text=one >/dev/null
	wait $updates
	is 'a reader that went away ends it, also in its sleep' 0 141 echo $?
	handled
}

# With far more lines than a pipe holds.
reader_hangs()
{
	inbox "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
		INSERT INTO inbox (source, source_id, user_id, chat, body, received_at, offered_at)
		SELECT 'test', i, '61', '', '{}', 1, 1 FROM n"
	sh -c 'exec sleep 1000' <pipe &
	sleeper=$!
	bgjob-updates >pipe 2>updates.err &
	updates=$!
	wait_for 20 polled
	tg say user=62 text=one >/dev/null
	stored() { [ "$(inbox "SELECT count(*) FROM inbox WHERE user_id = '62'")" = 1 ]; }
	ok 'a reader that hangs does not keep messages from being stored' wait_for 20 stored
	ok 'nor SIGTERM from ending it' stop_updates
	kill $sleeper
	is 'all is offered to the next one' 0 9001 sh -c 'bgjob-updates --once | wc -l'
	handled
}

manager()
{
	is 'a service manager is told' 0 'READY=1 WATCHDOG=1 STOPPING=1 0' /usr/bin/python3 - <<'PY'
import os, signal, socket, subprocess
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.settimeout(20)
s.bind("notify")
env = dict(os.environ, NOTIFY_SOCKET=os.path.abspath("notify"), WATCHDOG_USEC="200000")
p = subprocess.Popen(["bgjob-updates"], env=env)
seen = [s.recv(1000).decode(), s.recv(1000).decode()]
p.send_signal(signal.SIGTERM)
while "STOPPING=1" not in seen:
	seen.append(s.recv(1000).decode())
print(seen[0], seen[1], seen[-1], p.wait(20))
PY
}

usage
telegram_start
once
kinds
service
conflicts
faults
wrong_token
if [ -e "$fakes/disk_fault.so" ]; then
	failing_disk
else
	skip 'a disk that fails' "no $fakes/disk_fault.so: make check builds it"
fi
reader_gone
reader_hangs
manager
is 'the token is in no file and no message' 1 '' token_seen "$BGJOB_HOME" "$T"/*.err "$T/faulty" "$T/lines"
finish
