#!/bin/sh
# bgjob-prune: old finished jobs go, and nothing else
. "$(dirname "$0")/tap.sh"

err 'an unknown option' 2 'unknown option' bgjob-prune --nonsense
err 'without a choice nothing is removed' 2 'say which' bgjob-prune
err 'a bad duration' 2 'older: not a duration: soon' bgjob-prune --older soon
err 'a bad number' 2 'keep: not a number: x' bgjob-prune --keep x
err 'an operand' 2 'takes no operands' bgjob-prune --keep 1 7
is 'no store: none removed' 0 0 bgjob-prune --keep 0
is 'no store: none to name' 0 '' bgjob-prune --keep 0 --dry-run

for n in 1 2 3 4 5; do bgjob-submit -l "label $n" -- echo "$n" >/dev/null; done
bgjob-run --drain
big=$(bgjob-submit -i "$BIN/bgjob-submit" -c 'cat; head -c 1500000 /dev/zero')
bgjob-run --drain
results() { find "$BGJOB_HOME/results" -type f | wc -l; }
is 'a large result and a large input are files' 0 2 results

is 'nothing is old enough' 0 0 bgjob-prune --older 1h
is 'a dry run names them' 0 "$(printf '1\n2\n3\n4')" bgjob-prune --keep 2 --dry-run
is 'and removes nothing' 0 6 sh -c 'bgjob-status | wc -l'
is 'all but the newest two go' 0 4 bgjob-prune --keep 2
is 'the newest are there' 0 "$(printf '%s\n5' "$big")" sh -c 'bgjob-status | cut -f1'
err 'a removed job is unknown' 2 'no job 1' bgjob-status 1
is 'its files are kept with it' 0 2 results

# never: unfinished, waited for, undelivered
first=$(bgjob-submit -- true)
told=$(bgjob-submit --notify tty -- true)
bgjob-run --drain
later=$(bgjob-submit --after-any "$first" --in 1h -- true)
bgjob-prune --keep 0 >/dev/null
is 'what waits, is waited for or undelivered stays' 0 "$(printf '%s\n%s\n%s' "$later" "$told" "$first")" \
	sh -c 'bgjob-status | cut -f1'
is 'large results went with their jobs' 0 0 results
bgjob-cancel "$later" >/dev/null
is 'now two may go' 0 2 bgjob-prune --older 0
next=$(bgjob-submit -- true)
ok 'ids are never used again' test "$next" -gt "$later"

# many, while others write
yes '{"command":["true"],"env":"NONE"}' | head -3000 | bgjob-submit --batch >"$T/ids"
bgjob-cancel - <"$T/ids" >/dev/null
bgjob-prune --keep 10 >/dev/null & prune=$!
for n in 1 2 3 4 5 6 7 8; do bgjob-submit -- true >/dev/null || echo no >>"$T/bad"; done
wait $prune
ok 'nobody is kept from submitting' test ! -e "$T/bad"
is 'the store passes its check' 0 '' bgjob-recover --check
err 'stdout that is full' 3 'cannot write' sh -c 'bgjob-prune --keep 0 >/dev/full'
bgjob-run --drain
like 'a pipe to a neighbour' 0 '	done	' sh -c 'bgjob-prune --keep 0 --dry-run | bgjob-status -s done --jsonl - >/dev/null; bgjob-status'
finish
