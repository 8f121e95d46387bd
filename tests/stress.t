#!/bin/sh
# Many at once: submitters on a store that does not exist yet, pools, a long read transaction
. "$(dirname "$0")/tap.sh"

n50=$(seq 1 50)
for n in $n50; do
	bgjob-submit -- sh -c "echo $n >>ran.1" >"id.$n" 2>"err.$n" &
done
wait
is '50 at once on a store that does not exist: nobody complains' 0 '' sh -c 'cat err.*'
seq 1 50 >want
same 'each has its id' want sh -c 'sort -n id.*'

# a reader keeps its transaction open while all others work
cat >reader.py <<'PY'
import os, sqlite3, sys
db = sqlite3.connect("file:" + os.environ["BGJOB_HOME"] + "/bgjob.db?mode=ro", uri=True)
db.execute("BEGIN")
first = db.execute("SELECT count(*) FROM job WHERE status = 'queued'").fetchone()
print("reading", flush=True)
sys.stdin.read()
assert db.execute("SELECT count(*) FROM job WHERE status = 'queued'").fetchone() == first
print("same", *first, flush=True)
PY
mkfifo hold
python3 reader.py <hold >reader.out &
reader=$!
exec 9>hold
wait_for 20 grep -q reading reader.out
for n in 1 2 3 4 5 6 7 8; do
	bgjob-run -j 2 2>"pool.$n" 9>&- &
	pools="${pools-} $!"
done
for n in $n50; do
	seq 1 4 | sed "s/.*/{\"command\":[\"sh\",\"-c\",\"echo $n.& >>ran.2\"]}/" |
		bgjob-submit --batch >"batch.$n" 2>"err.$n" 9>&- &
	others="${others-} $!"
	[ $((n % 10)) -ne 0 ] || bgjob-submit -u x -- sleep 30 >"long.$n" 2>>"err.$n" 9>&-
done
for n in 10 20 30 40 50; do
	bgjob-cancel - <"long.$n" >>cancelled 2>>err.1 9>&- &
	others="$others $!"
	bgjob-status --line >>lines 2>>err.2 9>&- &
	others="$others $!"
	bgjob-queue >>lines 2>>err.3 9>&- &
	others="$others $!"
done
# shellcheck disable=SC2086
wait $others
cat batch.* id.* long.* >ids
is 'all of them end' 0 '' sh -c 'bgjob-wait --within 60s - <ids 9>&-; [ $? -le 1 ]'
exec 9>&-
wait $reader
is 'the reader saw one state all the time' 0 'reading
same 50' cat reader.out
is 'nobody complains of a lock' 0 '' sh -c 'cat err.* pool.*'
same 'what was there first ran once' want sort -n ran.1
is '200 of 50 submitters under 8 pools ran once' 0 '200 200' sh -c \
	'echo $(wc -l <ran.2) $(sort -u ran.2 | wc -l)'
is '250 are done' 0 250 sh -c 'bgjob-status -s done | wc -l'
is 'five were cancelled' 0 5 sh -c 'bgjob-status -s cancelled | wc -l'
is 'nothing else' 0 255 sh -c 'bgjob-status | wc -l'
is 'each had one attempt' 0 255 python3 -c 'import os, sqlite3
db = sqlite3.connect("file:" + os.environ["BGJOB_HOME"] + "/bgjob.db?mode=ro", uri=True)
assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
assert not db.execute("PRAGMA foreign_key_check").fetchall()
assert db.execute("SELECT max(attempt) FROM job").fetchone() == (1,)
print(db.execute("SELECT count(*) FROM job").fetchone()[0])'
# shellcheck disable=SC2086
kill $pools 2>/dev/null
# shellcheck disable=SC2086
wait $pools
is 'nothing is left in the spool' 0 '' ls store/spool
# shellcheck disable=SC2086
kill -TERM $pools
# shellcheck disable=SC2086
wait $pools
is 'the pools leave' 0 0 echo $?
finish
