# shellcheck shell=sh
# llm.sh: a third-party model server (@copilotkit/aimock) for a test; sourced after tap.sh.
#
#	llm_start			a model without any answers, at $BGJOB_LLM_URL
#	llm_say '{"match": {"userMessage": "hello"}, "response": {"content": "Hi!"}}' ...
#	llm_stop
#
# The first fixture that matches answers: see the package's skills/write-fixtures/SKILL.md.

LLM_AT=$TOP/.cache/models/node_modules/@copilotkit/aimock/dist
BGJOB_LLM_KEY=sk-never_to-BE_seen
BGJOB_LLM_MODEL=a-model
export BGJOB_LLM_KEY BGJOB_LLM_MODEL

# llm_need: fails the test if the package is missing
llm_need()
{
	if [ ! -f "$LLM_AT/aimock-cli.cjs" ] || ! command -v node >/dev/null 2>&1; then
		echo 'Bail out! no aimock in .cache/models: sh share/setup test'
		exit 1
	fi
}

# llm_start: the server accepts only this test's key
llm_start()
{
	llm_need
	echo '{"fixtures": []}' >"$T/llm.fixtures"
	printf '{"auth": {"apiKeys": ["%s"]}, "llm": {"fixtures": "%s", "chunkSize": 7}}\n' \
		"$BGJOB_LLM_KEY" "$T/llm.fixtures" >"$T/llm.json"
	node "$LLM_AT/aimock-cli.cjs" --config "$T/llm.json" --port 0 >"$T/llm.out" 2>"$T/llm.err" &
	llm_pid=$!
	wait_for 30 grep -q 'listening on' "$T/llm.out" || fail 'the model is there'
	llm_url=$(sed -n 's/.*listening on //p' "$T/llm.out")
	BGJOB_LLM_URL=$llm_url/v1
	export BGJOB_LLM_URL
}

llm_stop()
{
	kill "$llm_pid"
	wait "$llm_pid" 2>/dev/null
}

# llm_api METHOD PATH [JSON]: tells the server something, or asks it
llm_api()
{
	curl -sSf -X "$1" -H "Authorization: Bearer $BGJOB_LLM_KEY" \
		-H 'Content-Type: application/json' ${3:+--data-binary "$3"} "$llm_url/__aimock/$2"
}

# llm_say FIXTURE...: adds JSON objects after those that are there
llm_say()
{
	llm_fixtures=$1
	shift
	for llm_fixture; do
		llm_fixtures="$llm_fixtures, $llm_fixture"
	done
	llm_api POST fixtures "{\"fixtures\": [$llm_fixtures]}" >"$T/llm.said" ||
		fail "the model takes $llm_fixtures"
}

# llm_forget: drops its answers, its record of requests, and its failures
llm_forget()
{
	llm_api POST reset >"$T/llm.said" || fail 'the model forgets'
	llm_chaos '{}'
}

# llm_chaos JSON: how it fails from now on: dropRate (500), rateLimitRate, malformedRate,
# disconnectRate, each 0 to 1; {}: not at all
llm_chaos()
{
	llm_api POST chaos "$1" >"$T/llm.said" || fail "the model fails as told: $1"
}

# llm_asked [JQ]: the chat completions that were asked, oldest first, through jq
llm_asked()
{
	llm_api GET 'journal?path=/v1/chat/completions' | jq -c "${1:-.}"
}

# llm_asked_times: how many there were
llm_asked_times()
{
	llm_asked length
}
