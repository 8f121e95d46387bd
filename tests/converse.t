#!/bin/sh
# Conversations end to end: Telegram, poller, chat, a third-party model server, tools, store,
# outbox, Telegram.
. "$(dirname "$0")/tap.sh"
. "$TESTS/llm.sh"
. "$TESTS/tg.sh"
HOME=$T/home
mkdir -p "$HOME" config/bgjob
WORK=$HOME/.local/share/bgjob/work

sql()
{
	sqlite3 -cmd '.timeout 20000' "$BGJOB_HOME/bgjob.db" "$1"
}

# configure LINE...: writes the configuration
configure()
{
	(umask 077 && printf '%s\n' "BGJOB_LLM_URL=$llm_url/v1" "BGJOB_LLM_KEY=$BGJOB_LLM_KEY" \
		"BGJOB_LLM_MODEL=a-model" "BGJOB_TELEGRAM_TOKEN=$BGJOB_TELEGRAM_TOKEN" \
		'BGJOB_TELEGRAM_ALLOW=7,8' 'BGJOB_SHELL_UNCONFINED=yes' 'BGJOB_SLOTS=1' \
		'BGJOB_MILESTONE_INTERVAL=1ms' "$@" >config/bgjob/new)
	mv config/bgjob/new config/bgjob/config
}

say()
{
	tg say user="$1" text="$2" >/dev/null
}

# answered NAME USER REGEX [COUNT]: the bot has sent them so many such messages
answered()
{
	ok "$1" tg wait what=messages chat="$2" by=bot text="$3" count="${4:-1}" seconds="${patience:-60}"
	[ "$tap_status" -eq 0 ] || heard "$2" | tail -n 5 | diag
}

# heard USER: all that the bot has sent to them
heard()
{
	tg texts chat="$1" by=bot
}

# calls MATCH ID TOOL ARGUMENTS: asked this, the model calls a tool; says MATCH TEXT: it answers
calls()
{
	llm_say "{\"match\": {$1}, \"response\": {\"toolCalls\": [{\"id\": \"$2\", \"name\": \"$3\", \"arguments\": $4}]}}"
}

says()
{
	llm_say "{\"match\": {$1}, \"response\": {\"content\": \"$2\"}}"
}

# waits TEXT GATE: asked this, it calls a tool that waits for a file GATE in the user's workspace
waits()
{
	calls "\"userMessage\": \"$1\", \"hasToolResult\": false" "wait-$2" shell \
		"{\"command\": \"until [ -e $2 ]; do sleep 0.05; done; echo open\", \"timeout_seconds\": 600}"
}

# newest TYPE: the newest job of a type
newest()
{
	sql "SELECT max(id) FROM job WHERE type = '$1'"
}

# session_is JOB STATUS
session_is()
{
	[ "$(sql "SELECT status FROM session WHERE job_id = $1 ORDER BY id DESC LIMIT 1")" = "$2" ]
}

# agent_of JOB: the process of its agent
agent_of()
{
	env -u BGJOB_HOME grep -lsaz "^BGJOB_ID=$1\$" /proc/[0-9]*/environ | cut -d/ -f3 | while read -r pid; do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" != bgjob-agent ] ||
			! env -u BGJOB_HOME grep -qsaz "^BGJOB_HOME=$BGJOB_HOME\$" "/proc/$pid/environ" ||
			echo "$pid"
	done
}

# ---- without a model ----

printf 'do something nice\n' >text
is 'no model: as before, and it says so' 1 "I don't know what to do with that.
I can run ...
/help lists everything else.
No model is configured to answer free text (BGJOB_LLM_URL)." sh -c \
	'bgjob-chat <text >out; s=$?; sed "s|I can run /board, .*|I can run ...|" out; exit $s'
not_ok 'users of the chat need not know' sh -c 'bgjob-chat --user 7 <text | grep model'
is 'no job of it' 0 0 sql 'SELECT count(*) FROM job'

