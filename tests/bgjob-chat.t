#!/bin/sh
# bgjob-chat: commands and texts, who is allowed, where answers are sent, and each message once
. "$(dirname "$0")/tap.sh"
. "$TESTS/tg.sh"
owner=$(id -un)
unset SLOW
mkdir -p config/bgjob/workflows
flows=config/bgjob/workflows

# flow NAME DETACH BODY
flow()
{
	printf '#!/bin/sh\n# title: the %s title\n# detach: %s\n%s\n' "$1" "$2" "$3" >"$flows/$1"
	chmod 755 "$flows/$1"
}

# say TEXT: as the owner, answer on stdout; as U TEXT: as another user
say()
{
	printf '%s\n' "$1" | bgjob-chat
}

as()
{
	printf '%s\n' "$2" | bgjob-chat --user "$1"
}

sql()
{
	sqlite3 -cmd '.timeout 20000' "$BGJOB_HOME/bgjob.db" "$1"
}

# comes FIELD=VALUE...: stores an update as bgjob-updates does and prints its inbox id: user text chat type
# thread callback name; the words edited, sender_chat, bot, channel
cat >"$T/comes.py" <<'END'
import json, os, sqlite3, sys
f = {"user": "7", "type": "private", "name": "Ann"}
words = set()
for a in sys.argv[1:]:
    if "=" in a:
        k, v = a.split("=", 1)
        f[k] = v
    else:
        words.add(a)
chat = {"id": int(f.get("chat", f["user"])), "type": f["type"]}
db = sqlite3.connect(os.environ["BGJOB_HOME"] + "/bgjob.db", timeout=20)
n = db.execute("SELECT coalesce(max(source_id), 0) + 1 FROM inbox").fetchone()[0]
sender = {"id": int(f["user"]), "is_bot": "bot" in words, "first_name": f["name"]}
m = {"message_id": n, "date": 1700000000, "chat": chat, "from": sender}
target = "telegram:%d" % chat["id"]
if "text" in f:
    m["text"] = f["text"]
if "thread" in f:
    m.update(is_topic_message=True, message_thread_id=int(f["thread"]))
    target += "/" + f["thread"]
if "sender_chat" in words:
    m["sender_chat"] = chat
kind = "edited_message" if "edited" in words else "channel_post" if "channel" in words else "message"
user = "" if "sender_chat" in words else f["user"]
u = {"update_id": n, kind: m}
if "callback" in f:
    u = {"update_id": n, "callback_query": {"id": "cb%d" % n, "from": sender, "message": m,
         "data": f["callback"], "chat_instance": "1"}}
db.execute("INSERT INTO inbox (source, source_id, user_id, chat, body, received_at, offered_at)"
           " VALUES ('telegram:1', ?, ?, ?, ?, 1, 1)", (n, user, target, f.get("body") or json.dumps(u)))
db.commit()
print(db.execute("SELECT max(id) FROM inbox").fetchone()[0])
END
comes()
{
	/usr/bin/python3 -B "$T/comes.py" "$@"
}

# told FIELD=VALUE...: handles such a message and prints what is queued for it: kind, target, text
told()
{
	before=$(sql 'SELECT coalesce(max(id), 0) FROM delivery')
	bgjob-chat --inbox "$(comes "$@")" 2>>"$T/chat.err"
	sql "SELECT kind || ' ' || target || ' ' || text FROM delivery WHERE id > $before ORDER BY id"
}

usage()
{
	err 'an unknown option' 2 'unknown option' bgjob-chat --nonsense
	err 'an operand' 2 'takes no operands: x' bgjob-chat x
	err 'two ways at once' 2 'only one of' bgjob-chat --pair --commands
	err 'no number of a message' 2 '--inbox: ' bgjob-chat --inbox x
	err 'no store' 2 'no message 1' bgjob-chat --inbox 1
	not_ok 'that makes none' test -e store
	err 'an empty user' 2 '--user: empty' as '' /jobs
	err 'a target without a user' 2 '--notify needs' bgjob-chat --notify tty
	err 'no target' 2 'not a target' bgjob-chat --user ann --notify nowhere
	err 'an operator without a pairing' 2 '--operator needs' bgjob-chat --operator
	like 'help shows the form without options' 0 '^usage: bgjob-chat$' bgjob-chat --help
	err 'nothing is said' 2 'no text on stdin' bgjob-chat
	err 'only blanks are said' 2 'no text on stdin' say '   '
	head -c 1100000 /dev/zero | tr '\0' x >long
	err 'too much is said' 2 'longer than 1 MiB' sh -c 'bgjob-chat <long'
	err 'stdout full' 3 'cannot write: No space' sh -c 'echo /help | bgjob-chat >/dev/full'
	err 'no place for the store' 2 'set BGJOB_HOME or HOME' env -u BGJOB_HOME -u HOME sh -c 'echo /jobs | bgjob-chat'
}

