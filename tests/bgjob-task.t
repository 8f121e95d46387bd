#!/bin/sh
# bgjob-task: its sub-commands one by one; bgjob-tick.t tests when tasks fire
. "$(dirname "$0")/tap.sh"

esc=$(printf '\033[2J')
bad=$(printf '\377x')
nl='
'

# ---- bad input: one line, exit 2, nothing stored ----

# refuses NAME REGEX ARG...
refuses()
{
	refused=$1 because=$2
	shift 2
	err "$refused" 2 "^bgjob-task: .*$because" bgjob-task "$@"
}

refuses 'nothing to do' 'see bgjob-task --help'
refuses 'unknown sub-command' 'no such sub-command: frobnicate' frobnicate
refuses 'hostile sub-command' 'no such sub-command: a.x1b\[2J' "a$esc"
refuses 'unknown option' 'unknown option --frobnicate \(see bgjob-task --help\)' --frobnicate
refuses 'unknown option of a sub-command' 'unknown option --cron \(see bgjob-task list --help\)' list --cron x
refuses 'unknown letter' 'unknown option -Z' runs -Z
refuses 'missing value' 'option --limit needs a value' runs --limit
for word in show enable disable delete run run-show; do
	refuses "$word what" "$word: which one" $word
done
refuses 'run-cancel what' 'run-cancel: which one' run-cancel
for word in list pause resume; do
	refuses "$word and more" 'too many operands: x' $word x
done
refuses 'two tasks to show' 'too many operands: b' show a b
like '--help lists the forms' 0 '^ +bgjob-task run-cancel RUN' bgjob-task --help
like 'each has its own' 0 '^  -u, --user ID ' bgjob-task run --help
like '--version' 0 '^bgjob ' bgjob-task list --version

refuses 'no name' 'no name given' add --every=1h -- true
refuses 'no trigger' 'no trigger given' add x -- true
refuses 'two triggers' '--at: a task has one trigger' add x --every=1h --at tomorrow -- true
refuses 'one twice' '--every: a task has one trigger' add x --every=1h --every=1h -- true
mkdir alone
cp "$BIN/bgjob-task" alone
err 'no command' 2 'no command given, and bgjob-agent is not installed' alone/bgjob-task add x --every=1h
err 'no command behind --' 2 'no command given' alone/bgjob-task add x --every=1h --
refuses 'empty command' 'the command is empty' add x --every=1h -- ''
refuses 'a command without --' 'the command must come after --: true' add x --every=1h true
refuses 'command and shell text' 'not both' add x --every=1h -c true -- true
refuses 'empty shell text' '--shell: empty' add x --every=1h -c ''
for name in a/b '' -x .x 'a b' "a$esc" "$bad" "a${nl}b" "$(printf %065d 1)"; do
	refuses "bad name '$(printf %s "$name" | cat -v)'" 'not a task name|unknown option' add "$name" --every=1h -- true
