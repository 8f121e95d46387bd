#!/bin/sh
# bgjob-backup: a consistent copy while in use, and a store made from it
. "$(dirname "$0")/tap.sh"

err 'an unknown option' 2 'unknown option' bgjob-backup --nonsense
err 'no file' 2 'give one file' bgjob-backup
err 'two files' 2 'give one file' bgjob-backup a b
err 'no store' 2 'no store yet' bgjob-backup "$T/copy"

bgjob-run -j 4 & pool=$!
hostile=$(printf 'a\tb\nc\033[31m"q"\\ \377')
id=$(echo input | bgjob-submit -l "$hostile" -i - -c 'cat; head -c 3000000 /dev/zero')
bgjob-wait "$id"
big=$(bgjob-submit -i "$BIN/bgjob-submit" -- cat); bgjob-wait "$big"

err 'an empty name' 2 'empty' bgjob-backup ''
err 'into a folder that is not there' 3 'nowhere' bgjob-backup "$T/nowhere/copy"
err 'over the store itself' 2 'the store itself' bgjob-backup "$BGJOB_HOME/bgjob.db"
err 'over a folder' 2 'not a regular file' bgjob-backup "$T"
err 'stdout that is full, with --help' 3 'cannot write' sh -c 'bgjob-backup --help >/dev/full'

# while others write
n=0
while [ $n -lt 200 ]; do bgjob-submit -- echo $n; n=$((n + 1)); done >"$T/ids" & writer=$!
wait_some() { [ "$(wc -l <"$T/ids")" -ge 20 ]; }
wait_for 20 wait_some
bgjob-backup "$T/copy" 2>"$T/said"
ok 'it worked' test $? -eq 0
like 'it says where large results are' 0 'large results are in' cat "$T/said"
ok 'the copy is private' test "$(stat -c %a "$T/copy")" = 600
wait $writer
bgjob-backup "$T/copy" 2>/dev/null
ok 'a second one replaces it' test $? -eq 0
kill $pool; wait $pool

# restored elsewhere
mkdir -m 700 "$T/new" "$T/new/results"
cp "$T/copy" "$T/new/bgjob.db" && cp "$T/copy.results"/* "$T/new/results/"
bgjob-output "$id" >"$T/was"
BGJOB_HOME=$T/new
is 'the restored store passes its check' 0 '' bgjob-recover --check
bgjob-output "$id" >"$T/is"
ok 'a large result is whole' cmp "$T/is" "$T/was"
bgjob-output "$big" >"$T/is"
ok 'and another' cmp "$T/is" "$BIN/bgjob-submit"
bgjob-status -l "$hostile" | cut -f1 >"$T/is"
is 'hostile labels are the same' 0 "$id" cat "$T/is"
new=$(bgjob-submit -- echo new); bgjob-run --drain
is 'and it works' 0 new bgjob-output "$new"
is 'in WAL mode, as before' 0 2 sh -c 'od -An -tu1 -j18 -N1 "$BGJOB_HOME/bgjob.db" | tr -d " "'

# an older copy restored over a newer spool: attempts do not mix
BGJOB_HOME=$T/store
pending=$(bgjob-submit -- echo one)
bgjob-backup "$T/old" 2>/dev/null
printf 'stale' >"$BGJOB_HOME/spool/$pending-1.state"
printf 'stale' >"$BGJOB_HOME/spool/$pending-1.out"
rm "$BGJOB_HOME"/bgjob.db*
cp "$T/old" "$BGJOB_HOME/bgjob.db"
bgjob-run --drain
is 'a stale file of the same name makes way' 0 one bgjob-output "$pending"
is 'the store passes its check' 0 '' bgjob-recover --check
is 'a pipe to a neighbour' 0 'done' sh -c "bgjob-backup '$T/again' 2>/dev/null; bgjob-status | grep '^$pending	' | cut -f2"
finish