commands()
{
	like 'no jobs yet' 1 '^No jobs\.$' say /jobs
	like 'help has every command' 0 '^/cancel ID — ' say /help
	bgjob-chat --commands | cut -f 1 | sed 's,^,/,' >names
	say /help | grep -o '^/[a-z]*' >helped
	ok 'as many as the table' cmp names helped
	is 'a typo' 1 'Unknown command /jbos. Did you mean /jobs?' say /jbos
	is 'a workflow, nearly' 1 'Unknown command /bord. Did you mean /board?' say /bord
	is 'nothing like it' 1 'Unknown command /xyzzyzz. /help lists them.' say /xyzzyzz
	is 'upper case and a bot'"'"'s name' 1 'No job 99. /jobs lists them.' say '/JOB@some_bot 99'
	is 'an id with #' 1 'No job 99. /jobs lists them.' say '#99'
	is 'no id' 1 'Which job? Add its number. /jobs lists them.' say /job
	is 'not an id' 1 '-1 is not a job number. /jobs lists them.' say '/job -1'
	is 'an id too large' 1 '99999999999999999999 is not a job number. /jobs lists them.' \
		say '/job 99999999999999999999'
	is 'no such state' 1 '/jobs queued, running, done, failed, cancelled or all.' say '/jobs sleeping'
	like 'free text that means nothing' 1 '^I can run .*/board' say 'foo bar'
	is 'an intent' 0 '/jobs failed' sh -c 'echo show my failed jobs | bgjob-chat --classify'
	is 'none' 1 '' sh -c 'echo foo bar | bgjob-chat --classify'
	like 'an intent is a command' 1 '^No failed jobs' say 'show my failed jobs'
	like 'workflows are listed' 0 '^/board — the board title$' say /workflows
	ok 'one that others may write' chmod 777 "$flows/open"
	like 'is not run, the operator is told why' 1 '^open cannot be run right now\. .*may be written by others' say /open
	is 'another is not' 1 'open cannot be run right now.' as ann /open
	not_ok 'nor is it listed for them' sh -c 'echo /workflows | bgjob-chat --user ann | grep -w open'
}