done
refuses 'too little time' '--every: too short: 900ms' add x --every 900ms -- true
refuses 'no time at all' '--every: not a duration: often' add x --every often -- true
refuses 'a time that has passed' '--at: is in the past' add x --at 2001-02-03 -- true
refuses 'no time' '--at: not a time: noonish' add x --at noonish -- true
refuses 'no cron expression' '--cron: expected 5 fields' add x --cron '* * *' -- true
refuses 'a bad field' '--cron: hour: ' add x --cron '0 24 * * *' -- true
refuses 'no such date' '--cron: no such date' add x --cron '0 0 30 2 *' -- true
refuses 'unknown zone' '--tz: no such zone: Mars/Base' add x --cron @daily --tz Mars/Base -- true
refuses 'a zone outside' '--tz: ' add x --cron @daily --tz ../../etc/passwd -- true
refuses 'empty zone' '--tz: empty' add x --cron @daily --tz '' -- true
refuses 'a zone for nothing' '--tz needs --cron' add x --every=1h --tz UTC -- true
refuses 'a cooldown for nothing' '--cooldown needs --idle' add x --every=1h --cooldown 1h -- true
refuses 'silence of nobody' 'needs users' add x --idle 30m -- true
refuses 'bad user' '--user: not a user id' add x --every=1h -u 'a b' -- true
refuses 'empty user' '--user: not a user id' add x --every=1h -u '' -- true
refuses 'hostile user' '--user: not a user id.*a.x1b' add x --every=1h -u "a$esc" -- true
refuses 'user given twice' 'given twice: ann' add x --every=1h -u ann -u bob -u ann -- true
refuses 'no file of users' '--users: nowhere: No such file' add x --every=1h --users nowhere -- true
refuses 'a folder of users' '--users: .: Is a directory' add x --every=1h --users . -- true
printf '# nobody\n\n' >users
refuses 'an empty file of users' '--users: users: contains no user' add x --every=1h --users users -- true
refuses 'no input of users' '--users: the standard input: contains no user' add x --every=1h --users - -- true
printf 'ann\n# bob\nb b\n' >users
refuses 'a bad line' '--users: users: line 3: not a user id.*: b b' add x --every=1h --users users -- true
printf 'ann\000\n' >users
refuses 'a NUL' '--users: users: contains a NUL byte' add x --every=1h --users users -- true
printf 'ann\nbob\n\nann\n' >users
refuses 'one twice in a file' 'given twice: ann' add x --every=1h --users users -- true
refuses 'batch 0' '--batch: must be between 1 and 100000: 0' add x --every=1h --batch 0 -- true
refuses 'no turns' '--max-turns: must be between 1 and 1000: 0' add x --every=1h --max-turns 0 -- true
refuses 'bad number' '--alert-after: not a number: few' add x --every=1h --alert-after few -- true
refuses 'bad priority' '--priority: not a number' add x --every=1h -p high -- true
refuses 'bad rule' '--missed: not one of skip, once, all: some' add x --every=1h --missed some -- true
refuses 'bad overlap' '--overlap: not one of skip, queue, allow' add x --every=1h --overlap x -- true
refuses 'bad grace' '--grace: too short' add x --every=1h --grace 0 -- true
refuses 'bad timeout' '--timeout: too short' add x --every=1h --timeout 0 -- true
refuses 'bad queue' '--queue: not a name' add x --every=1h -q 'a b' -- true
refuses 'missing directory' 'nowhere: No such file' add x --every=1h -C nowhere -- true
refuses 'a variable that is not set' '--env: NOT_SET_HERE is not set' add x --every=1h --env NOT_SET_HERE -- true
refuses 'bad target' '--notify: not a target.*telegram:x' add x --every=1h --notify telegram:x -- true
refuses '%u without users' '--notify: %u needs users' add x --every=1h --notify telegram:%u -- true
refuses '%u that makes none' '--notify: not a target.*telegram:ann' add x --every=1h -u 7 -u ann --notify telegram:%u -- true
refuses '%u that leads elsewhere' '--notify: with %u a user id may only have' add x --every=1h -u h:80@evil --notify https://%u/ -- true
refuses '%u that climbs' '--notify: with %u a user id may only have' add x --every=1h -u .. --notify https://example.org/%u/x -- true
refuses '%u in a program' '--notify: %u works only in' add x --every=1h -u 7 --notify exec:/bin/%u -- true
refuses 'bad notify-on' '--notify-on: not one of done' add x --every=1h --notify-on x -- true
refuses 'empty list' '--tools: empty word in the list: a,,b' add x --every=1h --tools a,,b -- true
refuses 'a list with control bytes' '--memory: not words' add x --every=1h --memory "a$esc" -- true
refuses 'no prompt' '--prompt: nowhere: No such file' add x --every=1h --prompt nowhere -- true
refuses 'empty prompt' '--prompt: empty' add x --every=1h --prompt /dev/null -- true
head -c 102401 /dev/zero | tr '\0' p >prompt
refuses 'prompt too long' '--prompt: prompt: longer than 100 KiB' add x --every=1h --prompt prompt -- true
printf 'a\000b' >prompt
refuses 'prompt with a NUL' '--prompt: prompt: contains a NUL byte' add x --every=1h --prompt prompt -- true
printf 'ann\n' >users
err 'stdin twice' 2 'the standard input: cannot be read twice' \
	sh -c 'bgjob-task add x --every 1h --users - --prompt - -- true <users'
refuses '--json and more' '--json cannot be combined' add x --json object
{
	printf '{"name":"x","trigger":{"type":"every","every":"1h"},"command":["x"'
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		printf ',"%s"' "$(head -c 120000 /dev/zero | tr '\0' x)"
	done
	printf ']}'
} >object
refuses 'more arguments than the system takes' 'longer than the system takes' add --json object
printf '{"name":"x","trigger":{"type":"every","every":"1h"},"command":["%s"]}' \
	"$(head -c 131072 /dev/zero | tr '\0' x)" >object
refuses 'one longer than the system takes' 'longer than the system takes \(128 KiB\)' add --json object
not_ok 'a usage error makes no store' test -e store

# ---- no store ----

