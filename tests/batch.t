#!/bin/sh
# bgjob-submit --batch: one JSON object a line, all of them or none
. "$(dirname "$0")/tap.sh"

# shellcheck disable=SC2059
batch() { printf "$@" | bgjob-submit --batch; }

# refuses NAME LINE REASON JSON: two good lines around a bad one
refuses()
{
	printf '{"command":["true"]}\n%s\n{"command":["true"]}\n' "$3" >bad
	err "$1" 2 "^bgjob-submit: line 2: .*$2" sh -c 'bgjob-submit --batch <bad'
}

is 'no lines, no jobs' 0 '' sh -c 'bgjob-submit --batch </dev/null'
is 'blank lines' 0 '' batch '\n \t\r\n\n'
refuses 'a word' 'not an object' 'true'
refuses 'not JSON' 'not JSON' 'command: true'
refuses 'half an object' 'not JSON' '{"command":["true"]'
refuses 'an array' 'not an object' '["true"]'
refuses 'a string' 'not an object' '"true"'
refuses 'more behind it' 'something after the object' '{"command":["true"]} {"command":["true"]}'
refuses 'no command' 'no command given' '{}'
refuses 'an empty command' 'command: empty' '{"command":[]}'
refuses 'an empty name' 'the command is empty' '{"command":[""]}'
refuses 'a string for a command' 'command: not an array of strings' '{"command":"true"}'
refuses 'a number in a command' 'command: not an array of strings' '{"command":["sleep",1]}'
refuses 'an unknown name' 'frobnicate: unknown' '{"command":["true"],"frobnicate":1}'
refuses 'names are as they are' 'Queue: unknown' '{"command":["true"],"Queue":"x"}'
refuses 'options of the program are none of a job' 'wait: unknown' '{"command":["true"],"wait":"1s"}'
refuses 'a name given twice' 'queue: given twice' '{"queue":"a","command":["true"],"queue":"b"}'
refuses 'a command given twice' 'command: given twice' '{"command":["true"],"command":["false"]}'
refuses 'command and shell' 'not both' '{"command":["true"],"shell":"true"}'
refuses 'NUL' 'NUL in a text' '{"command":["echo","a\u0000b"]}'
refuses 'NUL in a name' 'NUL in a text' '{"command":["true"],"queue\u0000x":"a"}'
printf '{"command":["true"]}\n{"command":["a\0b"]}\n' >bad
err 'NUL itself' 2 'line 2: NUL in a text' sh -c 'bgjob-submit --batch <bad'
refuses 'half a surrogate' 'not JSON' '{"command":["\ud83d"]}'
refuses 'null' 'queue: not a string or a number' '{"command":["true"],"queue":null}'
refuses 'an object' 'queue: not a string or a number' '{"command":["true"],"queue":{}}'
refuses 'an array where there is one value' 'queue: not a string or a number' '{"command":["true"],"queue":["a"]}'
refuses 'a bad queue' 'queue: not a name' '{"command":["true"],"queue":"a b"}'
refuses 'a bad duration' 'timeout: not a duration: soon' '{"command":["true"],"timeout":"soon"}'
refuses 'no duration' 'timeout: too short' '{"command":["true"],"timeout":0}'
refuses 'a fraction of a number' 'retries: not a number' '{"command":["true"],"retries":1.5}'
refuses 'a number out of range' 'retries: must be between' '{"command":["true"],"retries":-1}'
refuses 'a number too large' 'number too large' '{"command":["true"],"priority":1e300}'
refuses 'neither yes nor no' 'contain: neither true nor false' '{"command":["true"],"contain":"maybe"}'
refuses 'a missing directory' 'nowhere: No such file' '{"command":["true"],"directory":"nowhere"}'
refuses 'a missing input' 'nothing: No such file' '{"command":["true"],"input":"nothing"}'
refuses 'the batch as an input' 'use input-text' '{"command":["true"],"input":"-"}'
refuses 'a missing dependency' 'after: no job 99' '{"command":["true"],"after":[99]}'
refuses 'a bad target' 'notify: not a target' '{"command":["true"],"notify":["tty","x"]}'
refuses 'a variable that is not set' 'env: NOT_SET_HERE is not set' '{"command":["true"],"env":"NOT_SET_HERE"}'
printf '{"command":["echo","%s"]}\n' "$(head -c 131072 /dev/zero | tr '\0' x)" >bad
err 'an argument longer than the system takes' 2 'line 1: .*128 KiB' sh -c 'bgjob-submit --batch <bad'
{ printf '{"command":["echo"'; head -c 100000 /dev/zero | tr '\0' x | sed 's/.*/,"&"/' >one
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do cat one; done
  printf ']}'; } | tr -d '\n' >bad