lists()
{
	bgjob-run --drain
	id=$(bgjob-submit -t board -i - -- true <<-END
		should we?
	END
	)
	like 'a queued job' 0 "^#$id board 🕒 queued \"should we\\?\"\$" say /jobs
	bgjob-run --drain
	id=$(bgjob-submit -t board -c 'printf "The board identified three key risks, of which\n the second \033[31mone\033[0m is \"the\" worst of all"')
	bgjob-run --drain
	like 'a done one' 0 "^#$id board ✅ done Started: [0-2][0-9]:[0-5][0-9] \"The board identified three key risks, of which the second on\\.\\.\\.\"\$" say /jobs
	id=$(bgjob-submit -l nightly -c 'echo broken >&2; exit 3')
	bgjob-run --drain
	like 'a failed one, by its label' 0 "^#$id nightly ❌ failed: exit 3 Started: [0-9:]*\$" say /jobs
	is 'the status bar shows it' 0 '1 failed' bgjob-status --line
	like 'its log' 0 '^broken$' say "/logs $id"
	is 'it was looked at' 0 '' bgjob-status --line
	like 'only done ones' 0 '^#2 board ✅ done' say '/jobs done'
	not_ok 'no others' grep -q failed .tap/out
	held=$(bgjob-submit --in 1h -- true)
	like 'one that is not due' 0 "^#$held shell ⏸ queued\$" say /jobs
	i=0
	while [ $i -lt 12 ]; do
		bgjob-submit --in 1h -l "n$i" -- true >/dev/null
		i=$((i + 1))
	done
	is 'ten at most' 0 10 sh -c 'echo /jobs | bgjob-chat | wc -l'
	like 'tasks: running' 0 '^#[0-9]* n11 · Queued just now$' say /tasks
	like 'tasks: completed' 0 '^#2 board · Completed just now$' say /tasks
	like 'tasks: failed' 0 "^#$id nightly · Failed just now: exit 3\$" say /tasks
	is 'three sections' 0 'Running
Completed
Failed' sh -c "echo /tasks | bgjob-chat | grep -E '^(Running|Completed|Failed)\$'"
	sql "UPDATE job SET completed_at = completed_at - 130000 WHERE id = $id"
	like 'two minutes later' 0 "^#$id nightly · Failed 2 min ago: exit 3\$" say /tasks
	is 'cancel two and one that is not there' 1 "Cancelled #$held.
No job 999. /jobs lists them." say "/cancel #$held 999"
	is 'cancel it again' 1 "#$held has already ended: cancelled." say "/cancel $held"
	is 'it says who' 0 "cancelled by $owner" field "$held" Reason
	is 'cancel nothing' 1 'Which job? Send /cancel ID. /tasks shows what is running.' say /cancel
	bgjob-status -s queued | bgjob-cancel - >/dev/null
	cat >table.md <<-'END'
		## The **new** plan

		| what | `code` |
		|:---|---:|
		| #1 | a-b  --x |
	END
	bgjob-submit -t board -c 'cat table.md' >/dev/null
	bgjob-submit -c 'echo "|---|"' >/dev/null
	bgjob-run --drain
	like 'plain words of Markdown' 0 '^#[0-9]* board ✅ done Started: [0-9:]* "The new plan what code #1 a-b --x"$' say /jobs
	like 'marks alone are nothing' 0 '^#[0-9]* shell ✅ done Started: [0-9:]*$' say /jobs
}

# ---- workflows ----

workflows()
{
	flow board auto 'read -r x; echo "said: $x, $# arguments"; [ "$x" != fail ] || { echo oops >&2; exit 3; }'
	flow morning_briefing always 'echo good morning'
	flow direct never 'cat'
	flow late auto 'sleep 600'
	start_pool -j 2
	is 'auto: the result, if it is there in time' 0 'said: --help; $(touch pwned), 0 arguments' \
		say '/board --help; $(touch pwned)'
	is 'a failure is told in brief, with its reason' 1 "Sorry, the the board title failed — check /logs $(($(last) + 1))
#$(($(last) + 1)) · exit 3 after TIME
oops
said: fail, 0 arguments" sh -c 'echo "/board fail" | bgjob-chat >said; code=$?; sed "s/after .*/after TIME/" said; exit $code'
	like 'never: waits for it' 0 '^a long text$' say '/direct a long text'
	is 'always: at once' 0 "Started — I'll message you when done 🔄 #$(($(last) + 1))" say '/morning_briefing x'
	is '#NAME' 0 'Started workflow: morning_briefing' sh -c 'echo "#morning_briefing" | bgjob-chat | head -n 1'
	is '#NAME with - for _' 0 'Started workflow: morning-briefing' sh -c 'echo "#morning-briefing" | bgjob-chat | head -n 1'
	is '/run' 0 'said: by name, 0 arguments' say '/run board by name'
	is '/run, no name' 1 'Run what? Send /run NAME TEXT. /workflows lists the names.' say '/run'
	is '/run ../x' 1 'No workflow ../x. /workflows lists them.' say '/run ../x'
	is '#nothing' 1 'No workflow nothing. /workflows lists them.' say '#nothing'
	is 'auto, not in time' 0 "Started — I'll message you when done 🔄 #$(($(last) + 1))" \
		env BGJOB_SOFT_DEADLINE=100ms sh -c 'echo /late | bgjob-chat'
	is 'it goes on' 0 "Cancelling #$(last)." say "/cancel $(last)"
	bgjob-wait --within 20s "$(last)" >/dev/null 2>&1
	is 'and is cancelled' 0 cancelled field "$(last)" Status
	is 'its job is named so' 0 late field "$(last)" Type
	is 'and labelled' 0 'the late title' field "$(last)" Label
	is 'and theirs' 0 "$owner" field "$(last)" User
	is 'it runs at home' 0 "$T" field "$(last)" Directory
	like '/result, the whole of it' 0 '^a long text$' say "/result $(sql "SELECT max(id) FROM job WHERE type = 'direct'")"
	is '/retry' 0 "Started — I'll message you when done 🔄 #$(($(last) + 1))" say "/retry $(sql "SELECT max(id) FROM job WHERE type = 'direct'")"
	bgjob-wait --within 20s "$(last)"
	is 'does it again, with the same input' 0 'a long text' bgjob-output "$(last)"
	head -c 3000000 /dev/zero | tr '\0' y >big
	big=$(bgjob-submit -i big -- cat)
	bgjob-wait --within 20s "$big"
	is 'a large result: 1 MiB, and how to get all' 0 1048577 sh -c "echo /result $big | bgjob-chat | head -n 1 | wc -c"
	like 'of so many' 0 "^… 1951424 bytes more: bgjob-output $big shows all of it\\.\$" say "/result $big"
	say "/retry $big" >said
	bgjob-wait --within 20s "$(last)"
	same '/retry with a large input' big bgjob-output "$(last)"
	mkfifo gate
	id=$(bgjob-submit -l slow -c 'echo so far; echo log >&2; read x <gate')
	ok 'a running job writes' wait_for 20 sh -c "bgjob-output $id | grep -q far && bgjob-output -e $id | grep -q log"
	like 'what it wrote so far' 0 '^so far$' say "/result $id"
	like 'its log so far' 0 '^log$' say "/logs $id"
	is 'it is not tried again' 1 "#$id has not ended yet." say "/retry $id"
	like 'the status bar and the runner' 0 '^1 running' say /status
	like 'the runner' 0 '^The runner is up' say /status
	put x gate
	bgjob-wait --within 20s "$id"
	like '/result without a number: the latest' 0 '^so far$' say /result
	stop_pool TERM
	like 'no runner: it says so' 0 "^#[0-9]* waits: no runner is alive" say '/board x'
	bgjob-status -s queued | bgjob-cancel - >/dev/null
}