AIMOCK_STRICT_TURN_INDEX=1
export AIMOCK_STRICT_TURN_INDEX
telegram_start
llm_start
unset BGJOB_LLM_URL BGJOB_LLM_MODEL
configure 'BGJOB_SOFT_DEADLINE=1h'
bgjob-up 2>up.err &
wait_for 30 polled || fail 'the poller is up'

# ---- a direct answer ----

# the prompts of workflows contain the words of the conversation
llm_say '{"match": {"systemMessage": "You chair a board"}, "response": {"content": "Do it, said the chair."}}' \
	'{"match": {"systemMessage": "You are one of several members of a board"}, "response": {"content": "A view."}}' \
	'{"match": {"systemMessage": "Hold a retrospective"}, "response": {"content": "Two jobs ran. **Sleep more.**"}}'
says '"userMessage": "capital of France"' 'It is **Paris**.'
says '"userMessage": "and of Italy"' 'Rome.'
say 7 'What is the capital of France?'
answered 'a direct answer' 7 '^It is Paris\.$'
ok 'somebody was seen typing' tg wait what=record method=sendChatAction chat=7
say 7 'and of Italy?'
answered 'the next' 7 '^Rome\.$'
llm_asked >asked
ok 'it knew what had been said' jq -e '.[-1].body.messages[1:] | map(.content) ==
	["What is the capital of France?", "It is **Paris**.", "and of Italy?"]' asked
is 'no acknowledgement, nothing else' 0 '"It is Paris."
"Rome."' heard 7
is 'a turn is no job that anybody asks for' 1 'No jobs.' sh -c 'echo /jobs | bgjob-chat --user 7'

# ---- "is my board analysis done yet?" ----

# the pool's only ordinary slot is taken: turns of a chat still run
mkfifo gate
blocker=$(bgjob-submit -- sh -c 'read -r _ <gate')
wait_for 20 has_status "$blocker" running || fail 'a long job runs'
calls '"userMessage": "board analysis done", "hasToolResult": false' list list_background_jobs '{"status_filter": "all"}'
says '"userMessage": "board analysis done", "toolResultContains": "board (board analysis) queued"' 'Not yet: it waits.'
says '"userMessage": "board analysis done", "toolResultContains": "board (board analysis) done"' 'Yes, it is done.'
says '"userMessage": "board analysis done", "toolResultContains": "No such jobs."' 'There is none of yours.'
say 7 '/board Shall we move the office?'
answered '/board is acknowledged at once' 7 "^Started — I'll message you when done 🔄 #[0-9]+\$"
board=$(newest board)
say 7 'Is my board analysis done yet?'
answered 'asked while it waits, with all slots taken' 7 '^Not yet: it waits\.$'
say 8 'is the board analysis done?'
answered 'a second user sees none of it' 8 '^There is none of yours\.$'
llm_asked >asked
is 'nor did the model that works for them' 0 0 jq '[.[] | select(.body.messages[0].content | contains("User: 8\n"))
	| select(.body | tostring | test("move the office|board analysis\\) queued"))] | length' asked
put go gate
answered 'the result comes as a message of its own' 7 "^✅ board analysis #$board · done in "
answered 'all of it' 7 'Do it, said the chair\.(.|\n)*finance(.|\n)*A view\.'
say 7 'is my board analysis done yet?'
answered 'asked again' 7 '^Yes, it is done\.$'

# ---- "what did the retrospective say?" ----

say 7 '/retrospective last week'
answered 'a retrospective' 7 'Two jobs ran\. Sleep more\.'
retrospective=$(newest retrospective)
llm_asked >asked
ok 'over the jobs and the conversation of the period' jq -e '.[-1].body.messages[-1].content |
	contains("\tdone\tboard\tboard analysis\t") and contains("user: \"What is the capital of France?\"") and
	contains("assistant: It is **Paris**.") and contains("\nThe period begins: 7d\n")' asked