err 'more arguments than the system takes' 2 'line 1: .*longer than the system takes' \
	sh -c 'ulimit -s 8192; bgjob-submit --batch <bad'
{ head -c 100000 /dev/zero | tr '\0' '['; echo; } >bad
err 'deep' 2 'line 1: not JSON' sh -c 'bgjob-submit --batch <bad'
printf '{"queue":"a\\n\\u001b[2J","command":["true"]}\n' >bad
err 'hostile text is escaped' 2 'line 1: queue: not a name.*a\\n\\x1b\[2J$' sh -c 'bgjob-submit --batch <bad'
is 'nothing was stored by any of these' 1 '' bgjob-status
err 'operands' 2 '--batch cannot be combined' sh -c 'bgjob-submit --batch true </dev/null'
err 'stdin closed' 3 'cannot read stdin' sh -c 'bgjob-submit --batch <&-'

# ---- good ones ----

is 'ids in order' 0 '1
2
3' batch '%s\n' '{"command":["sh","-c","echo a"]}' '' '{"shell":"echo b"}' '  {"command" : [ "cat" ] , "input-text" : "c" }  '
is 'the last line needs no newline, and lines may end in CR' 0 '4
5' batch '{"command":["true"]}\r\n{"command":["true"]}'
bgjob-run --drain
is 'they ran' 0 'a
b
c' sh -c 'for i in 1 2 3; do bgjob-output $i; done; echo'
printf 'stored' >input
printf '%s' '{"command":["cat"],"queue":"q","type":"t","label":"l","user":7,"priority":-3,' \
	'"input":"input","directory":"/","env":"NONE","after":[1,"2"],"after-any":"3,4","at":"2001-01-01",' \
	'"timeout":90,"grace":"3s","retries":2,"backoff":0.5,"unique":"k","notify":["tty","exec:/x"],' \
	'"notify-on":"failed","max-output":"1k","contain":false}' >all
is 'every option' 0 6 sh -c 'bgjob-submit --batch <all'
is 'is stored' 0 'Job:         6
Status:      queued
Waits:       no runner is alive: start bgjob-run
Label:       l
Command:     cat
Directory:   /
Queue:       q
Type:        t
User:        7
Unique:      k
Priority:    -3
Timeout:     1m30s
Grace:       3s
Retries:     2
Failures:    0
Backoff:     500ms
Max output:  1024
Notify:      exec:/x
Notify:      tty
Notify on:   failed' sh -c 'bgjob-status 6 | grep -v ^Created'
is 'a key that is taken, also by a line before: its id, exit 1' 1 '6
7
7
8' batch '%s\n' '{"command":["true"],"unique":"k"}' '{"command":["true"],"unique":"k2"}' \
	'{"command":["false"],"unique":"k2"}' '{"command":["true"]}'
bgjob-run --drain
is 'the input of a file' 0 stored sh -c 'bgjob-output 6; echo'
is 'a line may wait for one before' 0 '9
10' batch '{"command":["false"]}\n{"command":["true"],"after":9}\n'
bgjob-run --drain
is 'and does' 0 'dependency 9 failed' field 10 Reason

# ---- byte for byte ----

# shellcheck disable=SC1003
printf '%s\0' '\u0000' 'a
b	"c"\' '😀é' '' '/' >want
printf 'x\377\200\0' >>want
printf '%s' '{"command":["sh","-c","for a; do printf \"%s\\0\" \"$a\"; done","sh",' \
	'"\\u0000","a\nb\t\"c\"\\","\ud83d\ude00\u00e9","","\/","x' >text
printf '\377\200"]}\n' >>text
id=$(bgjob-submit --batch <text)
bgjob-run --drain
same 'escapes, and bytes that are no UTF-8' want bgjob-output "$id"
long=$(head -c 131071 /dev/zero | tr '\0' x)
printf '{"command":["printf","%%s","%s"]}\n' "$long" >text
id=$(bgjob-submit --batch <text)
bgjob-run --drain
is 'the longest argument that there is' 0 131071 sh -c "bgjob-output $id | wc -c"

# ---- many ----

seq 1 1000 | sed 's/.*/{"command":["sh","-c","echo & >>ran"]}/' >many
before=$(bgjob-status -n 1 | cut -f 1)
bgjob-submit --batch <many >ids
is 'a thousand' 0 "$(seq $((before + 1)) $((before + 1000)))" cat ids
err 'their ids to a full disk' 3 'cannot write: No space' sh -c 'bgjob-submit --batch <many >/dev/full'
sed '1000s/.*/{}/' many >almost
err 'the last of a thousand is wrong' 2 'line 1000: no command' sh -c 'bgjob-submit --batch <almost'
is 'nothing of these is there' 0 $((before + 2000)) sh -c 'bgjob-status -n 1 | cut -f 1'
sed -n '1,100p' ids | bgjob-cancel - >said
is 'piped on' 0 100 sh -c 'grep -c cancelled said'
# cancel the rest: the torture test and the benchmark run as many
bgjob-status -s queued | sed '1,100d' | bgjob-cancel - >said
bgjob-run --drain -j 2
is 'those that were left ran, once' 0 '100 100' sh -c 'echo $(sort -u ran | wc -l) $(wc -l <ran)'
finish