is 'no tasks' 1 '' bgjob-task list
is 'no tasks, as JSON' 1 '[]' bgjob-task list --json
is 'no tasks, as lines' 1 '' bgjob-task list --jsonl
is 'no runs' 1 '' bgjob-task runs
is 'no runs, as JSON' 1 '[]' bgjob-task runs --json
is 'no moments' 1 '' bgjob-task next
for word in show enable disable delete run runs next; do
	refuses "$word: no such task" "no task 'x'" $word x
done
refuses 'no such run' 'no run 1' run-show 1
refuses 'no such run to cancel' 'no run 1' run-cancel 1
refuses 'no run id' 'not a run id: x' run-show x
refuses 'no run ids' 'not a run id: x' run-cancel x
is 'none to cancel' 0 '' bgjob-task run-cancel -
not_ok 'looking makes no store' test -e store

# ---- next, without a store ----

is 'times of an expression' 0 '2026-03-29T03:00:00+02:00
2026-03-30T02:30:00+02:00' \
	bgjob-task next --tz Europe/Berlin --from 2026-03-28T12:00:00Z -n 2 --cron '30 2 * * *'
is '5 by default, in the local zone' 0 '2026-01-31T00:00:00+09:00
2026-02-28T00:00:00+09:00
2026-03-31T00:00:00+09:00
2026-04-30T00:00:00+09:00
2026-05-31T00:00:00+09:00' env TZ=Asia/Tokyo bgjob-task next --cron '0 0 L * *' --from 2026-01-01T00:00:00Z
is 'from exclusive' 0 '2026-01-02T00:00:00+00:00' bgjob-task next --cron @daily --from 2026-01-01 -n 1
refuses 'bad expression' '--cron: minute: ' next --cron '60 * * * *'
refuses 'unknown zone' '--tz: no such zone: Nowhere' next --cron @daily --tz Nowhere
refuses '--tz for nothing' '--tz needs --cron' next --tz UTC
refuses 'both' 'either --cron or tasks: x' next --cron @daily x
refuses 'none' '--limit: must be between' next --cron @daily -n 0
refuses 'bad time' '--from: not a time' next --cron @daily --from soon
err 'stdout full' 3 'cannot write: No space' sh -c 'bgjob-task next --cron @daily >/dev/full'
not_ok 'it makes no store' test -e store

# ---- add, list, show ----

is 'add is silent' 0 '' bgjob-task add hourly --cron '15 * * * *' --tz Europe/Berlin -- printf '%s\n' "it's"
ok 'it makes the store' test -e store/bgjob.db
refuses 'the name is taken' "task 'hourly' already exists" add hourly --every=1h -- true
printf '# who\nann\n\nbob\n' >users
printf 'Be brief.\n' >prompt
is 'with everything' 0 '' bgjob-task add all --idle 30m --cooldown 2h30m -u 7 --users users \
	--batch 2 --timeout 90s --max-turns 3 --tools files,shell --memory persona,goals --prompt prompt \
	--notify telegram:1 --notify mailto:%u@example.org --notify-on failed --alert-after 0 \
	--missed skip --grace 1h --overlap queue -q slow -p 7 -C / --env NONE --disabled -c 'echo x'
mkdir from
ok 'a definition from elsewhere' sh -c 'cd from && bgjob-task add at --at 2100-01-01T00:00:00Z -- true'
is 'list' 0 "all	disabled	idle 30m cooldown 2h30m	3			
at	enabled	at 2100-01-01T00:00:00+00:00	0	2100-01-01T00:00:00+00:00		" \
	sh -c 'bgjob-task list | grep -v hourly'
like 'the time is in the zone of the schedule' 0 \
	'^hourly	enabled	cron 15 \* \* \* \* Europe/Berlin	0	[-0-9]*T[0-9]*:15:00\+0[12]:00		$' bgjob-task list
bgjob-task show all | grep -v '^Created:' >shown
is 'show' 0 'Task:        all
State:       disabled
Trigger:     idle 30m cooldown 2h30m
Missed:      skip
Grace:       1h
Overlap:     queue
Command:     sh -c '\''echo x'\''
Directory:   /
Queue:       slow
Priority:    7
Timeout:     1m30s
Batch:       2
Max turns:   3
Tools:       files,shell
Memory:      persona,goals
Prompt:      Be brief.\n
Notify:      mailto:%u@example.org
Notify:      telegram:1
Notify on:   failed
Alert after: 0
User:        7
User:        ann
User:        bob' cat shown
is 'where it was defined' 0 "$T/from" sh -c 'bgjob-task show at | sed -n "s/^Directory: *//p"'
is 'the command as a shell takes it' 0 "printf '%s\\\\n' 'it'\\\\''s'" \
	sh -c 'bgjob-task show hourly | sed -n "s/^Command: *//p"'