last()
{
	sql 'SELECT max(id) FROM job'
}

# ---- hostile text ----

hostile()
{
	evil=$(printf 'a\033[2J\302\233b\342\200\256c\377\001')
	is 'an unknown command is cleaned' 1 'Unknown command /ac�. /help lists them.' say "/$evil"
	id=$(bgjob-submit -l "$evil" -u "$evil" -c 'printf "out\033]0;x\007put\nsecond\r\n\tt\"<b>*"')
	bgjob-run --drain
	is 'a result' 0 'output
second
	t"<b>*' say "/result $id"
	like 'a label' 0 "^#$id a" say /jobs
	say /jobs >said
	say "/job $id" >>said
	say "/tasks" >>said
	not_ok 'no control bytes anywhere' grep -aqP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80\xae' said
	ok 'and valid UTF-8' iconv -f UTF-8 -t UTF-8 said -o /dev/null
	flow direct never 'cat'
	start_pool -j 2
	head -c 1000000 /dev/zero | tr '\0' x >long
	{ printf '/direct '; cat long; } >said
	is 'a megabyte without a blank comes back' 0 1000001 sh -c 'bgjob-chat <said | wc -c'
	is 'as user with a quote' 0 "it's" as "o'neil" "/direct it's"
	is 'job of it' 0 "o'neil" field "$(last)" User
	printf '/direct a\0b' >said
	is 'a NUL is a blank' 0 'a b' sh -c 'bgjob-chat <said'
	like '5000 emoji' 0 '^😀*$' say "/direct $(/usr/bin/python3 -c 'print("😀" * 5000)')"
	stop_pool TERM
}

# ---- who may ----

