#!/bin/sh
# bgjob-notify: usage, and the targets other than Telegram: webhooks, mail, programs, terminals
. "$(dirname "$0")/tap.sh"
. "$TESTS/notifier.sh"
fakes=${BIN%/bin}/fakes

query()
{
	sqlite3 "$BGJOB_HOME/bgjob.db" "$1"
}

# newest COLUMNS: columns of the message that was queued last
newest()
{
	query "SELECT $1 FROM delivery ORDER BY id DESC LIMIT 1"
}

newest_is()
{
	[ "$(newest "$1")" = "$2" ]
}

# again: makes messages that were tried due now, whatever their pause
again()
{
	query "UPDATE delivery SET not_before = 0; UPDATE receiver SET not_before = 0"
}

# records N FILE: whether the file has so many lines, for wait_for
records()
{
	[ "$(wc -l <"$2")" -eq "$1" ]
}

usage()
{
	err 'an unknown option' 2 'unknown option' bgjob-notify --nonsense
	for target in '' tty: telegram: telegram:x telegram:1/ http://a/ https:// mailto:a exec: ttyS0 \
		"https://a/$(head -c 3000 /dev/zero | tr '\0' x)"; do
		err "no target: $(echo "$target" | head -c 20)" 2 'not a target' bgjob-notify "$target"
	done
	for command in bgjob-notify 'bgjob-submit --notify' 'bgjob-task add x --every 1h -c true --notify' \
		'bgjob-chat --user ann --notify' 'bgjob-mcp --notify'; do
		# shellcheck disable=SC2086
		err "the same words: $command" 2 '^[a-z-]+: (--notify: )?not a target \(telegram:CHAT\[/THREAD], https://\.\.\., mailto:ADDRESS, exec:PROGRAM, tty\): telegram:x$' \
			$command telegram:x
	done
	err 'two targets' 2 'only one TARGET' bgjob-notify tty tty
	err 'a title for nobody' 2 'need a TARGET' bgjob-notify --title x
	err 'a drain and a target' 2 '--drain and --linger cannot be combined' bgjob-notify --drain tty
	err 'a bad duration' 2 'linger: not a duration' bgjob-notify --linger soon
	err 'a bad process' 2 'pid: ' bgjob-notify --pid x
	err 'no such process' 2 'pid: no process 4194305' bgjob-notify --pid 4194305
	err 'no such process, with a target' 2 'pid: no process' bgjob-notify --pid 4194305 tty
	like 'help' 0 '--drain' bgjob-notify --help
	head -c 48000000 /dev/zero >large
	err 'a text that is too large' 2 'longer than 45 MiB' sh -c 'bgjob-notify tty <large'
	is 'no store, nothing to deliver' 0 '' bgjob-notify --drain
}

terminals()
{
	is 'a text is queued' 0 '' sh -c 'echo hello | bgjob-notify tty'
	is 'and waits' 0 'pending tty' newest "status || ' ' || target"
	err 'stdout that is full' 3 'cannot write stdout' sh -c 'bgjob-notify --drain >/dev/full'
	is 'it stays' 0 pending newest status
	err 'stdout that is closed' 3 'cannot write stdout' sh -c 'bgjob-notify --drain >&-'
	is 'a drain prints it' 0 hello bgjob-notify --drain
	is 'and no second time' 0 '' bgjob-notify --drain
	printf 'A\033[31mB\001C\377\342\200\256D' | bgjob-notify --title "$(printf 'one\ntwo\033c')" tty
	is 'nothing in it drives the terminal' 0 "one two
ABC�D" bgjob-notify --drain
	id=$(bgjob-submit --notify tty -l 'the sum' -c 'expr 20 + 22') && bgjob-run --drain
	like 'a final' 0 "^✅ the sum #$id · done in " bgjob-notify --drain
	id=$(bgjob-submit --notify tty -c 'echo no >&2; exit 2') && bgjob-run --drain
	like 'a pipeline: which jobs have a message to come' 0 "^$id	failed" sh -c \
		'bgjob-status -s failed | grep "exit 2"'
	like 'a failure' 0 '^no$' bgjob-notify --drain

	# run it on a terminal of its own
	cat >on-terminal <<'END'
bgjob-submit --notify tty -l here -- true >id
echo note | bgjob-notify tty
while [ ! -e done ]; do sleep 0.05; done
END
	script -qfec 'sh on-terminal' typescript >/dev/null &
	session=$!
	wait_for 20 newest_is kind note
	like 'tty is the terminal it was said on' 0 '^tty:/dev/pts/[0-9]+$' newest target
	start_notifier
	wait_for 20 newest_is status sent
	like 'it comes there' 0 '^note' sh -c 'tr -d "\r" <typescript'
	bgjob-run --drain
	wait_for 20 newest_is "kind || status" finalsent
	like 'so does the end of the job' 0 '^✅ here #[0-9]* · done' sh -c 'tr -d "\r" <typescript'
	touch 'done'
	wait $session
	stop_notifier TERM
}

