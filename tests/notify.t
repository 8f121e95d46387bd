#!/bin/sh
# bgjob-notify and Telegram: the texts of messages, and what happens to them when the network, the
# receiver or the notifier fails
. "$(dirname "$0")/tap.sh"
. "$TESTS/tg.sh"
. "$TESTS/notifier.sh"

chat=100

# new_chat: creates another private chat, $chat, so that no flood limit applies
new_chat()
{
	chat=$((chat + 1))
	tg chat chat=$chat >/dev/null
}

# query SQL: a query of the store
query()
{
	sqlite3 "$BGJOB_HOME/bgjob.db" "$1"
}

# texts: the messages in $chat, a line each
texts()
{
	tg texts chat="$chat" by=bot | jq -r '.'
}

# count_texts N, for wait_for
count_texts()
{
	[ "$(tg texts chat="$chat" by=bot | wc -l)" -eq "$1" ]
}

# job OPTION...: runs a job to its end, with a final for a new chat; sets $id
job()
{
	new_chat
	id=$(bgjob-submit --notify "telegram:$chat" "$@") && bgjob-run --drain
}

# final OPTION...: the same, and waits for the final
final()
{
	job "$@"
	bgjob-notify --drain || fail "delivered: $*"
}

# note TEXT: sends it to $chat
note()
{
	echo "$1" | bgjob-notify "telegram:$chat"
}

row()
{
	query "SELECT $2 FROM delivery WHERE target = 'telegram:$1' ORDER BY id DESC LIMIT 1"
}

# row_is CHAT COLUMN VALUE, for wait_for
row_is()
{
	[ "$(row "$1" "$2")" = "$3" ]
}

# taken: how many messages to $chat were accepted
taken()
{
	tg record chat="$chat" taken=1 | wc -l
}

# came NAME TEXT: exactly this message arrives, once
came()
{
	wait_for 30 count_texts 1
	is "$1" 0 "$2" texts
	is "$1: once" 0 1 taken
}

