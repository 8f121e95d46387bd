#!/bin/sh
# The model's client against a third-party endpoint (tests/llm.sh): answers, tools, and every
# failure that it can simulate.
. "$(dirname "$0")/tap.sh"
. "$TESTS/llm.sh"
unit=$(dirname "$BIN")/unit/llm
tools='[{"type": "function", "function": {"name": "list_files", "description": "Lists",
	"parameters": {"type": "object", "properties": {"path": {"type": "string"}}}}},
	{"type": "function", "function": {"name": "read_file", "description": "Reads",
	"parameters": {"type": "object", "properties": {"path": {"type": "string"}}}}}]'

# asked NAME JQ: the expression is true for the JSON array of all requests so far
asked()
{
	llm_asked >"$T/asked"
	ok "$1" jq -e "$2" "$T/asked"
}

llm_start

llm_say '{"match": {"userMessage": "hello"}, "response": {"content": "Hi there!"}}'
is 'an answer' 0 'done tries 1 status 200
content Hi there!
finish stop
usage 2 3' "$unit" ask hello
is 'the same, shown as it comes' 0 'text Hi ther
text e!
done tries 1 status 200
content Hi there!
finish stop
usage 2 3' "$unit" ask show hello
asked 'was asked as a stream, with usage, by name' 'length == 2 and all(.[]; .body.model == "a-model"
	and .body.stream == true and .body.stream_options.include_usage == true
	and .body.messages == [{"role": "user", "content": "hello"}])'

llm_say '{"match": {"userMessage": "emoji"}, "chunkSize": 1, "response": {"content": "a😀é东b"}}'
is 'characters that are cut between UTF-16 units' 0 'text a
text 😀
text é
text 东
text b
done tries 1 status 200
content a😀é东b
finish stop
usage 2 2' "$unit" ask show emoji
llm_say '{"match": {"userMessage": "think"}, "response": {"content": "42", "reasoning": "Let me see."}}'
like 'reasoning is not the answer' 0 '^content 42$' "$unit" ask think
llm_say '{"match": {"userMessage": "dear"}, "response": {"content": "x", "usage":
	{"prompt_tokens": 194, "completion_tokens": 2, "total_tokens": 196, "cost": 0.00095}}}'
is 'tokens and cost are what the endpoint, here as OpenRouter is, says' 0 'done tries 1 status 200
content x
finish stop
usage 194 2 cost 950000' env BGJOB_LLM_URL="$llm_url/api/v1" "$unit" ask dear
llm_say '{"match": {"userMessage": "long"}, "response": {"content": "So far", "finishReason": "length"}}'
like 'an answer that is cut at its limit says so' 0 '^finish length$' "$unit" ask long

llm_forget
llm_say '{"match": {"userMessage": "look", "hasToolResult": false}, "chunkSize": 3, "response":
	{"content": "I will.", "toolCalls": [
		{"id": "call_a", "name": "list_files", "arguments": {"path": "a \"b\" ü"}},
		{"id": "call_b", "name": "read_file", "arguments": {"path": "😀"}}]}}' \
	'{"match": {"userMessage": "look", "toolCallId": "call_b"}, "response": {"content": "Two files."}}'
is 'two tool calls, their results, the answer' 0 'done tries 1 status 200
content I will.
call call_a list_files {"path":"a \"b\" ü"}
call call_b read_file {"path":"😀"}
finish tool_calls
usage 1 15
done tries 1 status 200
content Two files.
finish stop
usage 15 3' "$unit" ask look "$tools"
asked 'the second question holds the calls and their results' 'length == 2
	and .[0].body.tools[1].function.name == "read_file"
	and (.[1].body.messages[1:] == [
		{"role": "assistant", "content": "I will.", "tool_calls": [
			{"id": "call_a", "type": "function", "function":
				{"name": "list_files", "arguments": "{\"path\":\"a \\\"b\\\" ü\"}"}},
			{"id": "call_b", "type": "function", "function":
				{"name": "read_file", "arguments": "{\"path\":\"😀\"}"}}]},
		{"role": "tool", "tool_call_id": "call_a", "content": "the result of list_files"},
		{"role": "tool", "tool_call_id": "call_b", "content": "the result of read_file"}])'