access()
{
	is 'a stranger' 0 'reply telegram:7 Sorry, this is a private assistant.' told text=/jobs
	is 'again: silence' 0 '' told text=/jobs
	is 'a line in the log, once' 0 1 grep -c 'Telegram user 7 is not allowed' chat.err
	export BGJOB_TELEGRAM_ALLOW='1, 7,77' BGJOB_OPERATORS=5,carla
	is 'allowed' 0 'reply telegram:7 No jobs.' told text=/jobs
	is 'with a thread' 0 'reply telegram:7/3 No jobs.' told text=/jobs thread=3
	is 'another whose number begins so' 0 'reply telegram:70 Sorry, this is a private assistant.' told user=70 text=/jobs
	is 'an edited message' 0 '' told text=/jobs edited
	is 'a channel' 0 '' told text=/jobs channel type=channel chat=-1009
	is 'a bot' 0 '' told text=/jobs bot
	is 'in the name of a chat' 0 '' told text=/jobs sender_chat type=supergroup chat=-100
	is 'no text' 0 'reply telegram:7 I can read text only.' told
	is 'in a group that is not listed' 0 '' told text=/jobs type=group chat=-5
	is 'a line in the log' 0 1 grep -c 'Telegram group -5 is not in' chat.err
	export BGJOB_TELEGRAM_GROUPS=-5,-100 BGJOB_TELEGRAM_BOT=@our_bot
	is 'in one that is' 0 'reply telegram:-5 No jobs.' told text=/jobs type=group chat=-5
	is 'with our name' 0 'reply telegram:-5 No jobs.' told text=/jobs@Our_Bot type=group chat=-5
	is 'with the name of another' 0 '' told text=/jobs@other_bot type=group chat=-5
	is 'an unknown command there' 0 '' told text=/other type=group chat=-5
	is 'talk of others' 0 '' told text='show my jobs' type=group chat=-5
	is 'a hash tag' 0 '' told text='#happy days' type=group chat=-5
	is 'what is kept about one is not told there' 0 \
		'reply telegram:-5 What is remembered about you is private: ask me in a private chat.' \
		told text=/memory type=group chat=-5
	flow diary auto '# private: yes
cat'
	is 'nor what looks into that' 0 'reply telegram:-5 diary reads your private data: start it in a private chat.' \
		told text=/diary type=group chat=-5
	rm "$flows/diary"
	is 'a stranger there' 0 '' told user=8 text=/jobs type=group chat=-5
	is 'a private chat of another' 0 '' told text=/jobs chat=8
	is 'a button' 0 "callback telegram:7 cb$(($(sql 'SELECT max(source_id) FROM inbox') + 1))
reply telegram:7 No jobs." told callback=/jobs
	is 'a button pressed by a stranger' 0 '' told callback=/jobs user=9 chat=-5 type=group
	is 'not even a message of theirs' 0 0 sql "SELECT count(*) FROM user WHERE id = '9' AND seen_at IS NOT NULL"
	is 'activity is noted' 0 1 sql "SELECT count(*) FROM user WHERE id = '7' AND seen_at > 0 AND name = 'Ann'"
	mine=$(bgjob-submit -u 7 -l mine --in 1h -- true)
	other=$(bgjob-submit -u 77 -l other --in 1h -- true)
	nobody=$(bgjob-submit -l nobody --in 1h -- true)
	is 'one sees their own' 0 "reply telegram:7 #$mine mine ⏸ queued" told text=/jobs
	for n in "$other" "$nobody"; do
		for c in job result logs cancel retry; do
			is "not /$c of another" 0 "reply telegram:7 No job $n. /jobs lists them." told text="/$c $n"
		done
	done
	is 'nor by a button' 0 "reply telegram:7 No job $other. /jobs lists them." \
		sh -c "$(told callback="/cancel $other" >said; echo 'tail -n 1 said')"
	is 'it is not cancelled' 0 queued field "$other" Status
	not_ok 'nor in the tasks' sh -c "grep -q other said"
	told text="/job $mine" >said
	not_ok 'no command and no folder' grep -qE 'Command|Directory|true' said
	is 'an operator sees all' 0 4 sh -c "echo /jobs | bgjob-chat --user 5 | wc -l"
	told user=5 text=/jobs >said
	is 'also on Telegram' 0 4 grep -c '#' said
	is 'and by name here' 0 4 sh -c "echo /jobs | bgjob-chat --user carla | wc -l"
	told user=5 text="/job $other" >said
	ok 'with its command' grep -q '^Command: true' said
	is 'they may cancel it' 0 "reply telegram:5 Cancelled #$other." told user=5 text="/cancel $other"
	is 'it says who' 0 'cancelled by user 5' field "$other" Reason
	is 'one cancels their own' 0 "reply telegram:7 Cancelled #$mine." told text="/cancel $mine"
	is 'a local user sees nothing of others' 1 'No jobs.' as ann /jobs
	bgjob-status -s queued | bgjob-cancel - >/dev/null
}