is 'next of several, earliest first' 0 'hourly
hourly
at' sh -c 'bgjob-task next at hourly -n 2 | cut -f 1'
is 'next of one' 0 '2100-01-01T00:00:00+00:00' bgjob-task next at
is 'next from a time' 0 '2026-03-29T03:15:00+02:00' \
	bgjob-task next hourly --from 2026-03-29T01:00:00Z -n 1
err 'next of a disabled one' 1 "task 'all' is disabled" bgjob-task next all
refuses 'next of none' "no task 'none'" next at none
is 'next of one that has no more' 1 '' bgjob-task next at --from 2101-01-01
is 'the system zone gets its name' 0 'cron @daily Asia/Tokyo' sh -c \
	'TZ=Asia/Tokyo bgjob-task add tokyo --cron @daily -- true; bgjob-task list | grep ^tokyo | cut -f 3'
like '-v says when' 0 "^bgjob-task: task 'spoken' is due at 20" \
	sh -c 'bgjob-task add -v spoken --every 90m -- true 2>&1'
bgjob-task delete spoken tokyo

# ---- JSON ----

cat >rows.py <<'END'
import functools, json, sys
rows = json.load(sys.stdin) if sys.argv[1] == 'array' else [json.loads(line) for line in sys.stdin]
for row in rows:
	print(*[json.dumps(functools.reduce(lambda o, k: o[k], key.split('.'), row)) for key in sys.argv[2:]])
END
is 'list --json' 0 '"all" false "idle" 3 null null
"at" true "at" 0 "2100-01-01T00:00:00+00:00" null' sh -c \
	'bgjob-task list --json | python3 rows.py array name enabled trigger.type users next_at last_run | grep -v hourly'
is 'list --jsonl' 0 '3' sh -c 'bgjob-task list --jsonl | python3 rows.py lines name | wc -l'
is 'show --json' 0 '["sh", "-c", "echo x"] 30 150 ["files", "shell"] ["persona", "goals"] "Be brief.\n" "1m30s" "1h" "skip" ["7", "ann", "bob"]' \
	sh -c 'bgjob-task show all --json | python3 rows.py lines command trigger.idle_minutes \
	trigger.cooldown_minutes tools memory_blocks system_prompt timeout grace missed user_ids'
cat >object <<'END'
{
	"name": "json", "system_prompt": "You are \u00fc.\nBrief.", "tools": ["files", "shell"],
	"memory_blocks": ["persona"], "trigger": { "type": "cron", "schedule": "0 3 * * *", "timezone": "Europe/Berlin" },
	"user_ids": ["ann", "bob"], "batch_size": 1, "max_turns": 4, "enabled": false,
	"command": ["echo", "a b", ""], "directory": "/", "env": "NONE", "queue": "q", "priority": -1,
	"timeout": "5m", "notify": ["telegram:1", "mailto:%u@example.org"], "notify_on": "change",
	"alert_after": 1, "missed": "all", "grace": "1d", "overlap": "allow", "replace": true
}
END
is 'add --json' 0 '' bgjob-task add --json object
is 'as it was said' 0 'false {"type": "cron", "schedule": "0 3 * * *", "timezone": "Europe/Berlin"} ["ann", "bob"] ["echo", "a b", ""] "You are \u00fc.\nBrief." ["files", "shell"] ["persona"] 1 4 "/" "q" -1 "5m" ["mailto:%u@example.org", "telegram:1"] "change" 1 "all" "1d" "allow"' \
	sh -c 'bgjob-task show json --json | python3 rows.py lines enabled trigger user_ids command \
	system_prompt tools memory_blocks batch_size max_turns directory queue priority timeout notify \
	notify_on alert_after missed grace overlap'
is 'from stdin, again' 0 '' sh -c 'bgjob-task add --json - <object'
# add reads what show prints, except for members that only show has
cat >again.py <<'END'
import json, sys
o = json.load(sys.stdin)
for name in 'id', 'users', 'created_at', 'next_at', 'last_run', 'alerted_at':
	del o[name]
print(json.dumps(o | {'replace': True}))
END
bgjob-task add plainest --every 1h --missed all -- true
is 'with --missed all they wait for each other' 0 '"queue" null' \
	sh -c 'bgjob-task show plainest --json | python3 rows.py lines overlap user_ids'
