#!/bin/sh
# bgjob-mcp: the protocol with and without a handshake, concurrent calls, tasks, and invalid input
. "$(dirname "$0")/tap.sh"

MODERN='"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}'
TASKS='"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}'

# request ID METHOD MEMBERS: a line
request()
{
	printf '{"jsonrpc":"2.0","id":%s,"method":"%s","params":{%s}}\n' "$1" "$2" "$3"
}

# initialize VERSION: two lines
initialize()
{
	request '"init"' initialize "\"protocolVersion\":\"$1\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}"
	echo '{"jsonrpc":"2.0","method":"notifications/initialized"}'
}

# answers NAME WANTED FILTER [OPTION...]: sends the lines of the file in; each answer is a line of
# JSON, and the jq filter of all answers (an array, those with an id in order of their ids) gives
# WANTED
answers()
{
	name=$1 wanted=$2 filter=$3
	shift 3
	bgjob-mcp "$@" <in >said 2>err
	status=$?
	got=$(jq -cs "sort_by(.id) | $filter" said 2>&1)
	if [ $status -eq 0 ] && [ "$got" = "$wanted" ]; then
		pass "$name"
	else
		fail "$name"
		printf 'wanted: %s\ngot (exit %d): %s\n' "$wanted" $status "$got" | cat - said err | diag
	fi
}

# ---- a server to talk with ----

mkfifo to from

start_server()
{
	bgjob-mcp "$@" <to >from 2>>err &
	server=$!
	exec 3>to 4<from
}

say()
{
	printf '%s\n' "$1" >&3
}

# the next line from the server
hear()
{
	timeout 60 sh -c 'IFS= read -r line && printf "%s\n" "$line"' <&4 | tee -a heard
}

# hears NAME WANTED FILTER: the next line through a jq filter
hears()
{
	line=$(hear)
	is "$1" 0 "$2" jq -nc --argjson line "${line:-null}" "\$line | $3"
}

stop_server()
{
	exec 3>&-
	wait "$server"
	tap_status=$?
	exec 4<&-
	is "${1:-it ends at the end of its input}" 0 "$tap_status" echo 0
}

# ---- options ----

err 'unknown option' 2 'unknown option --frobnicate' bgjob-mcp --frobnicate
err 'an operand' 2 'takes no operands: x' bgjob-mcp x
err 'an empty user' 2 '--user: empty' bgjob-mcp -u ''
err 'a tool that is none' 2 'no such tool: frobnicate' bgjob-mcp --tools shell,frobnicate
err 'a hostile name of a tool' 2 'no such tool: \\x1b\[2J$' bgjob-mcp --tools "$(printf '\033[2J')"
err 'a workspace that is not there' 2 "$T/none" bgjob-mcp --workspace "$T/none"
err 'no target' 2 '--notify: not a target' bgjob-mcp --notify nobody
err 'stdout full' 3 'cannot write: No space' sh -c \
	'echo "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}" | bgjob-mcp >/dev/full'
is 'nothing said, nothing answered' 0 '' bgjob-mcp

# ---- with a handshake ----

for version in 2024-11-05 2025-03-26 2025-06-18 2025-11-25; do
	initialize $version >in
	answers "initialize: $version" "\"$version\"" '.[0].result.protocolVersion'
done
for version in 2026-07-28 1999-01-01 x; do
	initialize $version >in
	answers "initialize: not $version" '"2025-11-25"' '.[0].result.protocolVersion'
done
request 1 initialize '' >in
answers 'initialize without a version' -32602 '.[0].error.code'
initialize 2025-11-25 >in
answers 'who and what' '["bgjob",["tasks","tools"],true]' \
	'.[0].result | [.serverInfo.name, (.capabilities | keys), (.instructions | length > 0)]'