pairing()
{
	code=$(bgjob-chat --pair 2>said)
	is 'a code' 0 "$code" sh -c "echo $code | grep -xE '[A-Z0-9]{8}'"
	is 'how to say it' 0 "Send this to the bot within 10 minutes: /pair $code" cat said
	is 'a stranger with a wrong one' 0 'reply telegram:21 Sorry, this is a private assistant.' told user=21 text='/pair AAAAAAAA'
	is 'in a group' 0 '' told user=21 text="/pair $code" type=group chat=-5
	is 'with the right one, in small letters' 0 'reply telegram:21 Welcome. /help shows what you can do.' \
		told user=21 text="/start $(echo "$code" | tr "[:upper:]" "[:lower:]")"
	is 'is known' 0 user sql "SELECT role FROM user WHERE id = '21'"
	is 'it is used up' 0 'reply telegram:22 Sorry, this is a private assistant.' told user=22 text="/pair $code"
	code=$(bgjob-chat --pair --operator 2>said)
	for n in 1 2 3 4 5; do
		told user=23 text="/pair ACDEFGH$n" >/dev/null
		told user=23 text='/pair ACDEFGHJ' >/dev/null
	done
	is 'after five wrong ones none is looked at' 0 '' told user=23 text="/pair $code"
	is 'a user becomes an operator' 0 'reply telegram:21 You are now paired. /help shows what you can do.' \
		told user=21 text="/pair $code"
	is 'is one' 0 operator sql "SELECT role FROM user WHERE id = '21'"
	is 'and stays one' 0 'reply telegram:21 You are already an operator here.' told user=21 text="/pair $code"
	code=$(bgjob-chat --pair 2>said)
	sql 'UPDATE pairing SET expires_at = 1'
	is 'an old one' 0 'reply telegram:24 Sorry, this is a private assistant.' told user=24 text="/pair $code"
}

# ---- jobs from Telegram ----

from_telegram()
{
	flow board auto 'cat'
	flow morning_briefing always 'echo good morning'
	flow direct never 'cat'
	is 'always: acknowledged' 0 "ack telegram:7 Started — I'll message you when done 🔄 #$(($(last) + 1))" \
		told text='/morning_briefing x'
	is 'due at once' 0 0 sql 'SELECT not_before FROM delivery ORDER BY id DESC LIMIT 1'
	is 'with buttons' 0 "Cancel	/cancel $(last)
Status	/job $(last)" sql 'SELECT rtrim(buttons, char(10)) FROM delivery ORDER BY id DESC LIMIT 1'
	is 'the end is told there' 0 telegram:7 field "$(last)" Notify
	is '#NAME' 0 "ack telegram:7 Started workflow: morning_briefing
#$(($(last) + 1)) — I'll message you when done 🔄" told text='#morning_briefing'
	is 'auto: an ack for later' 0 "ack telegram:7 Started — I'll message you when done 🔄 #$(($(last) + 1))" told text='/board x'
	is 'in eight seconds' 0 8000 sql 'SELECT not_before - created_at FROM delivery ORDER BY id DESC LIMIT 1'
	is 'never: none' 0 '' told text='/direct and this'
	n=$(last)
	bgjob-run --drain
	is 'never: the result is told' 0 1 sql "SELECT count(*) FROM delivery WHERE job_id = $n AND kind = 'final'"
	is 'auto: it was in time: only the result, as the answer' 0 'ack dropped 0
final pending 1' sql "SELECT kind || ' ' || status || ' ' || direct FROM delivery WHERE job_id = $n - 1 ORDER BY id"
	is 'always: both' 0 'ack pending 0
final pending 0' sql "SELECT kind || ' ' || status || ' ' || direct FROM delivery WHERE job_id = $n - 3 ORDER BY id"
	is 'a reply in a group answers the message' 0 1 sh -c "$(told text=/jobs type=group chat=-5 >said; echo :); sqlite3 store/bgjob.db 'SELECT reply_to > 0 FROM delivery ORDER BY id DESC LIMIT 1'"
	is '--notify: into the outbox' 0 '' sh -c 'echo "/board y" | bgjob-chat --user ann --notify mailto:ann@example.org'
	is 'its ack' 0 'ack mailto:ann@example.org' sql "SELECT kind || ' ' || target FROM delivery ORDER BY id DESC LIMIT 1"
	is '--notify of an answer' 0 '' sh -c 'echo "/job 999" | bgjob-chat --user ann --notify telegram:-12/5'
	is 'is queued' 0 'reply telegram:-12/5 No job 999. /jobs lists them.' sql "SELECT kind || ' ' || target || ' ' || text FROM delivery ORDER BY id DESC LIMIT 1"
	# stop it between its commit and the wait: it looks for a runner through this file
	mv "$BGJOB_HOME/pool.lock" lock
	mkfifo "$BGJOB_HOME/pool.lock"
	n=$(last)
	echo '/board z' | bgjob-chat --user ann >said 2>err &
	pid=$!
	wait_for 20 sh -c "[ \$(bgjob-status -n 1 | cut -f 1) -gt $n ]"
	kill -TERM $pid
	wait $pid
	is 'ended before it could answer' 0 143 echo $?
	is 'says that the job was recorded' 0 "bgjob-chat: job $(last) continues in the background" cat err
	mv lock "$BGJOB_HOME/pool.lock"
	bgjob-cancel "$(last)"
	id=$(bgjob-submit -u 7 --notify exec:/bin/false -- true)
	bgjob-run --drain
	told text="/retry $id" >said
	is '/retry tells this chat only' 0 telegram:7 field "$(last)" Notify
	told text="/job $id" >said
	is 'buttons of a finished one' 0 "Show	/result $id
Log	/logs $id
Retry	/retry $id" sql 'SELECT rtrim(buttons, char(10)) FROM delivery ORDER BY id DESC LIMIT 1'
	export BGJOB_AUTORUN=no
}