for name in all at hourly json plainest; do
	bgjob-task show $name --json | python3 again.py >said
	bgjob-task show $name | grep -v '^Created' >before
	bgjob-task add --json said
	same "what show prints of $name can be added" before sh -c "bgjob-task show $name | grep -v ^Created"
done
bgjob-task delete json plainest
bgjob-task add skipping --every 1h --missed all --overlap skip -- true
like 'unless it is said otherwise' 0 '^Overlap: *skip$' bgjob-task show skipping
bgjob-task delete skipping

# object NAME REGEX TEXT
object()
{
	printf '%s' "$3" >object
	err "JSON: $1" 2 "^bgjob-task: $2" bgjob-task add --json object
}
rest='"trigger":{"type":"every","every":"1h"},"command":["true"]'
object 'nothing' 'not JSON' ''
object 'no JSON' 'not JSON' '{name: x}'
object 'no object' 'not an object' '[]'
object 'two' 'something after' '{} {}'
object 'NUL' 'NUL in a text' '{"name":"a\u0000b"}'
object 'empty' 'name: missing' '{}'
object 'no trigger' 'trigger: missing' '{"name":"x"}'
object 'unknown' 'colour: unknown' "{\"name\":\"x\",$rest,\"colour\":1}"
object 'unknown and hostile' 'a.x1b\[2J: unknown' "{\"name\":\"x\",$rest,\"a\\u001b[2J\":1}"
object 'twice' 'name: given twice' '{"name":"x","name":"y"}'
object 'bad name' 'name: not a task name' "{\"name\":\"a/b\",$rest}"
object 'name is a number' 'name: not a string' "{\"name\":1,$rest}"
object 'no users' 'user_ids: contains no user' "{\"name\":\"x\",$rest,\"user_ids\":[]}"
object 'users are no array' 'user_ids: not an array of strings' "{\"name\":\"x\",$rest,\"user_ids\":\"a\"}"
object 'user is a number' 'user_ids: not an array of strings' "{\"name\":\"x\",$rest,\"user_ids\":[1]}"
object 'user twice' 'user given twice: a' "{\"name\":\"x\",$rest,\"user_ids\":[\"a\",\"a\"]}"
object 'half a batch' 'batch_size: not a whole number' "{\"name\":\"x\",$rest,\"batch_size\":0.5}"
object 'batch 0' 'batch_size: must be between' "{\"name\":\"x\",$rest,\"batch_size\":0}"
object 'batch is a string' 'batch_size: not a whole number' "{\"name\":\"x\",$rest,\"batch_size\":\"5\"}"
object 'enabled is null' 'enabled: neither true nor false' "{\"name\":\"x\",$rest,\"enabled\":null}"
object 'a comma in a tool' 'tools: a comma' "{\"name\":\"x\",$rest,\"tools\":[\"a,b\"]}"
object 'tools are an object' 'tools: not an array of strings' "{\"name\":\"x\",$rest,\"tools\":{}}"
object 'empty command' 'command: empty' '{"name":"x","command":[]}'
object 'target' 'notify: not a target' "{\"name\":\"x\",$rest,\"notify\":\"me\"}"
object 'targets' 'notify: neither a string nor an array' "{\"name\":\"x\",$rest,\"notify\":7}"
object 'duration' 'timeout: not a duration: soon' "{\"name\":\"x\",$rest,\"timeout\":\"soon\"}"
trigger()
{
	object "trigger: $1" "trigger$2" "{\"name\":\"x\",\"command\":[\"true\"],\"trigger\":$3}"
}
trigger 'no object' ': not an object' '"1h"'
trigger 'no type' '.type: missing' '{"every":"1h"}'
trigger 'type is a number' '.type: not a string' '{"type":1}'
trigger 'unknown type' '.type: not one of' '{"type":"manual"}'
trigger 'type twice' '.type: given twice' '{"type":"at","type":"at"}'
trigger 'unknown' '.when: unknown' '{"type":"every","every":"1h","when":1}'
trigger 'of another type' '.schedule: not for type every' '{"type":"every","every":"1h","schedule":"@daily"}'
trigger 'no schedule' '.schedule: missing' '{"type":"cron"}'
trigger 'bad schedule' '.schedule: expected 5 fields' '{"type":"cron","schedule":"x"}'
trigger 'bad zone' '.timezone: no such zone' '{"type":"cron","schedule":"@daily","timezone":"X"}'
trigger 'passed' '.at: is in the past' '{"type":"at","at":"2001-01-01"}'
trigger 'no silence' '.idle_minutes: too short' '{"type":"idle","idle_minutes":0}'
trigger 'text' '.idle_minutes: not a number' '{"type":"idle","idle_minutes":"30"}'
trigger 'negative' '.idle_minutes: out of range' '{"type":"idle","idle_minutes":-1}'
trigger 'too long' '.idle_minutes: too long' '{"type":"idle","idle_minutes":1e9}'
object 'silence of nobody' 'an idle trigger needs users' \
	'{"name":"x","command":["true"],"trigger":{"type":"idle","idle_minutes":30}}'
