#!/bin/sh
# The workflows that ask a model (a third-party server), and those that run a third-party agent.
. "$(dirname "$0")/tap.sh"
. "$TESTS/llm.sh"
HOME=$T/home
mkdir -p "$HOME" config/bgjob "$T/programs"
W=$TOP/share/workflows
P=config/bgjob/prompts

sql()
{
	sqlite3 -cmd '.timeout 20000' "$BGJOB_HOME/bgjob.db" "$1"
}

with()
{
	printf '%s' "$1" | "$W/$2"
}

# start NAME TEXT: starts it as a chat does; sets $id
start()
{
	id=$(printf '%s\n' "$2" | bgjob-submit -t "$1" -l "$(sed -n 's/^# title: //p' "$W/$1")" -u 7 -i - -- "$W/$1")
}

# asked NAME JQ: the expression is true for the JSON array of all requests so far
asked()
{
	llm_asked >"$T/asked"
	ok "$1" jq -e "$2" "$T/asked"
}

milestones()
{
	sql "SELECT detail FROM event WHERE kind = 'milestone' AND job_id = $1 ORDER BY id"
}

system()
{
	printf '{"match": {"systemMessage": "%s"}, "response": {"content": "%s"}}' "$1" "$2"
}

for name in board retrospective research deep_analysis; do
	err "$name without a model" 2 'no model is configured: BGJOB_LLM_URL' with 'a question' $name
	[ $name = retrospective ] || err "$name without a question" 2 "^$name: what " with ' ' $name
done

AIMOCK_STRICT_TURN_INDEX=1
export AIMOCK_STRICT_TURN_INDEX
llm_start
(umask 077 && printf '%s\n' "BGJOB_LLM_URL=$BGJOB_LLM_URL" "BGJOB_LLM_KEY=$BGJOB_LLM_KEY" \
	'BGJOB_LLM_MODEL=a-model' 'BGJOB_SHELL_UNCONFINED=yes' >config/bgjob/config)
unset BGJOB_LLM_URL BGJOB_LLM_MODEL
key=$BGJOB_LLM_KEY
unset BGJOB_LLM_KEY
BGJOB_LLM_KEY=$key

# ---- board ----

llm_say "$(system 'You chair a board' 'Do it.')" "$(system 'the people who use or buy' 'They want it.')" \
	"$(system 'cost and benefit' 'It pays.')" "$(system 'to carry it out' 'It can be done.')" \
	"$(system 'what can go wrong' 'Little.')"
start board 'Shall we move?'
bgjob-run --drain
is 'board: the synthesis, then each perspective' 0 'Do it.

## The perspectives

### customer

They want it.

### finance

It pays.

### operations

It can be done.

### risk

Little.' bgjob-output "$id"
is 'milestones say how far it is' 0 'asking for the customer perspective
asking for the finance perspective
asking for the operations perspective
asking for the risk perspective
summarising the perspectives' milestones "$id"
asked 'each is asked the question, by itself, with tools that change nothing' '.[0:4] | all(
	(.body.messages | length == 2 and .[1].content == "Shall we move?") and
	(.body.tools | map(.function.name) | index("read_file") and (index("shell") | not) and (index("write_file") | not)))'
asked 'the synthesis gets all of them' '.[4].body.messages[1].content | contains("Shall we move?") and
	contains("==== The finance perspective ====\n\nIt pays.\n") and contains("Little.")'
is 'sessions of their own, of this job and user' 0 '5|7|done' sql \
	"SELECT count(*), group_concat(DISTINCT user_id), group_concat(DISTINCT status) FROM session WHERE job_id = $id"
mkdir "$P"
: >"$P/board.customer"
echo 'You are the lawyer.' >"$P/board.legal"
echo 'You are the treasurer.' >"$P/board.finance"
llm_say "$(system 'You are the lawyer' 'It is lawful.')" "$(system 'the treasurer' 'We are broke.')"
with 'And now?' board >out 2>err
is 'perspectives of the operator' 0 'finance We are broke. legal It is lawful. operations It can be done. risk Little.' \
	sh -c "sed -n '/^### /,\$p' out | grep . | sed 's/^### //' | paste -s -d ' '"
rm -r "$P"

llm_forget
llm_say '{"match": {"systemMessage": "cost and benefit"}, "response": {"error": {"message": "No.", "type": "x"}, "status": 400}}' \
	"$(system 'You chair a board' 'Do it.')" "$(system 'members of a board' 'A view.')"
