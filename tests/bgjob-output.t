#!/bin/sh
# bgjob-output: what a job wrote, while it is running, after its end, and followed
. "$(dirname "$0")/tap.sh"

err 'unknown option' 2 'unknown option --frobnicate' bgjob-output --frobnicate 1
err 'no id' 2 'give one job id' bgjob-output
err 'two ids' 2 'give one job id' bgjob-output 1 2
err 'not an id' 2 'not a job id: x' bgjob-output x
err 'hostile text is escaped' 2 'not a job id: a\\n\\x1b\[2J\\xff$' bgjob-output "$(printf 'a\n\033[2J\377')"
long=$(head -c 131071 /dev/zero | tr '\0' 9)
err 'an id that is too long' 2 'not a job id' bgjob-output "$long"
err 'bad attempt' 2 '--attempt: must be at least 1' bgjob-output --attempt 0 1
err 'no store' 2 'no job 1' bgjob-output 1
not_ok 'looking makes no store' test -e store
err 'no place for the store' 2 'set BGJOB_HOME or HOME' env -u BGJOB_HOME -u HOME bgjob-output 1

id=$(bgjob-submit -- true)
err 'an unknown id' 2 'no job 99' bgjob-output 99
is 'a job that has not started' 0 '' bgjob-output "$id"
err 'an attempt that was not made' 2 "job $id has no attempt 1" bgjob-output --attempt 1 "$id"
bgjob-run --drain
is 'a job that wrote nothing' 0 '' bgjob-output --both "$id"
is 'followed' 0 '' bgjob-output -f "$id"

# ---- ended ----

ended 'both streams' failed 'exit 5' -c 'printf "out\0\377"; printf "err\n\n" >&2; exit 5'
printf 'out\0\377' >want
same 'stdout' want bgjob-output "$id"
printf 'err\n\n' >want
same 'stderr' want bgjob-output -e "$id"
same '--stderr' want bgjob-output --stderr "$id"
same '--both' want sh -c "bgjob-output --both $id 2>&1 >both"
printf 'out\0\377' >want
same 'each where it belongs' want cat both
same 'followed when it has ended' want bgjob-output -f "$id"
err 'stdout full' 3 'cannot write: No space' sh -c "bgjob-output $id >/dev/full"
err 'stdout closed' 3 'cannot write' sh -c "bgjob-output $id >&-"
head -c 1048576 /dev/urandom >mega
{ cat mega; echo more; } >bigger
for size in mega bigger; do
	id=$(bgjob-submit -- cat $size)
	bgjob-run --drain
	same "a megabyte, and a bit more ($size)" $size bgjob-output "$id"
	same "followed ($size)" $size bgjob-output -f "$id"
done
is 'the large one is a file' 0 1 sh -c 'ls store/results | wc -l'
is 'nothing is left in the spool' 0 '' ls store/spool
err 'large output to a full disk' 3 'cannot write: No space' sh -c "bgjob-output $id >/dev/full"
is 'a reader that has enough' 0 141 sh -c \
	"{ bgjob-output $id; echo \$? >code; } | head -c 1 >/dev/null; cat code"
is 'through a pipe' 0 "$(cksum <bigger)" sh -c "bgjob-submit --wait=1s -- true; bgjob-output $id | cksum"
bgjob-cancel "$(bgjob-status -n 1 | cut -f 1)" >said

# ---- running ----

mkfifo a c
start_pool -j 4
id=$(bgjob-submit -c 'echo one; echo err1 >&2; echo up >up; read x <a; echo two; echo err2 >&2')
wait_for 20 test -s up
is 'while it runs: what there is' 0 one bgjob-output "$id"
is 'its stderr' 0 err1 bgjob-output -e "$id"
bgjob-output -f "$id" >followed 2>said &
f1=$!
bgjob-output -f -e "$id" >followed.err &
f2=$!
bgjob-output -f --both "$id" >both.out 2>both.err &
f3=$!
wait_for 20 test -s followed && wait_for 20 test -s followed.err && wait_for 20 test -s both.err
is 'a follower has what there is' 0 one cat followed
put go a
wait $f1
is 'it ends with the job' 0 0 echo $?
wait $f2 $f3
is 'and has all of it' 0 'one
two' cat followed
is 'of stderr, too' 0 'err1
err2' cat followed.err
is 'of both' 0 'one
two
err1
err2' cat both.out both.err
is 'without a word' 0 '' cat said

# lines come as they are written, not at the end
id=$(bgjob-submit -c 'for n in 1 2 3; do until [ -e go.$n ]; do sleep 0.01; done; echo "line $n"; done')
bgjob-output -f "$id" >lines &
f1=$!
for n in 1 2 3; do
	: >go.$n
	ok "line $n comes at once" wait_for 20 grep -q "line $n" lines
done
wait $f1

# followed from before the start, across failures, to the end
id=$(bgjob-submit --retries 2 --backoff 50ms --in 200ms -c \
	'echo "attempt $BGJOB_ATTEMPT"; seq 1 20000; [ "$BGJOB_ATTEMPT" = 3 ]')
bgjob-output -f "$id" >followed
for n in 1 2 3; do
	echo "attempt $n"
	seq 1 20000
done >want
same 'followed across retries, nothing lost or doubled' want cat followed
{ echo 'attempt 2'; seq 1 20000; } >want
same 'one attempt' want bgjob-output --attempt 2 "$id"
same 'followed' want bgjob-output -f --attempt 2 "$id"

# a large, fast writer: its bytes move from the spool into the store while they are read
id=$(bgjob-submit -c 'for n in 1 2 3 4 5 6 7 8; do cat mega; done')
for n in 1 2 3; do bgjob-output -f "$id" | cksum >"sum.$n" & done
bgjob-output -f "$id" | cksum >sum.0
wait_for 20 test -s sum.1 && wait_for 20 test -s sum.2 && wait_for 20 test -s sum.3
for n in 1 2 3 4 5 6 7 8; do cat mega; done | cksum >want
is 'four followers of a fast writer' 0 "$(cat want want want want)" cat sum.0 sum.1 sum.2 sum.3
# many short ones that end while they are read
for n in 1 2 3 4 5 6 7 8 9 10; do
	id=$(bgjob-submit -c "seq 1 $n")
	bgjob-output -f "$id" >"short.$n"
	seq 1 $n | cmp -s - "short.$n" || echo "$n"
done >wrong
is 'jobs that end between two looks' 0 '' cat wrong
id=$(bgjob-submit -c 'echo up >up2; read x <c')
wait_for 20 test -s up2
bgjob-output -f "$id" >followed &
f1=$!
bgjob-cancel "$id" >said
wait $f1
is 'followed to a cancel' 0 0 echo $?
id=$(bgjob-submit --max-output 1k -c 'seq 1 5000; echo up >up3; read x <c; seq 5001 10000')
wait_for 20 test -s up3
like 'running, with a limit: the cut is stated' 0 '^\[bgjob: [0-9]+ bytes cut\]$' bgjob-output "$id"
put x c
bgjob-wait "$id"
is 'a limit keeps that much' 0 1024 sh -c "bgjob-output $id | grep -v bgjob: | head -c -1 | wc -c"
stop_pool TERM
finish