programs()
{
	mkdir -p 'a folder'
	cat >'a folder/receive' <<'END'
#!/bin/sh
env | grep -aE '^(BGJOB_|SECRET_KEY)' | grep -v BGJOB_AUTORUN | LC_ALL=C sort >>got
cat >>got
END
	chmod +x 'a folder/receive'
	bgjob-submit -l 'a "label"' --notify 'exec:./a folder/receive' -c 'echo result' >id
	is 'a relative program is kept as a whole path' 0 "exec:$T/./a folder/receive" \
		query 'SELECT target FROM notify ORDER BY job_id DESC LIMIT 1'
	bgjob-run --drain
	SECRET_KEY=x BGJOB_WEBHOOK_SECRET=x BGJOB_SMTP_URL=smtp://u:x@h BGJOB_ID=77 bgjob-notify --drain
	is 'it is told what happened, and no secret' 0 "BGJOB_EVENT=done
BGJOB_HOME=$BGJOB_HOME
BGJOB_ID=$(cat id)
BGJOB_LABEL=a \"label\"
BGJOB_STATUS=done" grep -a '=' got
	like 'the message is on its stdin' 0 '^✅ a "label" #[0-9]* · done' cat got
	is 'the result, too' 0 result tail -n 1 got
	rm got
	echo text | bgjob-notify --title Title "exec:$T/a folder/receive"
	bgjob-notify --drain
	is 'a text' 0 "BGJOB_EVENT=message
BGJOB_HOME=$BGJOB_HOME
Title
text" cat got

	cat >fails <<'END'
#!/bin/sh
echo try >>tries
exit 7
END
	chmod +x fails
	echo text | bgjob-notify "exec:$T/fails"
	is 'one that fails: later' 1 '' bgjob-notify --drain
	is 'with the reason' 0 'pending 1 it exited with 7' newest "status || ' ' || tries || ' ' || error"
	ok 'after a pause' [ "$(newest 'not_before > sent_at')" -eq 1 ]
	for tries in $(seq 2 19); do
		again
		bgjob-notify --drain || [ "$tries" -le 19 ]
	done
	is 'nineteen times' 0 'pending 19' newest "status || ' ' || tries"
	again
	ok 'the drain has nothing left after the twentieth' bgjob-notify --drain
	is 'dead then' 0 'dead given up: it exited with 7' newest "status || ' ' || error"
	is 'tried twenty times' 0 20 sh -c 'wc -l <tries'
	echo text | bgjob-notify exec:/nonexistent/program
	not_ok 'no such program' bgjob-notify --drain
	is 'the reason' 0 'pending cannot run it: No such file or directory' newest "status || ' ' || error"
	query "DELETE FROM delivery WHERE status = 'pending'"
	echo text | bgjob-notify exec:true
	ok 'one that reads nothing, found in PATH' bgjob-notify --drain
	is 'is enough' 0 sent newest status
}