initialize 2025-06-18 >in
answers 'no tasks then' '["tools"]' '.[0].result.capabilities | keys'
{ initialize 2025-06-18; request 1 ping ''; } >in
answers 'ping' '{}' '.[0].result'
request 1 ping '' >in
answers 'ping before anything' '{}' '.[0].result'
request 1 tools/list '' >in
answers 'nothing else before' -32602 '.[0].error.code'
{ initialize 2025-06-18; request 1 resources/list ''; } >in
answers 'a method that is none' \
	-32601 '.[0].error.code'
{ initialize 2025-11-25; request 1 tools/list ''; } >in
answers 'the tools' \
	'["list_background_jobs","show_background_job","start_background_job","cancel_background_job","run_workflow","read_memory_block","propose_memory_edit"]' \
	'.[0].result.tools | map(.name)'
{ initialize 2025-11-25; request 1 tools/list ''; } >in
answers 'schemas, hints and tasks' \
	'["object",{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false},null,"optional"]' \
	'.[0].result.tools | [.[0].inputSchema.type, .[0].annotations, .[0].execution, .[2].execution.taskSupport]'
{ initialize 2025-06-18; request 1 tools/list ''; } >in
answers 'no tasks before them' null \
	'.[0].result.tools[2].execution'
{ initialize 2024-11-05; request 1 tools/list ''; } >in
answers 'no hints before them' null \
	'.[0].result.tools[0].annotations'
{ initialize 2025-06-18; request 1 tools/list '"cursor":"x"'; } >in
answers 'no such page' -32602 \
	'.[0].error.code'
not_ok 'none of this makes a store' test -e store
bgjob-submit -u ann -l hers -- true >/dev/null
bgjob-submit -u bob -l 'his "' -- true >/dev/null
LIST='"name":"list_background_jobs"'
{ initialize 2025-06-18; request 1 tools/call "$LIST"; } >in
answers 'a call' '[2,"text",false]' \
	'.[0].result | [(.structuredContent.jobs | length), .content[0].type, .isError]'
{ initialize 2025-03-26; request 1 tools/call "$LIST"; } >in
answers 'structure only since 2025-06-18' \
	'[null,true]' '.[0].result | [.structuredContent, (.content[0].text | contains("his"))]'
{ initialize 2025-06-18; request 1 tools/call "$LIST"; } >in
answers 'of a user' '["hers"]' \
	'[.[0].result.structuredContent.jobs[].label]' -u ann
{ initialize 2025-06-18; request 1 tools/call '"name":"show_background_job","arguments":{"job_id":2}'; } >in
answers 'not of others' '[true,"No job 2."]' '.[0].result | [.isError, .content[0].text]' -u ann
{ initialize 2025-06-18; request 1 tools/call '"name":"show_background_job","arguments":{"job_id":"x"}'; } >in
answers 'arguments that do not fit' true '.[0].result.isError'
{ initialize 2025-06-18; request 1 tools/call '"name":"show_background_job","arguments":[1]'; } >in
answers 'arguments that are no object' -32602 '.[0].error.code'
{ initialize 2025-06-18; request 1 tools/call '"name":"no \u001b[2J"'; } >in
answers 'a tool that is none' \
	-32602 '.[0].error.code'
{ initialize 2025-06-18; request 1 tools/call '"name":"shell","arguments":{"command":"true"}'; } >in
answers 'a tool that is not offered' -32602 '.[0].error.code'
{ initialize 2025-06-18; request 1 tools/list ''; } >in
answers 'only some' \
	'["list_background_jobs","cancel_background_job"]' '.[0].result.tools | map(.name)' \
	--tools cancel_background_job,list_background_jobs,shell
mkdir work
{ initialize 2025-06-18; request 1 tools/list ''; } >in
answers 'with a workspace' \
	'["list_files","read_file","search_files","write_file","shell"]' '.[0].result.tools | map(.name)' \
	--workspace work --tools list_files,read_file,search_files,write_file,shell
{
	initialize 2025-06-18
	request 1 tools/call '"name":"write_file","arguments":{"path":"a/ü","content":"hello\n"}'
} >in
answers 'a file' false '.[0].result.isError' --workspace work
is 'is written' 0 hello cat work/a/ü

# ---- without a handshake ----

request 1 server/discover "$MODERN" >in
answers 'discover' \
	'["complete","2026-07-28",["io.modelcontextprotocol/tasks"],true,"private","bgjob"]' \
	'.[0].result | [.resultType, .supportedVersions[0], (.capabilities.extensions | keys), .ttlMs > 0,
		.cacheScope, ._meta["io.modelcontextprotocol/serverInfo"].name]'