is 'nothing of it was stored' 0 '' sh -c 'bgjob-task list | grep ^x; :'
err 'no such file' 2 'nowhere: No such file' bgjob-task add --json nowhere
printf '{"name":"idle","user_ids":["ann"],"shell":"true","trigger":{"type":"idle","idle_minutes":0.5,"cooldown_minutes":0}}' >object
is 'half a minute' 0 '' bgjob-task add --json object
is 'is 30s' 0 'idle 30s cooldown 0s' sh -c 'bgjob-task list | grep ^idle | cut -f 3'

# ---- replace, enable, disable, pause ----

is '--replace' 0 '' bgjob-task add idle --replace --every 1d2h3m4s5ms -- echo new
is 'has replaced it' 0 'idle	enabled	every 1d2h3m4s5ms	0' sh -c 'bgjob-task list | grep ^idle | cut -f 1-4'
ok 'or defines it' bgjob-task add other --replace --every 1h -- true
is 'disable' 0 '' bgjob-task disable idle other
is 'both are' 0 'disabled
disabled' sh -c 'bgjob-task list | grep -E "^(idle|other)" | cut -f 2'
is 'it is not due' 0 '	' sh -c 'bgjob-task list | grep ^idle | cut -f 5,6'
refuses 'enable: all or none' "no task 'none'" enable idle none
is 'none was' 0 'disabled' sh -c 'bgjob-task list | grep ^idle | cut -f 2'
is 'enable' 0 '' bgjob-task enable idle
is 'twice' 0 '' bgjob-task enable idle
like 'it is due again' 0 '^idle	enabled	[^	]*	0	20' bgjob-task list
err 'a disabled one does not run' 1 "task 'other' is disabled" bgjob-task run other
is 'pause' 0 '' bgjob-task pause
like 'list' 0 '^idle	enabled	[^	]*	0		' bgjob-task list
is 'says so' 0 'bgjob-task: all tasks are paused' sh -c 'bgjob-task list 2>&1 >listed'
like 'so does show' 0 'State: *enabled, but all are paused' bgjob-task show idle
err 'nothing runs' 1 'all tasks are paused' bgjob-task run idle
is 'resume' 0 '' bgjob-task resume
like 'all are due again' 0 '^idle	enabled	[^	]*	0	20' bgjob-task list
is 'resume of what is not paused' 0 '' bgjob-task resume
is 'delete' 0 '' bgjob-task delete idle idle other
refuses 'it is gone' "no task 'idle'" show idle
ok 'the name is free' bgjob-task add idle --idle 1h -u ann -u bob -- true
bgjob-task delete hourly at all idle

# ---- runs ----