webhooks()
{
	BGJOB_WEBHOOK_SECRET='a secret word'
	export BGJOB_WEBHOOK_SECRET
	: >script
	"$TESTS/fakes/webhook" --secret "$BGJOB_WEBHOOK_SECRET" --tls tls --script script --record webhooks \
		>webhook.port 2>webhook.err &
	mkdir -p tls
	wait_for 30 test -s webhook.port || fail 'the fake webhook is there'
	hook=https://localhost:$(cat webhook.port)
	BGJOB_CA_FILE=$T/tls/cert.pem
	export BGJOB_CA_FILE

	id=$(bgjob-submit -l 'a label' -u ann -t report --notify "$hook/a?b=c" -c 'printf "a\\001\\377b\n"') && bgjob-run --drain
	err 'a private address is refused' 0 'dead: The address is not a public one' bgjob-notify --drain
	is 'nothing was sent there' 0 0 sh -c 'wc -l <webhooks'
	BGJOB_WEBHOOK_ALLOW=example.org,localhost
	export BGJOB_WEBHOOK_ALLOW
	query "UPDATE delivery SET status = 'pending' WHERE job_id = $id"
	is 'but if it is allowed by name' 0 '' bgjob-notify --drain
	is 'any 2xx is enough' 0 sent newest status
	is 'the request' 0 '["POST","/a?b=c","good","done"]' \
		jq -c '[.method, .path, .signature, .headers["X-Bgjob-Event"]]' webhooks
	is 'the event' 0 "{\"event\":\"done\",\"id\":$id,\"type\":\"report\",\"label\":\"a label\",\"user\":\"ann\",\"status\":\"done\",\"reason\":null,\"result\":\"a\\u0001�b\\n\",\"result_bytes\":5}" \
		jq -c '.json | del(.times, .delivery)' webhooks
	is 'its number is in the header' 0 true \
		jq '(.json.delivery | tostring) == .headers["X-Bgjob-Delivery"]' webhooks
	like 'times' 0 '^completed_at,created_at,started_at$' jq -r '.json.times | keys | join(",")' webhooks

	# the receiver's answers, one for each request from the second on
	printf '200\n500\n429 2\n204\nredirect %s/elsewhere\n404\ncut\n200\n' "$hook" >script
	echo one | bgjob-notify --title T "$hook"
	not_ok '500: later' bgjob-notify --drain
	again
	not_ok '429: later' bgjob-notify --drain
	is '429: when it was asked for' 0 1 newest 'not_before - sent_at >= 2000'
	again
	ok '204: taken' bgjob-notify --drain
	is 'three tries' 0 'sent 3' newest "status || ' ' || tries"
	is 'a text as an event' 0 '["message","T","one\n"]' jq -c '[.json.event, .json.title, .json.text]' \
		<<END
$(tail -n 1 webhooks)
END
	echo two | bgjob-notify "$hook"
	bgjob-notify --drain 2>/dev/null
	is 'a redirect is not followed' 0 'dead HTTP status 307, which is not followed' newest "status || ' ' || error"
	echo three | bgjob-notify "$hook"
	bgjob-notify --drain 2>/dev/null
	is '404: dead' 0 'dead HTTP status 404' newest "status || ' ' || error"
	echo four | bgjob-notify "$hook"
	not_ok 'a cut connection: later' bgjob-notify --drain
	is 'a cut connection: in doubt' 0 'uncertain 1' newest "status || ' ' || doubtful"
	again
	ok 'taken the second time' bgjob-notify --drain
	is 'all were signed' 0 good sh -c 'jq -r .signature webhooks | sort -u'
	is 'one event has one number' 0 1 sh -c "tail -n 2 webhooks | jq .json.delivery | sort -u | wc -l"
	unset BGJOB_WEBHOOK_SECRET
	echo five | bgjob-notify "$hook"
	bgjob-notify --drain 2>/dev/null
	is 'without the secret: no signature' 0 missing sh -c 'tail -n 1 webhooks | jq -r .signature'
}