with 'Shall we?' board >out 2>err
is 'one that fails leaves the others' 0 '_No answer from: finance (see the log)._' tail -n 1 out
llm_forget
llm_say '{"match": {"userMessage": "Shall we?"}, "response": {"error": {"message": "No.", "type": "x"}, "status": 400}}'
start board 'Shall we?'
bgjob-run --drain
is 'all of them: it has failed' 0 'exit 1' field "$id" Reason
like 'the log says why' 0 'answered 400: No\.' bgjob-output -e "$id"
like 'and so it reads' 0 '^#[0-9]+ board .*failed' sh -c "echo /logs $id | bgjob-chat --user 7"

# cancelled in the middle: its session ends, too
llm_forget
llm_say '{"match": {"userMessage": "Shall we wait?"}, "response": {"content": "A view that takes its time"},
	"streamingProfile": {"ttft": 100000}}'
start_pool -j 2
start board 'Shall we wait?'
wait_for 30 sh -c '[ "$(sqlite3 "$BGJOB_HOME/bgjob.db" "SELECT count(*) FROM session WHERE job_id = $1")" = 1 ]' sh "$id" ||
	fail 'it asks'
bgjob-cancel "$id" >said
ok 'a cancel ends it' wait_for 30 has_status "$id" cancelled
stop_pool TERM
is 'its session is stopped' 0 'stopped|stopped' sql "SELECT status, reason FROM session WHERE job_id = $id"
is 'no folder is left behind' 0 '' find "${TMPDIR:-/tmp}" -maxdepth 2 -path '*/tmp.*/question' -user "$(id -un)" -newer said

# ---- retrospective ----

llm_forget
llm_say "$(system 'Hold a retrospective' 'It went well.')"
echo 'a "quoted" question	with tab' | bgjob-submit -t chat -u 7 -i - -- echo an answer >id
bgjob-submit -t chat -u 8 --input-text 'not yours' -- true >id
bgjob-submit -t report -u 7 -l 'big	report' -- sh -c 'exit 4' >id
bgjob-submit -t other -u 8 -l 'not yours' -- true >id
bgjob-run --drain
start retrospective 'How was last week?'
bgjob-run --drain
is 'retrospective' 0 'It went well.' bgjob-output "$id"
asked 'over the jobs of the period' '.[-1].body.messages[1].content | contains("The request: How was last week?\n") and
	contains("\nThe period begins: 7d\n") and contains("\tfailed\treport\tbig\\treport\t") and contains("\texit 4\n")'
asked 'and the conversation' '.[-1].body.messages[1].content |
	contains("user: \"a \\\"quoted\\\" question\\twith tab\\n\"\nassistant: an answer")'
asked 'of this user' '.[-1].body.messages[1].content | contains("not yours") | not'
asked 'with tools to look closer' '.[-1].body.tools | map(.function.name) | index("show_background_job") != null'
like 'a milestone' 0 '^looking back since 7d: [0-9]+ jobs, 1 messages$' milestones "$id"
for text in '3 days=3d' 'the last 2 weeks=14d' 'yesterday=[0-9-]*T00:00:00+00:00' '12h=12h' 'since 2026-03-01=2026-03-01T00:00:00+00:00' \
	'last month=30d' '=7d' 'how was it=7d'; do
	with "${text%%=*}" retrospective >out 2>err
	asked "the period of '${text%%=*}'" ".[-1].body.messages[1].content | test(\"\\nThe period begins: $(printf '%s' "${text#*=}" | sed 's/[+]/\\\\+/')\\n\")"
done
err 'a day that is none' 2 '^retrospective: no such day: 2026-13-77' sh -c "echo 2026-13-77 | '$W/retrospective' 2>err; s=\$?; tail -n 1 err >&2; exit \$s"

# ---- research, deep_analysis ----

llm_forget
llm_say "$(system 'Plan research on' '- how high\n- since when')" \
	'{"match": {"systemMessage": "Research the user", "hasToolResult": false}, "response": {"toolCalls": [
		{"id": "m", "name": "milestone", "arguments": {"text": "It is high."}},
		{"id": "w", "name": "write_file", "arguments": {"path": "notes.md", "content": "324 m"}},
		{"id": "s", "name": "shell", "arguments": {"command": "cat notes.md"}}]}}' \
	'{"match": {"systemMessage": "Research the user", "toolResultContains": "324 m"}, "response": {"content": "324 m, from notes.md."}}'