calls '"userMessage": "retrospective say", "hasToolResult": false' find list_background_jobs '{"query": "sleep"}'
calls "\"userMessage\": \"retrospective say\", \"toolCallId\": \"find\", \"toolResultContains\": \"#$retrospective retrospective\"" \
	show show_background_job "{\"job_id\": $retrospective}"
says '"userMessage": "retrospective say", "toolCallId": "show", "toolResultContains": "Sleep more."' 'That you should sleep more.'
say 7 'what did the retrospective say?'
answered 'what it said, from the store' 7 '^That you should sleep more\.$'

# ---- the model starts a background job ----

calls '"userMessage": "go through my invoices", "hasToolResult": false' start start_background_job \
	'{"prompt": "Read each invoice.", "label": "invoices"}'
says '"userMessage": "go through my invoices", "toolResultContains": "Started as background job #"' 'I am reading your invoices now.'
calls '"userMessage": "Read each invoice.", "hasToolResult": false' stone milestone '{"text": "Half of them are *read*, 3 < 4."}'
calls '"userMessage": "Read each invoice.", "toolCallId": "stone"' door shell '{"command": "until [ -e invoices ]; do sleep 0.05; done"}'
says '"userMessage": "Read each invoice.", "toolCallId": "door"' 'Invoice 7 stands out.'
say 7 'Please go through my invoices and tell me what stands out'
answered 'acknowledged by its number' 7 "^Started — I'll message you when done 🔄 #[0-9]+\$" 3
answered "and in the model's words" 7 '^I am reading your invoices now\.$'
job=$(newest agent)
answered "a milestone in the model's words" 7 "^⏳ invoices #$job(.|\n)*Half of them are (\*|)read(\*|), 3 < 4\."
is 'the conversation goes on without it' 0 'done' sql "SELECT status FROM job WHERE id = (SELECT max(id) FROM job WHERE type = 'chat')"
says '"userMessage": "a word of cheer"' 'Cheer up!'
say 7 'a word of cheer, please'
answered 'other messages are answered meanwhile' 7 '^Cheer up!$'
is 'its session is one of its own, from this conversation' 0 "agent|1|$(sql "SELECT id FROM session WHERE key LIKE '7 %'")" \
	sql "SELECT kind, count(*), parent_id FROM session WHERE job_id = $job"
touch "$WORK/7/invoices"
answered 'and its end' 7 "^✅ invoices #$job · done in [^\n]*\n+Invoice 7 stands out\.\$"

# ---- cancel ----

calls '"userMessage": "count the stars", "hasToolResult": false' start2 start_background_job '{"prompt": "Count all of them.", "label": "stars"}'
says '"userMessage": "count the stars", "toolResultContains": "Started as"' 'Counting.'
waits 'Count all of them.' stars
say 7 'count the stars for me'
answered 'another one' 7 '^Counting\.$'
job=$(newest agent)
wait_for 30 sh -c '[ "$(sqlite3 "$BGJOB_HOME/bgjob.db" "SELECT turns FROM session WHERE job_id = $1")" = 1 ]' sh "$job" ||
	fail 'it is at work'
calls '"userMessage": "stop counting", "hasToolResult": false' stop cancel_background_job "{\"job_id\": $job}"
says '"userMessage": "stop counting", "toolResultContains": "is being cancelled"' 'I have stopped it.'
say 7 'stop counting!'
answered 'cancelled in words' 7 '^I have stopped it\.$'
answered 'which is told' 7 "^🚫 stars #$job · cancelled by user 7"
ok 'the session of its model is stopped' session_is "$job" stopped
is 'nothing of it runs' 0 '' agent_of "$job"

# ---- the soft deadline, and the order ----