ends()
{
	final -l 'board analysis' -c 'echo three risks'
	like 'done, with a label: title' 0 "^✅ board analysis #$id · done in [0-9]" texts
	like 'done: the result' 0 '^three risks$' texts
	is 'done: buttons' 0 "Show /result $id
Log /logs $id
Retry /retry $id" sh -c "tg() { '$TESTS/fakes/telegram' --at \$(cat telegram.port) \"\$@\"; }
		tg messages chat=$chat by=bot | jq -r '.reply_markup.inline_keyboard[][] | .text + \" \" + .callback_data'"
	like 'its delivery is shown' 0 "^Message: *telegram:$chat: final, sent 20" bgjob-status "$id"
	is 'and in JSON' 0 "final sent 1 0 null" sh -c "bgjob-status --json $id |
		jq -r '.[0].messages[0] | \"\\(.kind) \\(.status) \\(.tries) \\(.doubtful) \\(.error)\"'"

	final -c true
	like 'done, without a label' 0 "^✅ job $id · done in " texts
	like 'nothing written' 0 '^\(no output\)$' texts

	final -c 'echo begun; seq 30 >&2; exit 3'
	like 'failed' 0 "^❌ Sorry, job $id failed — check /logs $id\$" texts
	like 'failed: why' 0 "^#$id · exit 3 after [0-9]" texts
	texts >message
	is 'failed: the last lines of stderr, and what it wrote' 0 "$(seq 21 30; echo begun)" \
		sed '1,3d' message
	final -l report -c 'exit 1'
	like 'failed, with a label' 0 "^❌ Sorry, the report failed — check /logs $id\$" texts
	final --timeout 50ms --grace 1s -- sleep 60
	like 'timed out' 0 "^#$id · timed out after 50ms\$" texts
	new_chat
	id=$(bgjob-submit --in 1h -l later --notify "telegram:$chat" -- true)
	bgjob-cancel -u 42 "$id" >/dev/null
	bgjob-notify --drain
	like 'cancelled' 0 "^🚫 later #$id · cancelled by user 42\$" texts
	like 'cancelled before it began' 0 '^\(it never ran\)$' texts
}

hostile_texts()
{
	bad=$(printf '<b>&"\033[31m\342\200\256*_`[x](y)\nsecond\302\205')
	final -l "$bad" -c "printf '%s\\000\\377\\376 end' '$bad'"
	is 'hostile label and result: sent as they are' 0 '' query \
		"SELECT * FROM delivery WHERE format = 'plain' OR status <> 'sent'"
	like 'the label' 0 "^✅ <b>&\"\\*_\`\\[x\\]\\(y\\) second #$id · done" texts
	like 'the result' 0 '^<b>&"\*_`\[x\]\(y\)$' texts
	like 'bytes that are no text' 0 '^� end$' texts
	texts >message
	not_ok 'nothing that drives a terminal or turns text round' env LC_ALL=C grep -a \
		-e "$(printf '\033')" -e "$(printf '\342\200\256')" -e "$(printf '\302\205')" message
	final -l "$bad" -c "printf '%s\\n' '$bad' >&2; exit 1"
	like 'a failure: stderr' 0 '^<b>&"\*_`\[x\]\(y\)$' texts
	final -c 'printf "# Title\n\n**bold** and \`code\`, <i>raw</i>\n\n- one\n- two\n"'
	texts >message
	is 'Markdown is shown as it is meant' 0 'Title|bold and code, <i>raw</i>|• one|• two' sh -c \
		"sed '1,2d; /^\$/d' message | paste -sd '|'"
	final -l "a$(printf '\314\201%.0s' $(seq 3000))" -c 'echo marks'
	like 'a label of combining marks' 0 '^marks$' texts
	final -l "$(head -c 100000 /dev/zero | tr '\0' l)" -c 'echo long'
	like 'the longest label' 0 '^long$' texts

	seq 2500 >lines
	final -- cat lines
	is 'a long result comes in parts' 0 3 sh -c "wc -l <<X
$(tg texts chat="$chat" by=bot)
X"
	texts | sed '1,2d' >joined
	same 'in order and whole' lines cat joined
	is 'buttons are on the last one' 0 'false false true' sh -c "jq -r 'has(\"reply_markup\")' | paste -sd ' '" <<END
$(tg messages chat="$chat" by=bot)
END
	yes 😀 | head -5000 | tr -d '\n' >emoji
	final -- cat emoji
	texts | sed '1,2d' | tr -d '\n' >joined
	same '5,000 emoji' emoji cat joined

	seq 20000 >lines
	final -- cat lines
	is 'a very long one: two messages' 0 2 sh -c "wc -l <<X
$(tg messages chat="$chat" by=bot)
X"
	like 'its beginning' 0 '^17$' texts
	like 'the document says what it is' 0 "^The whole result of #$id\$" texts
	document >file
	same 'the document has every byte' file cat lines
	head -c 1000000 /dev/urandom | base64 -w 0 | head -c 1000000 >block
	final -- cat block
	document >file
	same '1 MB without a blank' file cat block
	final -c 'head -c 50000000 /dev/zero | tr "\0" x'
	like 'larger than a document may be: where it is' 0 \
		"^… The result is too large for Telegram: run bgjob-output $id\\.\$" texts
	new_chat
	bgjob-notify "telegram:$chat" <lines
	bgjob-notify --drain
	document >file
	same 'a long text from a pipe' file cat lines
	is 'all that was within the limits' 0 '' tg violations
	is 'nothing was refused' 0 '' query "SELECT * FROM delivery WHERE format = 'plain' OR status <> 'sent'"
}

document()
{
	tg file chat="$chat" message="$(tg messages chat="$chat" by=bot | jq -r 'select(.document) | .message_id')"
}

notes()
{
	new_chat
	printf '**bold** <x>' | bgjob-notify --title 'A & B' --markdown "telegram:$chat"
	bgjob-notify --drain
	is 'a title and Markdown' 0 'A & B

bold <x>' texts
	new_chat
	: | bgjob-notify "telegram:$chat"
	bgjob-notify --drain
	is 'an empty message' 0 '(empty)' texts
	new_chat
	ok 'the id of a job goes through the same pipe' sh -c "bgjob-status -n 1 | cut -f 1 | bgjob-notify telegram:$chat"
	bgjob-notify --drain
	like 'and arrives' 0 '^[0-9]+$' texts
}

# rule NAME COUNT OPTION...: a job with these options leaves so many deliveries
rule()
{
	tap_rule=$1 tap_count=$2
	shift 2
	bgjob-submit --notify telegram:1 "$@" >ids && bgjob-run --drain
	is "$tap_rule" 0 "$tap_count" query "SELECT count(*) FROM delivery WHERE job_id = $(cat ids)"
}

rules()
{
	rule 'always: done' 1 --notify-on always -- true
	rule 'always: failed' 1 --notify-on always -- false
	rule 'never' 0 --notify-on never -- false
	rule 'failed: done' 0 --notify-on failed -- true
	rule 'failed: failed' 1 --notify-on failed -- false
	rule 'done: failed' 0 --notify-on 'done' -- false
	rule 'change: the first, done' 0 -l s --notify-on change -- true
	rule 'change: the first failure' 1 -l s --notify-on change -- false
	rule 'change: the second failure' 0 -l s --notify-on change -- false
	rule 'change: the first success after it' 1 -l s --notify-on change -- true
	rule 'change: the next success' 0 -l s --notify-on change -- true
	rule 'change: another series' 1 -l other --notify-on change -- false
	rule 'after: too short' 0 --notify-after 1h -- false
	rule 'after: long enough' 1 --notify-after 1ms -- sleep 0.01
	query "DELETE FROM delivery WHERE target = 'telegram:1'"
}

# running_job OPTION...: $id runs until `put x go`
running_job()
{
	[ -p go ] || mkfifo go
	id=$(bgjob-submit --notify "telegram:$chat" "$@" -c 'read x <go; echo over')
	start_pool -j 1
	wait_for 20 has_status "$id" running || fail 'it runs'
}

milestones()
{
	new_chat
	start_notifier
	BGJOB_MILESTONE_INTERVAL=1h
	export BGJOB_MILESTONE_INTERVAL
	running_job -l long
	ok 'a milestone' bgjob-milestone -j "$id" 'a *third*'
	wait_for 30 count_texts 1
	is 'it comes at once' 0 "⏳ long #$id

a *third*" texts
	is 'silently' 0 true sh -c 'jq .silent' <<END
$(tg messages chat="$chat" by=bot)
END
	bgjob-milestone -j "$id" 'half'
	bgjob-milestone -j "$id" 'more than half'
	is 'the next ones are held back, the newest only' 0 'half dropped
more than half pending' query \
		"SELECT text || ' ' || status FROM delivery WHERE job_id = $id AND id > 0 AND text LIKE '%half' ORDER BY id"
	put x go
	wait_for 30 count_texts 2
	like 'the end comes' 0 "^✅ long #$id · done" texts
	is 'not silently' 0 false sh -c 'jq .silent | tail -n 1' <<END
$(tg messages chat="$chat" by=bot)
END
	is 'what was held back is dropped' 0 dropped query \
		"SELECT status FROM delivery WHERE text = 'more than half'"
	stop_pool TERM
	new_chat
	BGJOB_MILESTONE_INTERVAL=1s
	running_job -l window
	bgjob-milestone -j "$id" one
	wait_for 30 count_texts 1
	bgjob-milestone -j "$id" two
	bgjob-milestone -j "$id" three
	wait_for 30 count_texts 2
	is 'the window opens: the newest one' 0 'one three' sh -c "grep -xE 'one|two|three' | paste -sd ' '" <<END
$(texts)
END
	stop_notifier
	unset BGJOB_MILESTONE_INTERVAL
	bgjob-milestone -j "$id" late
	new=$(bgjob-submit --notify "telegram:$chat" --notify-on failed -- true)
	note 'a note'
	query "UPDATE delivery SET not_before = 0 WHERE text = 'late'"
	start_notifier
	wait_for 30 count_texts 4
	is 'finals and notes overtake milestones' 0 'a note late' sh -c "grep -xE 'a note|late' | paste -sd ' '" <<END
$(texts)
END
	stop_notifier
	put x go
	bgjob-wait "$id" "$new"
	stop_pool TERM
	chat=1
	BGJOB_MILESTONE_INTERVAL=1h
	export BGJOB_MILESTONE_INTERVAL
	running_job --notify-on failed
	bgjob-milestone -j "$id" first
	bgjob-milestone -j "$id" second
	put x go
	bgjob-wait "$id"
	is 'the end that nobody is told of drops them, too' 0 '' query \
		"SELECT id FROM delivery WHERE job_id = $id AND status = 'pending'"
	unset BGJOB_MILESTONE_INTERVAL
	stop_pool TERM
	bgjob-notify --drain
	chat=300
}

is_away()
{
	! tg violations
}

faults()
{
	start_notifier
	new_chat
	tg fault kind=429 method=sendMessage chat=$chat retry_after=2 times=1 >/dev/null
	note 'flood 1'
	note 'flood 2'
	wait_for 30 count_texts 2
	is '429: later, in order' 0 'flood 1
flood 2' texts
	is '429: once each' 0 2 taken
	is '429: nothing before the time is over' 0 '' tg violations

	for kind in 500 502; do
		new_chat
		tg fault kind=$kind method=sendMessage chat=$chat times=1 >/dev/null
		note "after $kind"
		came "$kind: sent again" "after $kind"
	done
	new_chat
	tg away seconds=1 >/dev/null
	# it answers before it stops; a message in between would be cut off, which is another case
	wait_for 20 is_away
	note 'after the outage'
	came 'no connection: sent again' 'after the outage'

	for kind in cut_before garbage; do
		new_chat
		tg fault kind=$kind method=sendMessage chat=$chat times=1 >/dev/null
		note "after $kind"
		came "$kind: sent again, marked" "(may be a duplicate)
after $kind"
	done
	new_chat
	tg fault kind=hang seconds=1 method=sendMessage chat=$chat times=1 >/dev/null
	note 'after a hang'
	came 'hang: sent again, marked' '(may be a duplicate)
after a hang'
	for kind in cut_after garbage_after; do
		new_chat
		tg fault kind=$kind method=sendMessage chat=$chat times=1 >/dev/null
		note "after $kind"
		wait_for 30 count_texts 2
		is "$kind: the second one is marked" 0 "after $kind
(may be a duplicate)
after $kind" texts
		wait_for 30 row_is "$chat" status sent
		is "$kind: the end of it" 0 'sent 1' row "$chat" "status || ' ' || doubtful"
	done
	new_chat
	tg fault kind=cut_after method=sendMessage chat=$chat times=1 >/dev/null
	id=$(bgjob-submit -l twice --notify "telegram:$chat" -- true) && bgjob-run --drain
	wait_for 30 count_texts 2
	like 'a final: the mark is in its title' 0 '^✅ twice #[0-9]* · done in .* \(may be a duplicate\)$' texts
	wait_for 30 row_is "$chat" status sent
	like 'and in its details' 0 '^Message: .*, sent .*, 2 tries, may be a duplicate$' bgjob-status "$id"
	new_chat
	tg fault kind=cut_after method=sendMessage chat=$chat times=1 >/dev/null
	running_job
	bgjob-milestone -j "$id" 'only once'
	wait_for 30 row_is "$chat" status dropped
	is 'a doubtful milestone is not repeated' 0 1 taken
	put x go
	bgjob-wait "$id"
	# the failure has closed the receiver's gate for a second, so an immediate drain would leave
	# the final
	wait_for 30 count_texts 2
	stop_pool TERM
}

refusals()
{
	new_chat
	tg block chat=$chat >/dev/null
	note 'to nobody'
	wait_for 30 row_is "$chat" status dead
	is '403: dead' 0 'Forbidden: bot was blocked by the user' row "$chat" error
	like 'said' 0 "message [0-9]* to telegram:$chat is dead: Forbidden" cat notify.err
	like 'shown' 1 '	outbox	.*, 1 permanently refused' bgjob-doctor
	chat=999
	note 'nowhere'
	wait_for 30 row_is 999 status dead
	is 'chat not found: dead' 0 'Bad Request: chat not found' row 999 error

	chat=-5
	tg chat chat=-5 >/dev/null
	tg migrate chat=-5 to=-1000000000005 >/dev/null
	note 'to the old id'
	chat=-1000000000005
	wait_for 30 count_texts 1
	is 'a group became a supergroup: it follows' 0 'to the old id' texts
	echo 'again to the old id' | bgjob-notify telegram:-5
	wait_for 30 count_texts 2
	like 'later ones as well' 0 'again to the old id' texts
	stop_notifier
	chat=400
}

# An API that refuses markup; what it was sent is in $T/refuser.
cat >refuser.py <<'END'
import http.server, json
class H(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *a): pass
    def do_POST(self):
        got = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        bad = "parse_mode" in got
        with open("refuser", "a") as f: f.write(json.dumps(got) + "\n")
        text = json.dumps({"ok": False, "error_code": 400, "description":
            "Bad Request: can't parse entities: Unsupported start tag"} if bad else
            {"ok": True, "result": {"message_id": 5}}).encode()
        self.send_response(400 if bad else 200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H)
print(s.server_address[1], flush=True)
s.serve_forever()
END

settings()
{
	/usr/bin/python3 refuser.py >refuser.port &
	wait_for 20 test -s refuser.port
	new_chat
	echo '**bold** & <b>' | bgjob-notify --markdown --title 'T <i>' "telegram:$chat"
	api=http://127.0.0.1:$(cat refuser.port)
	ok 'markup that is refused' env BGJOB_TELEGRAM_API="$api" bgjob-notify --drain
	is 'goes as it was written' 0 'T <i>

**bold** & <b>' sh -c 'tail -n 1 refuser | jq -r .text'
	is 'and counts as sent' 0 'sent plain 5' row "$chat" "status || ' ' || format || ' ' || remote_id"

	new_chat
	note 'wrong token'
	err '401: said once, without the token' 1 '^bgjob-notify: telegram: Unauthorized$' \
		env BGJOB_TELEGRAM_TOKEN=123456:wrong bgjob-notify --drain
	is '401: it stays' 0 pending row "$chat" status
	err 'no token' 1 '^bgjob-notify: telegram: BGJOB_TELEGRAM_TOKEN is not set$' \
		env BGJOB_TELEGRAM_TOKEN='' bgjob-notify --drain
	is 'no token: it stays, with the reason' 0 'pending BGJOB_TELEGRAM_TOKEN is not set' \
		row "$chat" "status || ' ' || error"
	ok 'with the right one' bgjob-notify --drain
	is 'it comes' 0 'wrong token' texts

	new_chat
	note traced
	ok 'BGJOB_TRACE=http' sh -c 'BGJOB_TRACE=http bgjob-notify --drain 2>trace'
	like 'shows a request, without the token' 0 \
		"^bgjob-notify: [0-9:.]{12} http: 1: POST $BGJOB_TELEGRAM_API/bot\\*\\*\\*/sendMessage, [0-9]+ bytes\$" \
		cat trace
	like 'and its end' 0 '^bgjob-notify: [0-9:.]{12} http: 1: status 200, [0-9]+ bytes after [0-9]+ ms$' cat trace
	echo x | bgjob-notify https://127.0.0.1:1/the-secret-path
	ok '-v -v' sh -c 'bgjob-notify -v -v --drain 2>trace; true'
	like 'shows of a webhook the host' 0 ' http: 1: POST https://127\.0\.0\.1:1, [0-9]+ bytes$' cat trace
	query "DELETE FROM delivery WHERE target LIKE 'https:%'"
}

parts()
{
	seq 2500 >lines
	job -- cat lines
	BGJOB_TELEGRAM_TOKEN=123456:wrong bgjob-notify --drain 2>/dev/null
	start_notifier
	wait_for 30 count_texts 3
	texts | sed '1,2d' >joined
	same 'parts keep their order after a refusal' lines cat joined
	stop_notifier
	job -- cat lines
	tg fault kind=500 method=sendMessage chat="$chat" p=0.5 times=4 >/dev/null
	start_notifier
	wait_for 30 count_texts 3
	texts | sed '1,2d' >joined
	same 'and through failures' lines cat joined
	tg faults clear=1 >/dev/null
	stop_notifier
}

killed()
{
	new_chat
	tg fault kind=hang seconds=60 method=sendMessage chat=$chat times=1 >/dev/null
	start_notifier
	note 'on its way'
	wait_for 30 row_is "$chat" status sending
	stop_notifier KILL
	is 'killed while sending: it is in the store' 0 sending row "$chat" status
	start_notifier
	came 'killed while sending: sent again, marked' '(may be a duplicate)
on its way'
	like 'it is said' 0 '1 messages? (was|were) being sent' cat notify.err
	new_chat
	tg fault kind=delay ms=500 method=sendMessage chat=$chat times=1 >/dev/null
	note 'the last one'
	wait_for 30 row_is "$chat" status sending
	stop_notifier
	is 'stopped while sending: the answer is waited for' 0 'sent 0' row "$chat" "status || ' ' || doubtful"
	start_notifier
	err 'a second service says so and leaves' 1 'another bgjob-notify delivers the messages' bgjob-notify
	ok 'a drain leaves it to the service' bgjob-notify --drain
	stop_notifier
	bgjob-notify --linger 1h 2>>notify.err &
	lingering=$!
	wait_for 20 sends $lingering
	start_notifier
	ok 'a lingering one gives way to a service' wait_for 20 not_there $lingering
	wait $lingering
	new_chat
	note 'from the service'
	came 'the service sends' 'from the service'
	stop_notifier
	ok 'a lingering one leaves when there is nothing to do' bgjob-notify --linger 10ms
	job -- true
	ok 'and not before' bgjob-notify --linger 10ms
	is 'it had something to send' 0 sent row "$chat" status
}

not_there()
{
	! sends "$1"
}

secrets()
{
	new_chat
	printf 'BGJOB_TELEGRAM_TOKEN=%s\n' "$BGJOB_TELEGRAM_TOKEN" >config/secret
	tg fault kind=hang seconds=60 method=sendMessage chat=$chat times=1 >/dev/null
	start_notifier
	note 'a secret'
	wait_for 30 row_is "$chat" status sending
	# except for the fake's own
	# shellcheck disable=SC2009
	ps -eww -o args= | grep -v fakes/telegram >processes
	like 'no core file would hold the token' 0 '^Max core file size *0 *0 ' cat "/proc/$notifier/limits"
	stop_notifier KILL
	ok 'all is sent' bgjob-notify --drain
	id=$(bgjob-submit -c 'env; cat /proc/$PPID/environ') && bgjob-run --drain
	bgjob-output "$id" >environment
	not_ok 'the token is in no process list, message, store or job' \
		token_seen processes notify.err environment "$BGJOB_HOME"
	ok 'it would have been found' token_seen config
}

telegram_start
ends
hostile_texts
notes
rules
milestones
faults
refusals
settings
parts
killed
secrets
finish