# ---- each once ----

order()
{
	id=$(comes text=/jobs)
	is 'another has the turn: nothing is done' 0 '' sh -c "$(hold 7 "bgjob-chat --inbox $id")"
	is 'it waits' 0 new sql "SELECT status FROM inbox WHERE id = $id"
	for n in 1 2 3 4 5; do comes text="/job 90$n" >>ids; done
	is 'one handles all of the user' 0 '' bgjob-chat --inbox "$(tail -n 1 ids)"
	is 'in order' 0 '901 902 903 904 905' sh -c \
		"sqlite3 store/bgjob.db \"SELECT text FROM delivery ORDER BY id DESC LIMIT 5\" | sed 's/No job \\([0-9]*\\).*/\\1/' | tac | xargs"
	is 'again: nothing' 0 "$(sql 'SELECT count(*) FROM delivery')" \
		sh -c "bgjob-chat --inbox $(tail -n 1 ids); sqlite3 store/bgjob.db 'SELECT count(*) FROM delivery'"
	err 'no such message' 2 'no message 99999' bgjob-chat --inbox 99999
	id=$(comes text=/jobs sender_chat type=group chat=-5)
	ok 'a message of nobody' bgjob-chat --inbox "$id"
	is 'is handled' 0 handled sql "SELECT status FROM inbox WHERE id = $id"
	id=$(comes body='{"update_id":1,')
	ok 'rubbish' bgjob-chat --inbox "$id"
	is 'is handled, too' 0 handled sql "SELECT status FROM inbox WHERE id = $id"
	id=$(comes text=/jobs)
	sql "UPDATE inbox SET tries = 5 WHERE id = $id"
	later=$(comes text=/help)
	err 'one that was begun five times' 0 "message $id is set aside" bgjob-chat --inbox "$id"
	is 'is set aside' 0 'failed 6' sql "SELECT status || ' ' || tries FROM inbox WHERE id = $id"
	is 'and that is told, after what came later' 0 'Sorry, that message could not be handled.' \
		sql 'SELECT text FROM delivery ORDER BY id DESC LIMIT 1'
	is 'later ones are handled' 0 handled sql "SELECT status FROM inbox WHERE id = $later"
}