configure 'BGJOB_SOFT_DEADLINE=1s'
waits 'think about life' life
says '"userMessage": "think about life", "toolResultContains": "open"' 'It is short.'
says '"userMessage": "and about death"' 'Later.'
say 7 'think about life'
answered 'no answer within the soft deadline is acknowledged' 7 "^Started — I'll message you when done 🔄 #[0-9]+\$" 5
turn=$(newest chat)
say 7 'and about death?'
say 7 '/jobs running'
answered 'a command is answered meanwhile' 7 "^#$turn chat ⏳ running"
say 8 'a word of cheer'
answered 'so are others' 8 '^Cheer up!$'
is 'what is said next waits for it' 0 queued sql "SELECT status FROM job WHERE id = (SELECT max(id) FROM job WHERE type = 'chat' AND user_id = '7')"
touch "$WORK/7/life"
answered 'the answer comes later, of the same turn' 7 "^✅ answer #$turn · done in [^\n]*\n+It is short\.\$"
answered 'then that to the next' 7 '(^|\n)Later\.$'
heard 7 >all
is 'in this order' 0 'short
Later' sh -c 'grep -o "short\|Later" all'
llm_asked >asked
ok 'the next turn knew the answer' jq -e '.[-1].body.messages | .[-1].content == "and about death?" and
	.[-2].content == "It is short."' asked

# ---- killed in the middle ----

configure 'BGJOB_SOFT_DEADLINE=1h'
waits 'a risky thing' risky
say 7 'do a risky thing'
turn=
wait_for 30 sh -c '[ "$(sqlite3 "$BGJOB_HOME/bgjob.db" "SELECT count(*) FROM session_message WHERE tool_calls LIKE '\''%wait-risky%'\''")" = 1 ]' ||
	fail 'it is at work'
turn=$(newest chat)
ok 'the agent is killed' kill -9 "$(agent_of "$turn")"
answered 'which is told' 7 "^❌ Sorry, the answer failed — check /logs $turn"
says '"userMessage": "are you still there"' 'I am.'
say 7 'are you still there?'
answered 'the next message works' 7 '^I am\.$'
llm_asked >asked
ok 'the model learns what became of its call' jq -e '.[-1].body.messages | map(select(.role == "tool")) | .[-1].content |
	startswith("interrupted: ")' asked

# ---- what a message is about ----

mkdir -p config/bgjob/workflows
printf '#!/bin/sh\n# title: plant report\n# description: how the plants are doing\necho plants: $(cat)\n' >config/bgjob/workflows/plant-report
chmod 755 config/bgjob/workflows/plant-report
calls '"userMessage": "my ficus", "hasToolResult": false' run run_workflow '{"name": "plant-report", "text": "ficus"}'
says '"userMessage": "my ficus", "toolResultContains": "not asked for the workflow plant-report by name"' 'Shall I? /plant_report'
says '"userMessage": "my ficus", "toolResultContains": "Started as"' 'I let somebody look.'
say 7 'How is my ficus?'
answered 'no workflow that nobody has named' 7 '^Shall I\? /plant_report$'
llm_asked >asked
not_ok 'nor is the model told of them' jq -e '.[-1].body.messages[0].content | contains("plant-report")' asked
say 7 'Plant report on my ficus!'
answered 'one that was named' 7 'plants: ficus'
configure 'BGJOB_SOFT_DEADLINE=1h' 'BGJOB_CLASSIFY=yes'
say 7 'How is my ficus?'
answered 'BGJOB_CLASSIFY=yes: the model may tell what it is about' 7 'plants: ficus' 2
llm_asked >asked
ok 'and knows what there is' jq -e '.[-1].body.messages[0].content | contains("<workflows>\n") and
	contains("\nplant-report: plant report: how the plants are doing\n")' asked
calls '"userMessage": "my fern", "hasToolResult": false' look list_background_jobs '{}'
says '"userMessage": "my fern", "toolResultContains": "not asked for the workflow plant-report by name"' 'Not by what I read.'
calls '"userMessage": "my fern", "toolResultContains": "ficus"' run run_workflow '{"name": "plant-report", "text": "fern"}'
say 7 'How is my fern?'
answered 'what it has read starts none' 7 '^Not by what I read\.$'

is 'the fake has nothing to complain of' 0 '' tg violations
is 'no secret in any job' 0 '' sql "SELECT id FROM environment WHERE instr(CAST(data AS TEXT), 'never_to')"
finish