request 1 server/discover '"_meta":{"io.modelcontextprotocol/protocolVersion":"1900-01-01"}' >in
answers 'an unknown version' '[-32022,"1900-01-01",true]' \
		'.[0].error | [.code, .data.requested, (.data.supported | contains(["2026-07-28"]))]'
request 1 tools/list '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}' >in
answers 'no capabilities' -32602 '.[0].error.code'
request 1 tools/list '"_meta":{"io.modelcontextprotocol/protocolVersion":1}' >in
answers 'a version that is no text' -32602 '.[0].error.code'
request 1 tools/list "$MODERN" >in
answers 'the tools' '["complete",true,"private",null]' \
	'.[0].result | [.resultType, .ttlMs > 0, .cacheScope, .tools[2].execution]'
request 1 ping "$MODERN" >in
answers 'no ping' -32601 '.[0].error.code'
request 1 tools/call "$MODERN,$LIST" >in
answers 'a call' '["complete",2,"bgjob"]' \
	'.[0].result | [.resultType, (.structuredContent.jobs | length),
		._meta["io.modelcontextprotocol/serverInfo"].name]'
{ request 1 tools/list "$MODERN"; initialize 2025-03-26; request 2 tools/list ''; } >in
answers 'both eras at once' '["complete",null,"2025-03-26"]' \
		'[.[0].result.resultType, .[1].result.resultType, .[2].result.protocolVersion]'

# ---- invalid messages ----

initialize 2025-11-25 >hello
{ echo 'oops'; cat hello; } >in
answers 'a broken line is survived' '[-32700,null,"init"]' \
	'[.[0].error.code, .[0].id, .[1].id]'
{ cat hello; echo '{"jsonrpc":"2.0",'; } >in
answers 'without an id, since 2025-11-25' '[-32700,false]' \
	'map(select(.error))[0] | [.error.code, has("id")]'
printf '{"jsonrpc":"2.0","id":1,"method":"p\377ng"}\n' >in
answers 'no UTF-8' -32700 '.[0].error.code'
printf '{"jsonrpc":"2.0","id":1,"method":"ping"} x\n' >in
answers 'more behind it' -32700 '.[0].error.code'
{ head -c 20000 /dev/zero | tr '\0' '['; echo; } >in
answers 'deep' -32700 '.[0].error.code'
{ head -c 5000000 /dev/zero | tr '\0' ' '; echo; request 1 ping ''; } >in
answers 'too long' \
	'[null,1]' 'map(.id)'
is 'is said' 0 -32600 jq 'select(.error).error.code' said
printf '{"jsonrpc":"2.0","id":1,"method":"ping"}' >in
answers 'no newline at the end' 1 '.[0].id'
printf '\r\n \n{"jsonrpc":"2.0","id":1,"method":"ping"}\r\n' >in
answers 'CR LF and empty lines' 1 '.[0].id'
for text in '{"jsonrpc":"2.0","id":null,"method":"ping"}' '{"jsonrpc":"2.0","id":1.5,"method":"ping"}' \
	'{"jsonrpc":"2.0","id":{},"method":"ping"}' '{"id":1,"method":"ping"}' '{"jsonrpc":"2.0","id":1}' \
	'{"jsonrpc":"2.0","id":1,"method":2}' '[]' 'null' '"ping"'; do
	echo "$text" >in
	answers "no request: $text" -32600 '.[0].error.code'
done
echo '{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}' >in
answers 'params by place' -32602 \
	'.[0].error.code'
echo '{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}' >in
like 'an id is kept as it was' 0 '"id":9007199254740993,' sh -c 'bgjob-mcp <in'
echo '{"jsonrpc":"2.0","id":"\u0000\"","method":"ping"}' >in
like 'of every kind' 0 '"id":"\\u0000\\"",' sh -c 'bgjob-mcp <in'
{ echo '{"jsonrpc":"2.0","id":1,"result":{}}'; echo '{"jsonrpc":"2.0","method":"notifications/x"}'; } >in
answers 'what wants no answer' '[]' .

# ---- batches ----