llm_forget
llm_say '{"match": {"userMessage": "once more"}, "response": {"content": "At last."}}'
llm_api POST error '{"status": 503, "body": {"message": "Overloaded", "type": "server_error"}}' >"$T/said"
is 'a server that is overloaded once' 0 "retry The model's endpoint answered 503: Overloaded
done tries 2 status 200
content At last.
finish stop
usage 3 2" "$unit" ask 'once more'
llm_api POST error '{"status": 429, "body": {"message": "Slow down", "type": "rate_limit_error"}}' >"$T/said"
is 'one that limits once, with Retry-After' 0 "retry The model's endpoint answered 429: Slow down (later)
done tries 2 status 200
content At last.
finish stop
usage 3 2" "$unit" ask 'once more'

llm_chaos '{"rateLimitRate": 1}'
is 'one that limits for ever, until the deadline' 0 "retry The model's endpoint answered 429: Chaos: rate limit exceeded (later)
deadline tries 2 status 429: The model's endpoint answered 429: Chaos: rate limit exceeded
usage 0 0" env DEADLINE_MS=1900 "$unit" ask 'once more'
llm_chaos '{"malformedRate": 1}'
is 'one that sends no JSON, four times' 0 "retry The model's endpoint sent something that is not JSON
retry The model's endpoint sent something that is not JSON
retry The model's endpoint sent something that is not JSON (later)
failed tries 4 status 200: The model's endpoint sent something that is not JSON
usage 124 0 estimated" "$unit" ask 'once more'
llm_chaos '{"disconnectRate": 1}'
like 'one that hangs up, the same' 0 "^failed tries 4 status 0: No answer from the model's endpoint: " \
	"$unit" ask 'once more'
llm_chaos '{"dropRate": 1}'
like 'one that fails with 500' 0 "^deadline tries [0-9]+ status 500: The model's endpoint answered 500: Chaos" \
	env DEADLINE_MS=900 "$unit" ask 'once more'
llm_chaos '{}'
like 'and it answers again' 0 '^content At last\.$' "$unit" ask 'once more'

llm_forget
llm_say '{"match": {"userMessage": "cut"}, "truncateAfterChunks": 3, "latency": 40, "response": {"content": "A long answer"}}'
is 'a stream that breaks off after a text was shown' 0 "text A long 
failed tries 1 status 200: The model's answer broke off
content A long 
usage 30 2 estimated" "$unit" ask show cut
llm_asked_times >"$T/times"
is 'was asked once' 0 1 cat "$T/times"
llm_api POST reset/journal >"$T/said"
like 'one that nobody has seen is asked four times' 0 \
	"^failed tries 4 status 200: The model's answer broke off" "$unit" ask cut
llm_asked_times >"$T/times"
is 'which is what came' 0 4 cat "$T/times"

like 'a question that nobody foresaw is refused' 0 \
	"^failed tries 1 status 404: The model's endpoint answered 404: " "$unit" ask unforeseen
like 'so is a wrong key, without being repeated' 0 \
	"^failed tries 1 status 401: The model's endpoint answered 401: " \
	env BGJOB_LLM_KEY=sk-wrong "$unit" ask cut
like 'without a key, too' 0 '^failed tries 1 status 401: ' env BGJOB_LLM_KEY= "$unit" ask cut
err 'without a URL there is no model' 2 'No model is configured: BGJOB_LLM_URL is not set' \
	env BGJOB_LLM_URL= "$unit" ask hello
llm_stop
like 'and with a server that is gone no answer' 0 "^deadline tries [0-9]+ status 0: No answer" \
	env DEADLINE_MS=900 "$unit" ask hello
finish
