#!/bin/sh
# bgjob-chat on a terminal and in a pipeline, with a third-party model server: the answer as it
# comes
. "$(dirname "$0")/tap.sh"
. "$TESTS/llm.sh"
. "$TESTS/talk.sh"
HOME=$T/home
owner=$(id -un)
mkdir -p "$HOME" config/bgjob
WORK=$HOME/.local/share/bgjob/work/$owner

says()
{
	llm_say "{\"match\": {$1}, \"response\": {\"content\": \"$2\"}}"
}

AIMOCK_STRICT_TURN_INDEX=1
NO_COLOR=1
export AIMOCK_STRICT_TURN_INDEX NO_COLOR
llm_start
(umask 077 && printf '%s\n' "BGJOB_LLM_URL=$BGJOB_LLM_URL" "BGJOB_LLM_KEY=$BGJOB_LLM_KEY" \
	'BGJOB_LLM_MODEL=a-model' 'BGJOB_SHELL_UNCONFINED=yes' 'BGJOB_SOFT_DEADLINE=1h' >config/bgjob/config)
unset BGJOB_LLM_URL BGJOB_LLM_MODEL BGJOB_LLM_KEY
BGJOB_LLM_KEY=sk-never_to-BE_seen # for llm_api, not exported
# the text before the gate opens is longer than what is held back
before='It was an evening like any other, and nobody in the house had thought of it before'
before="$before. $before. $before. $before. $before, or so they said."
llm_say "{\"match\": {\"userMessage\": \"a story\", \"hasToolResult\": false}, \"response\": {\"content\": \"$before\",
	\"toolCalls\": [{\"id\": \"door\", \"name\": \"shell\", \"arguments\":
	{\"command\": \"until [ -e door ]; do sleep 0.05; done; rm door; echo open\", \"timeout_seconds\": 600}}]}}"
says '"userMessage": "a story", "toolResultContains": "open"' 'And so it ends, gr\u00fcn.'
says '"userMessage": "hello"' 'Hi **there**.'
llm_say '{"match": {"userMessage": "hostile"}, "response": {"content": "a\u001b]0;x\u0007b\u001b[31m"}}' \
	'{"match": {"userMessage": "broken"}, "response": {"error": {"message": "You are not welcome", "type": "invalid_request_error"}, "status": 400}}'
llm_say '{"match": {"userMessage": "silent", "hasToolResult": false}, "response": {"toolCalls": [{"id": "door", "name": "shell",
	"arguments": {"command": "until [ -e door ]; do sleep 0.05; done; rm door; echo open", "timeout_seconds": 600}}]}}'
says '"userMessage": "silent", "toolResultContains": "open"' 'Here I am.'
start_pool -j 1

printf 'hello\n' >text
is 'in a pipeline' 0 'Hi **there**.' sh -c 'bgjob-chat <text'

talk 'an answer' <<'END'
see > $
type hello\r
see hello\r\n.*Hi \*\*there\*\*\.\r\n(?!✓)> $
type what is that? hello\r
see Hi \*\*there\*\*\.\r\n> $
type \x04
end
END
talk 'it comes as it is made: the beginning is there while the model waits' <<END
see > \$
type tell me a story\\r
see or so they said\\.
run touch '$WORK/door'
see And so it ends, grün\\.\\r\\n> \$
type \\x04
end
END
talk '^C detaches, and the rest is told later' <<END
see > \$
type a story, please\\r
see or so they said\\.
type \\x03
see #\\d+ continues in the background\\.\\r\\n> \$
type /jobs\\r
see answer|chat ⏳ running
run touch '$WORK/door'
see ✓ Workflow completed: chat\\r\\n#\\d+ · done in [^\\r]*\\r\\n.*And so it ends, grün\\.\\r\\n> \$
type \\x04
end
END
talk '^C before anything was said' <<END
see > \$
type be silent\\r
run until bgjob-status -t chat -s running | grep -q .; do sleep 0.02; done
type \\x03
see #\\d+ continues in the background\\.\\r\\n> \$
run touch '$WORK/door'
see Here I am\\.\\r\\n> \$
type \\x04
end
END
talk 'nothing that drives the terminal' <<'END'
see > $
type hostile\r
see \r\nab\r\n> $
type \x04
end
END
talk 'why there is none' <<'END'
see > $
type broken\r
see Sorry, the answer failed — check /logs \d+\r\n.*You are not welcome.*> $
type hello\r
see Hi \*\*there\*\*\.\r\n> $
type \x04
end
END
sed -i 's/=1h$/=100ms/' config/bgjob/config
talk 'with nothing said by the soft deadline it goes on by itself' <<END
see > \$
type be silent\\r
see Started — I'll message you when done 🔄 #\\d+\\r\\n> \$
run touch '$WORK/door'
see ✓ Workflow completed: chat\\r\\n.*Here I am\\.\\r\\n> \$
type \\x04
end
END
stop_pool TERM
talk 'without a runner it says so' <<'END'
see > $
type hello\r
see #\d+ waits: no runner is alive, start bgjob-run\.\r\n> $
type \x04
end
END
finish