batch='[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"tools/list"},1,{"jsonrpc":"2.0","method":"x"}]'
{ initialize 2025-03-26; echo "$batch"; } >in
is 'a batch' 0 '[1,2,null]' sh -c 'bgjob-mcp <in | jq -c "arrays | map(.id) | [.[] | numbers] + [.[] | nulls]"'
{ initialize 2025-03-26; echo '[{"jsonrpc":"2.0","method":"x"}]'; echo '[]'; } >in
answers 'of notifications, and an empty one' '[null,"init"]' 'map(.id)'
{ initialize 2025-06-18; echo "$batch"; } >in
answers 'not since 2025-06-18' -32600 \
	'map(select(.error))[0].error.code'

# ---- tasks ----

mkdir -p config/bgjob/workflows
cat >config/bgjob/workflows/dance <<'X'
#!/bin/sh
# title: dance
read -r words
bgjob-milestone "first step of $words"
[ "$words" != badly ] || { echo fell >&2; exit 3; }
[ "$words" != long ] || exec sleep 600
echo "danced $words"
X
chmod 755 config/bgjob/workflows/dance
# dance WORDS [MEMBERS]: of a call
dance()
{
	echo "\"name\":\"run_workflow\",\"arguments\":{\"name\":\"dance\",\"text\":\"$1\"}${2-}"
}
bgjob-run --drain 2>/dev/null
request 1 tools/call "$MODERN,$(dance well)" >in
answers 'no task for who did not declare them' \
	'["complete",3]' '.[0].result | [.resultType, .structuredContent.job_id]'
like 'it is a job for everybody' 0 'dance' bgjob-status -s queued
for method in tasks/get tasks/cancel tasks/update; do
	request 1 $method "$MODERN,\"taskId\":\"3\"" >in
	answers "$method: undeclared" \
		'[-32021,["io.modelcontextprotocol/tasks"]]' \
		'.[0].error | [.code, (.data.requiredCapabilities.extensions | keys)]'
done
request 1 tools/call "$TASKS,$(dance well)" >in
answers 'a task' '["task","4","working",null,true]' \
	'.[0].result | [.resultType, .taskId, .status, .ttlMs, .pollIntervalMs > 0]'
request 1 tools/call "$TASKS,\"name\":\"run_workflow\"" >in
answers 'what starts nothing is none' \
	'"complete"' '.[0].result.resultType'
request 1 tasks/get "$TASKS,\"taskId\":\"4\"" >in
answers 'it waits' '["complete","working","queued"]' \
	'.[0].result | [.resultType, .status, .statusMessage]'
bgjob-run --drain
request 1 tasks/get "$TASKS,\"taskId\":\"4\"" >in
answers 'it has ended' \
	'["completed",false,"danced well\n"]' \
	'.[0].result | [.status, .result.isError, .result.structuredContent.result]'
request 1 tools/call "$TASKS,$(dance badly)" >in
answers 'another one' '"5"' '.[0].result.taskId'
bgjob-run --drain
request 1 tasks/get "$TASKS,\"taskId\":\"5\"" >in
answers 'that failed' '["completed",true,true]' \
	'.[0].result | [.status, .result.isError, (.result.content[0].text | contains("fell"))]'
request 1 tools/call "$TASKS,$(dance long)" >in
answers 'a long one' '"6"' '.[0].result.taskId'
request 1 tasks/update "$TASKS,\"taskId\":\"6\",\"inputResponses\":{}" >in
answers 'asks for nothing' \
	'"complete"' '.[0].result.resultType'
request 1 tasks/cancel "$TASKS,\"taskId\":\"6\"" >in
answers 'is cancelled' '"complete"' \
	'.[0].result.resultType'
request 1 tasks/get "$TASKS,\"taskId\":\"6\"" >in
answers 'indeed' '"cancelled"' '.[0].result.status'
for id in 99 x '' 2; do
	request 1 tasks/get "$TASKS,\"taskId\":\"$id\"" >in
	answers "no task of ann's: $id" -32602 \
		'.[0].error.code' -u ann