env_of='env | grep -E "^BGJOB_(TASK|RUN|USER|MAX_TURNS|PROMPT|TOOLS|MEMORY)=" | sort'
export BGJOB_TASK=wrong BGJOB_RUN=wrong BGJOB_PROMPT=wrong BGJOB_TOOLS=wrong
bgjob-task add plain --every 1h -c "$env_of"
bgjob-task add full --every 1h -u ann -u bob -u cat --batch 2 --prompt prompt --tools t,u --memory m --max-turns 2 -c "$env_of"
unset BGJOB_TASK BGJOB_RUN BGJOB_PROMPT BGJOB_TOOLS
is 'no runs yet' 1 '' bgjob-task runs plain
is 'run prints its id' 0 1 bgjob-task run plain
is 'pending' 0 '1	plain	manual	pending		1	0	0	' sh -c 'bgjob-task runs | cut -f 1-5,9-'
err 'an earlier one has not ended' 1 "run 1 of task 'plain' has not ended yet" bgjob-task run plain
is 'of another task' 0 2 bgjob-task run full
bgjob-run --drain
is 'success, the latest first' 0 '2	full	manual	success	3	3	0	
1	plain	manual	success	1	1	0	' sh -c 'bgjob-task runs | cut -f 1-4,9-'
is 'of one task' 0 1 sh -c 'bgjob-task runs plain | cut -f 1'
is 'at most' 0 2 sh -c 'bgjob-task runs -n 1 | cut -f 1'
is 'times' 0 'ok' sh -c 'bgjob-task runs plain | awk -F "\t" '\''$5 == "" && $6 ~ /^20/ && $7 >= $6 && $8 >= $7 { print "ok" }'\'
is 'what the job of a plain task sees' 0 'BGJOB_MAX_TURNS=10
BGJOB_RUN=1
BGJOB_TASK=plain
BGJOB_USER=' bgjob-output 1
is 'run-show lists the users' 0 'ann	done			
bob	done			
cat	done			' sh -c 'bgjob-task run-show 2 | cut -f 1,3,6-'
job=$(bgjob-task run-show 2 | sed -n 2p | cut -f 2)
is 'what a job for a user sees' 0 'BGJOB_MAX_TURNS=2
BGJOB_MEMORY=m
BGJOB_PROMPT=Be brief.
BGJOB_RUN=2
BGJOB_TASK=full
BGJOB_TOOLS=t,u
BGJOB_USER=bob' bgjob-output "$job"
is 'list shows the last run' 0 'full	2	success
plain	1	success' sh -c 'bgjob-task list | cut -f 1,6-'
like 'so does show' 0 '^Last run: *2, success$' bgjob-task show full
is 'runs --json' 0 '2 "full" "manual" "success" null 3 3 0 0 null
1 "plain" "manual" "success" null 1 1 0 0 null' sh -c \
	'bgjob-task runs --json | python3 rows.py array id task trigger status due_at jobs done failed cancelled reason'
is 'runs --jsonl' 0 '2' sh -c 'bgjob-task runs -n 1 --jsonl | python3 rows.py lines id'
cat >users.py <<'END'
import json, sys
o = json.load(sys.stdin)
print(o['id'], o['status'], [[u[k] for k in ('user', 'status', 'turns', 'proposals', 'error')] for u in o['users']])
END
is 'run-show --json' 0 "1 success [[None, 'done', None, None, None]]" sh -c 'bgjob-task run-show 1 --json | python3 users.py'

is 'only for some' 0 3 bgjob-task run full -u cat --user ann
is 'they are' 0 'cat
ann' sh -c 'bgjob-task run-show 3 | cut -f 1'
bgjob-run --drain
refuses 'one who is not on the list' "task 'full' is not for user dan" run full -u ann -u dan
refuses 'one twice' '--user: given twice: ann' run full -u ann -u ann
refuses 'no user' '--user: not a user id' run full -u 'a b'
is 'a task without a list is for anybody' 0 4 bgjob-task run plain -u dan
bgjob-run --drain
is 'as said' 0 'dan	done' sh -c 'bgjob-task run-show 4 | cut -f 1,3'
bgjob-task add bad --every 1h -u ann -u bob -c 'test $BGJOB_USER = ann || exit 3'
id=$(bgjob-task run bad)
bgjob-run --drain
is "one user's failure leaves the other alone" 0 'ann	done	
bob	failed	exit 3' sh -c "bgjob-task run-show $id | cut -f 1,3,8"
is 'the run has partly failed' 0 'partial	2	1	1' sh -c 'bgjob-task runs bad | cut -f 4,9-11'

# ---- cancel ----

bgjob-task add slow --every 1h -u ann -u bob -u cat --batch 1 -c 'echo >>started; exec sleep 600'
start_pool -j 4
id=$(bgjob-task run slow)
ok 'one has begun' wait_for 20 test -e started
like 'it runs' 0 "^$id	slow	manual	running	" bgjob-task runs slow
is 'run-cancel' 0 '' bgjob-task run-cancel "$id"
ok 'all end' wait_for 20 sh -c "bgjob-task runs slow | grep -q '	cancelled	'"
is 'what ran and what waited' 0 'ann	cancelled
bob	cancelled
cat	cancelled' sh -c "bgjob-task run-show $id | cut -f 1,3"
is 'nothing more has started' 0 1 sh -c 'wc -l <started'
err 'it has ended' 1 "run $id has already ended: cancelled" bgjob-task run-cancel "$id"
err 'one of two has' 1 'run 1 has already ended: success' sh -c "bgjob-task run slow >id && bgjob-task run-cancel 1 \$(cat id)"
ok 'the other is cancelled' wait_for 20 sh -c "bgjob-task runs -n 1 | grep -q '	cancelled	'"
refuses 'all are known, or none is touched' 'no run 99' run-cancel 1 99
id=$(bgjob-task run slow)
is 'delete' 0 '' bgjob-task delete slow
is 'its history stays' 0 3 sh -c 'bgjob-task runs slow | wc -l'
is 'what was queued of it is cancelled, and what runs can be' 0 '' bgjob-task run-cancel "$id"
ok 'it ends' wait_for 20 sh -c "bgjob-task runs -n 1 | grep -q '	cancelled	'"
stop_pool TERM
bgjob-run --drain