start research 'How high is the tower?'
bgjob-run --drain
is 'research: a plan, then turns with tools' 0 '324 m, from notes.md.' bgjob-output "$id"
is 'both are told' 0 'the plan:
- how high
- since when
It is high.' milestones "$id"
asked 'the plan is followed' '.[1].body.messages[1].content | contains("How high is the tower?") and contains("- since when")'
ok 'in the workspace of the user' grep -qx '324 m' "$HOME/.local/share/bgjob/work/7/notes.md"
llm_forget
llm_say "$(system 'Analyse the user' 'A draft, perhaps.')" "$(system 'a draft analysis' 'Certainly not.')"
start deep_analysis 'Why is the sky blue?'
bgjob-run --drain
is 'deep_analysis: what came of the review' 0 'Certainly not.' bgjob-output "$id"
asked 'which saw the draft' '.[1].body.messages[1].content | contains("Why is the sky blue?") and contains("A draft, perhaps.")'
is 'a milestone between' 0 'the draft is finished; reviewing it' milestones "$id"

# ---- third-party agents ----

cat >fake <<'END'
#!/bin/sh
echo "$0 $*" | sed 's|.*/||' >&2
read -r line
case $line in
wait) trap 'echo ended >>"$HOME/ended"; exit 143' TERM; echo $$ >"$HOME/pid"; while :; do sleep 0.05; done ;;
fail) echo 'no credit left' >&2; exit 7 ;;
*) echo "${PWD##*/work-of/}: $line" | sed "s|^$HOME/.local/share/bgjob/||"; ls "$HOME/.local/share/bgjob" >/dev/null ;;
esac
END
chmod +x fake
while read -r name title command; do
	err "$name is not installed" 1 "^$name: $name is not installed" with 'a text' "$name"
	cp fake "programs/$name"
	PATH=$T/programs:$PATH "$W/$name" <<-END >out 2>err
	a text; \$(touch owned)
	END
	is "$name: the text, in a folder of theirs" 0 "$name/$(id -un): a text; \$(touch owned)" cat out
	is "$name: as it wants to be called" 0 "$command" cat err
	not_ok "$name: the text stays text" test -e owned
	BGJOB_USER=7 PATH=$T/programs:$PATH
	export BGJOB_USER
	err "$name: not for every user" 1 'only users in .*/agents.users' with 'a text' "$name"
	echo 7 >config/bgjob/agents.users
	is "$name: unless the operator lets them" 0 "$name/7: a text" sh -c "echo a text | '$W/$name' 2>err"
	BGJOB_USER=../../x
	err "$name: a name is no path" 1 'only users in' with 'a text' "$name"
	echo ../../x >>config/bgjob/agents.users
	like "$name: not even of one whom they let" 0 "^$name/[0-9a-f]{64}: a text\$" sh -c "echo a text | '$W/$name' 2>err"
	unset BGJOB_USER
	start_pool -j 2
	start "$name" wait
	wait_for 20 test -s "$HOME/pid" || fail "$name runs"
	bgjob-cancel "$id" >said
	ok "$name: a cancel ends the session" wait_for 20 has_status "$id" cancelled
	is "$name: which was told" 0 ended cat "$HOME/ended"
	stop_pool TERM
	start "$name" fail
	bgjob-run --drain
	is "$name: a failure is one" 0 'exit 7' field "$id" Reason
	is "$name: of this title" 0 "$title" sh -c "bgjob-status $id | sed -n 's/^Label: *//p' | tr ' ' _"
	rm -f "$HOME/pid" "$HOME/ended" config/bgjob/agents.users "programs/$name"
done <<'END'
opencode OpenCode_session opencode run
claude Claude_Code_session claude -p
codex Codex_session codex exec --skip-git-repo-check -
END

# ---- intents ----

while read -r name text; do
	is "'$text' is $name" 0 "$name" sh -c 'echo "$1" | bgjob-chat --classify' sh "$text"
done <<'END'
board Ask the board whether we should move the office
board please convene a board on the new price
retrospective do a retrospective of last week
retrospective Please hold a weekly retrospective
research please research the history of the bicycle
research do some research on heat pumps
deep_analysis analyse our churn in depth
END
while read -r text; do
	is "'$text' is nothing of that" 1 '' sh -c 'echo "$1" | bgjob-chat --classify' sh "$text"
done <<'END'
is my board analysis done yet?
what did the retrospective say?
what did the board say about the research?
cancel the research
when was the board founded
END
finish