done
request 1 tasks/get "$TASKS" >in
answers 'no task at all' -32602 '.[0].error.code'
request 1 tasks/result "$TASKS,\"taskId\":\"4\"" >in
answers 'gone since 2026-07-28' -32601 '.[0].error.code'
{ initialize 2025-06-18; request 1 tasks/get '"taskId":"4"'; } >in
answers 'not there before 2025-11-25' \
	-32601 '.[0].error.code'
{ initialize 2025-11-25; request 1 tasks/get '"taskId":"5"'; } >in
answers 'as of 2025-11-25' \
	'["failed","exit 3",null]' '.[0].result | [.status, .statusMessage, .ttl]'
{ initialize 2025-11-25; request 1 tools/call "$LIST,\"task\":{}"; } >in
answers 'what is no task' -32601 \
	'.[0].error.code'
{ initialize 2025-11-25; request 1 tasks/cancel '"taskId":"4"'; } >in
answers 'cancelled too late' -32602 \
	'.[0].error.code'

request 1 tools/list "$MODERN" >in
is 'the variable of a job that has ended is ignored' 0 true sh -c \
	'BGJOB_ID=5 bgjob-mcp <in | jq "[.result.tools[].name] | index(\"start_background_job\") != null"'

# ---- waiting for a job while other calls are answered ----

start_server
initialize 2025-11-25 >&3
hears 'hello' '"2025-11-25"' .result.protocolVersion
say "$(request 1 tools/call "$(dance well ',"task":{},"_meta":{"progressToken":"p1"}')")"
hears 'a task of 2025-11-25' '["7","working"]' '.result.task | [.taskId, .status]'
say "$(request 2 tasks/result '"taskId":"7"')"
say "$(request 3 tasks/result '"taskId":"7"')"
say "$(request 4 ping '')"
hears 'others are answered while one waits' 4 .id
say '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":3,"reason":"enough"}}'
say "$(request 3 tools/call "$LIST")"
hears 'an id is free when it is cancelled' '[3,false]' '[.id, .result.isError]'
say "$(request 2 tools/list '')"
hears 'and in use before' '[2,-32603]' '[.id, .error.code]'
bgjob-run --drain
hears 'a milestone' '["notifications/progress","p1",1,"first step of well"]' \
	'[.method, .params.progressToken, .params.progress, .params.message]'
hears 'the result' '[2,"danced well\n","7"]' \
	'[.id, .result.structuredContent.result, .result._meta["io.modelcontextprotocol/related-task"].taskId]'
say "$(request 5 tools/call "$(dance long ',"task":{}')")"
hears 'a long one' '"8"' .result.task.taskId
# without the descriptors of the connection, which would keep it open
start_pool -j 2 3>&- 4<&-
say "$(request 6 tasks/result '"taskId":"8","_meta":{"progressToken":7}')"
hears 'a milestone for who waits' '[7,"first step of long"]' '.params | [.progressToken, .message]'
say "$(request 7 tasks/cancel '"taskId":"8"')"
one=$(hear) two=$(hear)
printf '%s\n' "$one" "$two" >both
is 'cancelled, and that is the result' 0 '[6,true][7,"cancelled"]' sh -c \
	'jq -cs "sort_by(.id) | [.[0].id, .[0].result.isError], [.[1].id, .[1].result.status]" both | tr -d "\n"; echo'
say "$(request 8 tools/call "$(dance long ',"task":{}')")"
hears 'and another' '"9"' .result.task.taskId
say "$(request 9 tasks/result '"taskId":"9"')"
say "$(request 10 ping '')"
hears 'is waited for' 10 .id
stop_server 'the end, though somebody waits'
is 'the job goes on' 0 '' sh -c 'bgjob-status 9 | grep -q "^Status: *\(running\|queued\)"'
bgjob-cancel 9 >/dev/null
stop_pool TERM

start_server
say "$(request 1 tools/call "$TASKS,$(dance well)")"
hears 'a task' '"10"' .result.taskId
say "$(request '"s"' subscriptions/listen "$TASKS,\"notifications\":{\"taskIds\":[\"10\",\"99\"],\"toolsListChanged\":true}")"
hears 'subscribed' '["notifications/subscriptions/acknowledged","s",{"taskIds":["10"]}]' \
	'[.method, .params._meta["io.modelcontextprotocol/subscriptionId"], .params.notifications]'
hears 'its state now' '["notifications/tasks","s","10","working"]' \
	'[.method, .params._meta["io.modelcontextprotocol/subscriptionId"], .params.taskId, .params.status]'