# ---- hostile text, stdout full, neighbours ----

text=$(printf 'a\tb\nc\033[2J\\ \377')
ok 'hostile text' bgjob-task add hostile --every 1h -u "$bad" -C / -- printf %s "$text"
like 'is shown escaped' 0 'printf %s .a\\tb\\nc\\x1b\[2J\\\\ \\xff.$' bgjob-task show hostile
like 'users too' 0 '^User: *\\xffx$' bgjob-task show hostile
is 'is JSON' 0 '["printf", "%s", "a\tb\nc\u001b[2J\\ \ufffd"]' \
	sh -c 'bgjob-task show hostile --json | python3 rows.py lines command'
id=$(bgjob-task run hostile)
bgjob-run --drain
like 'and in a run' 0 '^\\xffx	[0-9]+	done	' bgjob-task run-show "$id"
printf %s "$text" >text
same 'it arrives as it was' text sh -c "bgjob-task run-show $id | cut -f 2 | xargs bgjob-output"
bgjob-task add long --every 1h -- echo "$(head -c 130000 /dev/zero | tr '\0' x)"
id=$(bgjob-task run long)
bgjob-run --drain
is 'the longest argument' 0 130001 sh -c "bgjob-task run-show $id | cut -f 2 | xargs bgjob-output | wc -c"
head -c 102400 /dev/zero | tr '\0' p >prompt
ok 'the longest prompt' bgjob-task add prompt --every 1h --prompt prompt -c 'printf %s "$BGJOB_PROMPT" | wc -c'
id=$(bgjob-task run prompt)
bgjob-run --drain
is 'arrives' 0 102400 sh -c "bgjob-task run-show $id | cut -f 2 | xargs bgjob-output"
for words in list 'list --json' 'show bad' 'show bad --json' runs 'runs --jsonl' 'run-show 2' 'next bad' 'run plain'; do
	err "stdout full: $words" 3 'cannot write: No space' sh -c "bgjob-task $words >/dev/full"
done
bgjob-run --drain

is 'the jobs of a run, by bgjob-status' 0 'done	tasks	full	ann
done	tasks	full	bob
done	tasks	full	cat' sh -c 'bgjob-task run-show 2 | cut -f 2 | while read -r id; do
	bgjob-status --jsonl "$id" | python3 rows.py lines status queue type user; done | tr -d \" | tr " " "\t"'
is 'to bgjob-wait' 1 '' sh -c 'bgjob-task run-show "$(bgjob-task runs bad | cut -f 1)" | cut -f 2 | bgjob-wait -'
is 'runs to run-cancel' 1 '' sh -c 'bgjob-task runs plain 2>/dev/null | bgjob-task run-cancel - 2>/dev/null'
is 'the tasks to disable' 0 '' sh -c 'bgjob-task list | cut -f 1 | xargs bgjob-task disable'
is 'all are' 0 disabled sh -c 'bgjob-task list | cut -f 2 | sort -u'
seq 1 100000 >many
ok 'a task for 100,000 users' bgjob-task add many --every 1d --users many -- true
is 'are there' 0 100000 sh -c 'bgjob-task list | grep ^many | cut -f 4'

# ---- killed at a fail point ----

sh -c 'ulimit -f 0; bgjob-task add halved --every 1h -- true; :' 2>/dev/null
refuses 'an add that could not be written is none' "no task 'halved'" show halved

# ---- a task may not create tasks ----

bgjob-task add breeder --every 1h -c 'bgjob-task add bred --every 1m -- true'
id=$(bgjob-task run breeder)
bgjob-run --drain
like 'a task adds none' 0 '	failed	.*	exit 1$' sh -c "bgjob-task run-show $id | tail -n 1"
like 'its log says why' 0 "a task's job may not add tasks" \
	sh -c "bgjob-task run-show $id | cut -f 2 | xargs bgjob-output -e"
refuses 'there is none' "no task 'bred'" show bred

# ---- the agent ----

printf '#!/bin/sh\n' >alone/bgjob-agent
chmod 755 alone/bgjob-agent
ok 'no command: the agent beside it' alone/bgjob-task add agent --every 1h
is 'is the command' 0 "$T/alone/bgjob-agent" sh -c 'bgjob-task show agent | sed -n "s/^Command: *//p"'
finish