# hold USER COMMAND: runs it while another process holds the user's lock
hold()
{
	cat >"$T/hold.py" <<'END'
import fcntl, os, struct, subprocess, sys
h = 0xcbf29ce484222325
for c in sys.argv[1].encode():
    h = (h ^ c) * 0x100000001b3 & 0xffffffffffffffff
f = open(os.environ["BGJOB_HOME"] + "/chat.lock", "a+")
fcntl.fcntl(f, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, h >> 2, 1, 0))
sys.exit(subprocess.call(sys.argv[2:]))
END
	echo "/usr/bin/python3 -B '$T/hold.py' $1 $2"
}

# Four at once, killed at any moment twice for each user; each message gives one job and one answer.
killed()
{
	export BGJOB_TELEGRAM_ALLOW=1,2,3,4,5,6,7
	sql 'DELETE FROM delivery; UPDATE inbox SET tries = 0'
	first=$(last)
	: >todo
	for n in 1 2 3 4 5 6; do
		for u in 1 2 3 4 5; do comes user=$u text="/morning_briefing $n" >>todo; done
	done
	for t in 0.006 0.009; do
		for u in 1 2 3 4 5; do
			id=$(sql "SELECT min(id) FROM inbox WHERE status = 'new' AND user_id = '$u'")
			[ -z "$id" ] || echo "$t $id"
		done | xargs -P 4 -n 2 sh -c 'timeout -s KILL "$0" bgjob-chat --inbox "$1" || :' 2>/dev/null
	done
	xargs -P 4 -n 1 bgjob-chat --inbox <todo
	is 'all are handled' 0 0 sql "SELECT count(*) FROM inbox WHERE status <> 'handled' AND id >= $(head -n 1 todo)"
	is 'a job for each' 0 30 sql "SELECT count(*) FROM job WHERE id > $first"
	is 'an acknowledgement for each' 0 30 sql "SELECT count(DISTINCT job_id) FROM delivery WHERE kind = 'ack'"
	is 'and no more' 0 30 sql 'SELECT count(*) FROM delivery'
	is 'in the order of each user' 0 '' sql "SELECT a.id FROM job a JOIN input x ON x.job_id = a.id, job b
		JOIN input y ON y.job_id = b.id WHERE a.id < b.id AND a.user_id = b.user_id AND a.id > $first AND x.data > y.data"
}

# In a build with fail points (make torture has one): at each of them.
fail_points()
{
	id=$(comes text=/jobs)
	BGJOB_FAILPOINTS=chat-begun:1 bgjob-chat --inbox "$id" 2>/dev/null && {
		skip 'killed at each fail point' 'a build without them'
		return
	}
	bgjob-chat --inbox "$id"
	for point in chat-locked chat-begun chat-acted before-commit after-commit chat-committed \
		chat-signalled before-runner chat-unlocked; do
		sql 'DELETE FROM delivery'
		before=$(last)
		id=$(comes text='/morning_briefing x')
		is "killed at $point" 137 '' sh -c "BGJOB_FAILPOINTS=$point:1 bgjob-chat --inbox $id; exit \$?"
		bgjob-chat --inbox "$id"
		is "$point: one job" 0 1 sql "SELECT count(*) FROM job WHERE id > $before"
		is "$point: one acknowledgement" 0 1 sql 'SELECT count(*) FROM delivery'
		is "$point: handled" 0 handled sql "SELECT status FROM inbox WHERE id = $id"
	done
}

# From a message to the bot's answer, through all programs.
pipeline()
{
	telegram_start
	bgjob-status -s queued | bgjob-cancel - >said
	sql "UPDATE delivery SET status = 'dropped'"
	tg say user=7 text='/board to be <b>or</b>' >/dev/null
	bgjob-updates --once >lines
	ok 'bgjob-updates | bgjob-chat' sh -c 'cut -f 1 lines | xargs -n 1 bgjob-chat --inbox'
	bgjob-run --drain
	ok 'bgjob-notify delivers' bgjob-notify --drain
	ok 'the result is the answer' grep -q 'to be &lt;b&gt;or' telegram.record
	not_ok 'nothing else was needed' grep -q Started telegram.record
}

flow board auto cat
flow open auto cat
usage
commands
lists
workflows
hostile
rm -rf store
bgjob-submit -- true >id
bgjob-cancel "$(cat id)" >said
sql 'DELETE FROM delivery; UPDATE job SET user_id = '"'nobody'"
access
pairing
from_telegram
order
killed
fail_points
pipeline
finish