mails()
{
	: >answers
	"$TESTS/fakes/smtp" --user bot --password 'pass word' --script answers --record mails >smtp.port 2>smtp.err &
	wait_for 30 test -s smtp.port || fail 'the fake mail server is there'
	id=$(bgjob-submit -l 'größer' --notify mailto:ann@example.org -c 'echo äöü; exit 1') && bgjob-run --drain
	err 'nothing is set up: later' 1 'mailto:ann@example.org: BGJOB_SMTP_URL is not set' bgjob-notify --drain
	is 'with the reason' 0 'pending BGJOB_SMTP_URL is not set' newest "status || ' ' || error"
	BGJOB_SMTP_URL=smtp://127.0.0.1:$(cat smtp.port) BGJOB_SMTP_FROM=bgjob@example.org
	BGJOB_SMTP_USER=bot BGJOB_SMTP_PASSWORD=wrong
	export BGJOB_SMTP_URL BGJOB_SMTP_FROM BGJOB_SMTP_USER BGJOB_SMTP_PASSWORD
	err 'a wrong password: later' 1 'mailto:ann@example.org: ' bgjob-notify --drain
	is 'it stays' 0 pending newest status
	BGJOB_SMTP_PASSWORD='pass word'
	ok 'the right one' bgjob-notify --drain
	is 'a mail' 0 '["bgjob@example.org",["ann@example.org"]]' jq -c '[.from, .to]' mails
	is 'its subject' 0 "❌ Sorry, the größer failed — check /logs $id" jq -r .subject mails
	like 'its text' 0 '^äöü$' sh -c 'jq -r .body mails | tr -d "\r"'
	printf '250\n451 later\n554 never\ncut_after\n' >answers
	echo two | bgjob-notify --title "$(printf 'a\nBcc: x@y')" mailto:ann@example.org
	not_ok '4xx: later' bgjob-notify --drain
	again
	err '5xx: dead' 0 'is dead: 554 never' bgjob-notify --drain
	is 'a title makes no header' 0 'a Bcc: x@y' sh -c 'tail -n 1 mails | jq -r .subject'
	echo three | bgjob-notify mailto:ann@example.org
	not_ok 'cut behind the text: in doubt' bgjob-notify --drain
	again
	ok 'sent again' bgjob-notify --drain
	is 'and marked' 0 '(may be a duplicate)' sh -c 'tail -n 1 mails | jq -r .body | tr -d "\r" | head -n 1'
}

processes()
{
	sleep 1000 &
	other=$!
	bgjob-notify --pid $other tty || fail 'a process can be watched'
	bgjob-notify --pid $other &
	waiting=$!
	is 'while it runs' 0 '' bgjob-notify --drain
	start_notifier
	kill $other
	wait $other 2>/dev/null
	ok 'who waits for it leaves' wait $waiting
	wait_for 20 newest_is title "Process $other has ended"
	stop_notifier TERM
	like 'its end is a message' 0 "^Process $other has ended" bgjob-notify --drain
	sleep 1000 &
	other=$!
	bgjob-notify --pid $other tty
	kill $other
	wait $other 2>/dev/null
	like 'also if nobody looked' 0 '^sleep 1000$' bgjob-notify --drain
	is 'once' 0 '' bgjob-notify --drain
}

# switches: how often the notifier was woken
switches()
{
	awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$notifier/status"
}

idle()
{
	bgjob-submit --in 1h --notify tty -- true >id
	start_notifier
	echo woken | bgjob-notify exec:true
	wait_for 20 newest_is status sent
	# it settles: the same twice in a row
	before=none
	until now=$(switches) && [ "$now" = "$before" ]; do
		before=$now
		sleep 0.2
	done
	sleep 3
	is 'with nothing to do it sleeps' 0 "$before" switches
	stop_notifier TERM
	bgjob-cancel "$(cat id)" >/dev/null
	bgjob-notify --drain >/dev/null
}

# the store's disk fails at the Nth write and all later ones
disk()
{
	for at in 1 2 3 5 8; do
		echo "text $at" | bgjob-notify "exec:$T/count"
		rm -f fault
		ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 LD_PRELOAD="$fakes/disk_fault.so" \
			FAULT_UNDER="$BGJOB_HOME" FAULT_AT=$at \
			FAULT_ONWARDS=1 FAULT_LOG="$T/fault" bgjob-notify --drain 2>>disk.err
		status=$?
		if [ -e fault ]; then
			ok "a disk that fails at write $at: exit 3" [ $status -eq 3 ]
		else
			ok "no write $at" [ $status -eq 0 ]
		fi
	done
	ok 'when it works again all is delivered' bgjob-notify --drain
	for at in 1 2 3 5 8; do
		ok "text $at has come" [ "$(grep -cx "text $at" counted)" -ge 1 ]
	done
	is 'none is left' 0 '' query "SELECT * FROM delivery WHERE status NOT IN ('sent', 'dead', 'dropped')"
	is 'the store is whole' 0 '' bgjob-recover --check
}

cat >count <<'END'
#!/bin/sh
cat >>counted
END
chmod +x count

usage
terminals
programs
webhooks
mails
processes
idle
disk
finish