start_pool -j 2 3>&- 4<&-
until line=$(hear) && printf '%s\n' "$line" | jq -e '.params.status != "working"' >/dev/null; do
	[ -n "$line" ] || break
done
is 'its end' 0 '["s","completed","danced well\n"]' jq -nc --argjson line "${line:-null}" '$line |
	[.params._meta["io.modelcontextprotocol/subscriptionId"], .params.status, .params.result.structuredContent.result]'
hears 'and the end of the subscription' '["s","complete"]' '[.id, .result.resultType]'
say "$(request 2 subscriptions/listen "$MODERN,\"notifications\":{\"taskIds\":[\"10\"]}")"
hears 'not undeclared' -32021 .error.code
say "$(request 3 subscriptions/listen "$MODERN,\"notifications\":{\"toolsListChanged\":true}")"
hears 'nothing to subscribe to' '[3,{}]' \
	'[.params._meta["io.modelcontextprotocol/subscriptionId"], .params.notifications]'
say '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":3}}'
say "$(request 3 tools/call "$MODERN,$LIST")"
hears 'a subscription is cancelled' '"complete"' .result.resultType
stop_server

# ---- a call that takes long ----

# running: whether the shell has started
running()
{
	pgrep -f "^sh ./nap\\.$$\$" >nap
}

not_running()
{
	! running
}

echo 'sleep 600' >"work/nap.$$"
long="\"name\":\"shell\",\"arguments\":{\"command\":\"exec sh ./nap.$$\"}"
bwrap --ro-bind / / true 2>/dev/null || export BGJOB_SHELL_UNCONFINED=yes
start_server --workspace work
say "$(request 1 tools/call "$MODERN,$long")"
ok 'a shell works' wait_for 30 running
say "$(request 2 tools/call "$MODERN,$LIST")"
hears 'others are answered meanwhile' 2 .id
say '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}'
ok 'cancelled, it is ended' wait_for 30 not_running
say "$(request 1 tools/call "$MODERN,$long")"
ok 'another one' wait_for 30 running
stop_server 'the end, though a shell works'
ok 'it does not outlive the server' wait_for 30 not_running
start_server --workspace work
say "$(request 1 tools/call "$MODERN,$long")"
ok 'a third one' wait_for 30 running
kill -9 "$server"
exec 3>&- 4<&-
wait "$server" 2>/dev/null
ok 'nor a server that is killed' wait_for 30 not_running

# ---- in a job ----

request 1 tools/list "$MODERN" >in
id=$(bgjob-submit -u ann -- sh -c "bgjob-mcp <'$T/in'")
bgjob-wait "$id" >/dev/null
is 'a job starts no others, and says how far it is' 0 '[false,true]' sh -c "bgjob-output $id |
	jq -c '.result.tools | map(.name) | [contains([\"start_background_job\"]), contains([\"milestone\"])]'"
request 1 tools/call "$MODERN,$LIST" >in
id=$(bgjob-submit -u ann -- sh -c "bgjob-mcp <'$T/in'")
bgjob-wait "$id" >/dev/null
is 'and sees what its user may' 0 '["hers"]' sh -c "bgjob-output $id |
	jq -c '[.result.structuredContent.jobs[].label | select(. != null)] | unique'"
stop_pool TERM

# ---- failures ----

start_server
say "$(request 1 tools/call "$MODERN,$LIST")"
hears 'a store' 1 .id
cp store/bgjob.db good
cp store/bgjob.db-wal good-wal 2>/dev/null
rm -f store/bgjob.db-wal store/bgjob.db-shm
echo 'this is no database, and long enough to be looked at' >store/bgjob.db
say "$(request 2 tools/call "$MODERN,$LIST")"
hears 'a broken one fails the call' '[2,-32603]' '[.id, .error.code]'
cp good store/bgjob.db
[ ! -e good-wal ] || cp good-wal store/bgjob.db-wal
say "$(request 3 tools/call "$MODERN,$LIST")"
hears 'and nothing else' '[3,"complete"]' '[.id, .result.resultType]'
stop_server
is 'every line that was heard is one message' 0 '' sh -c \
	'jq -c "select(.jsonrpc != \"2.0\")" heard'
finish
