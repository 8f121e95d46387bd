#!/bin/sh
# The programs' messages about a store that is damaged, foreign, newer, another user's or not
# writable
. "$(dirname "$0")/tap.sh"

# the shared memory beside the database does not count as content
sums() { find store -type f ! -name '*-shm' -size +0 -exec cksum {} + | sort; }

# refused NAME REGEX [PREFIX...]: each program says one such line, exits 3, and changes nothing
refused()
{
	refused=$1 because=$2
	shift 2
	sums >before
	: >wrong
	for call in 'submit -- true' 'run --drain' status 'status 1' 'status --line' 'output 1' 'wait 1' \
		'cancel 1' queue 'queue --pause'; do
		# shellcheck disable=SC2086
		"$@" bgjob-$call >out 2>said </dev/null
		got=$?
		case $call in
		wait*) want=125 ;;
		*) want=3 ;;
		esac
		if [ $got -ne $want ] || [ -s out ] || [ "$(wc -l <said)" -ne 1 ] ||
			! grep -Eq -e "^bgjob-[a-z]*: .*$because" said; then
			echo "bgjob-$call: exit $got, want $want" | cat - out said >>wrong
		fi
	done
	is "$refused" 0 '' cat wrong
	sums >after
	same "$refused: nothing changed" before cat after
}

# fresh: a store with one job that is done
fresh()
{
	rm -rf store
	bgjob-submit -- echo kept >id
	bgjob-run --drain
	python3 - <<'PY'
import os, sqlite3
db = sqlite3.connect(os.environ["BGJOB_HOME"] + "/bgjob.db")
db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
PY
}

fresh
: >store/bgjob.db
refused 'an empty file' 'is empty, so it is damaged: restore'
head -c 8192 /dev/urandom >store/bgjob.db
refused 'random bytes' 'not a database \(the store is damaged'
echo 'this is a text' >store/bgjob.db
refused 'a text' '(damaged|not a database)'
fresh
cp store/bgjob.db whole
size=$(stat -c %s whole)
head -c 4096 whole >store/bgjob.db
refused 'cut off after a page' 'damaged'
{ head -c 4096 whole; head -c $((size - 4096)) /dev/urandom; } >store/bgjob.db
like 'random bytes behind a good page' 3 '' sh -c 'bgjob-submit -- true; s=$?; echo; exit $s'
cp whole store/bgjob.db
is 'a copy put back' 0 kept bgjob-output 1

python3 -c 'import sqlite3
for name, sql in ("newer", "PRAGMA user_version = 99"), ("foreign", "PRAGMA application_id = 1"):
	open(name, "wb").write(open("whole", "rb").read())
	db = sqlite3.connect(name)
	db.execute("PRAGMA journal_mode = DELETE").fetchall()
	db.execute(sql)
	db.commit()
	db.execute("PRAGMA journal_mode = WAL").fetchall()
	db.close()'
fresh
cp newer store/bgjob.db
rm -f store/bgjob.db-wal store/bgjob.db-shm
bgjob-status >out 2>&1
refused 'a newer store' 'has schema 99, this program knows up to [0-9]+: install the newer bgjob'
cp foreign store/bgjob.db
rm -f store/bgjob.db-wal store/bgjob.db-shm
bgjob-status >out 2>&1
refused "another program's database" 'is not a bgjob store'

# ---- links and other files in its place ----

fresh
mv store/bgjob.db real.db
ln -s ../real.db store/bgjob.db
refused 'bgjob.db is a link' 'bgjob.db is not a regular file'
rm store/bgjob.db
mkdir store/bgjob.db
refused 'bgjob.db is a folder' 'bgjob.db is not a regular file'
rmdir store/bgjob.db
mkfifo store/bgjob.db
refused 'bgjob.db is a pipe' 'bgjob.db is not a regular file'
rm store/bgjob.db
mv real.db store/bgjob.db
for name in wal shm; do
	rm -f store/bgjob.db-$name
	: >target
	ln -s ../target store/bgjob.db-$name
	refused "bgjob.db-$name is a link" "bgjob.db-$name is not a regular file"
	rm store/bgjob.db-$name
	is 'what it points to is as it was' 0 '' cat target
done
fresh
rm -rf store/spool
mkdir elsewhere
ln -s ../elsewhere store/spool
bgjob-submit -- true >id
err 'spool is a link' 3 'cannot open .*/spool: (Not a directory|Too many levels)' bgjob-run --drain
is 'nothing is written through it' 0 '' ls elsewhere
rm store/spool
rm -rf store/results
ln -s ../elsewhere store/results
head -c 2000000 /dev/urandom >large
err 'results is a link' 3 'cannot open .*/results: (Not a directory|Too many levels)' bgjob-submit -i large -- cat
is 'nothing is written through this one' 0 '' ls elsewhere
rm store/results
bgjob-run --drain
is 'both are made anew when they are gone' 0 kept sh -c 'bgjob-submit -i large -- cat >id && bgjob-run --drain &&
	bgjob-output - <id >/dev/null 2>&1; bgjob-output "$(cat id)" | cmp - large && bgjob-output 1'
for name in wake runner.log autorun.lock pool.lock; do
	rm -f "store/$name"
	ln -s ../target "store/$name"
done
bgjob-submit -- true >id 2>said
like 'wake is a link: said' 0 'cannot open .*/(wake|pool.lock)' cat said
is 'and nothing is written through it' 0 '' cat target
rm -rf store
ln -s stored store
mkdir -m 700 stored
is 'BGJOB_HOME itself may be one' 0 1 bgjob-submit -- true
rm store
mv stored store

# ---- owners and permissions ----

fresh
chmod g+w store
refused 'a folder that the group may write' 'may be written by others: chmod go-w'
chmod 707 store
refused 'a folder that all may write' 'may be written by others: chmod go-w'
chmod 755 store
is 'one that others may read is no risk of loss' 0 kept bgjob-output 1
chmod 700 store
chmod g+w store/spool
bgjob-submit -- true >id
err 'a spool that the group may write' 3 'spool may be written by others' bgjob-run --drain
chmod 700 store/spool
err 'a place that cannot be' 3 'cannot open /dev/null/store: Not a directory' \
	env BGJOB_HOME=/dev/null/store bgjob-submit -- true
err 'a file in its place' 3 'cannot open .*: Not a directory' env BGJOB_HOME="$T/large" bgjob-submit -- true
if [ "$(id -u)" -eq 0 ]; then
	fresh
	chown -R 12345 store
	refused "somebody else's store, met by root" 'belongs to user 12345, not to you \(0\)'
	is 'no file of root is left there' 0 '' find store -user root
	chown 0 store
	refused "somebody else's database" 'bgjob.db belongs to user 12345'
	chown -R 0 store
	chown 12345 store/spool
	bgjob-submit -- true >id
	err "somebody else's spool" 3 'spool belongs to user 12345' bgjob-run --drain
	chown 0 store/spool
	chmod 755 "$T" store
	if setpriv --reuid 65534 --regid 65534 --clear-groups "$BIN/bgjob-status" -V >/dev/null 2>&1; then
		refused "root's store, met by another" 'belongs to user 0, not to you \(65534\)' \
			setpriv --reuid 65534 --regid 65534 --clear-groups
		mkdir -m 500 closed
		chown 65534 closed
		err 'a folder without a store that one may not write' 3 'cannot open .*Permission denied' \
			setpriv --reuid 65534 --regid 65534 --clear-groups env BGJOB_HOME="$T/closed" bgjob-submit -- true
		cp -a store theirs
		chown -R 65534:65534 theirs
		chmod 400 theirs/bgjob.db
		err 'a file that one may not write' 3 'bgjob.db' \
			setpriv --reuid 65534 --regid 65534 --clear-groups env BGJOB_HOME="$T/theirs" bgjob-submit -- true
	else
		skip "root's store, met by another" 'the programs are where others may not look'
	fi
	if unshare -m true 2>/dev/null; then
		fresh
		bgjob-status >/dev/null
		cat >ro.sh <<'X'
mount --bind store store && mount -o remount,bind,ro store && exec "$@"
X
		refused 'a read-only file system' '(read-only|Read-only)' unshare -m sh ro.sh
	else
		skip 'a read-only file system' 'may not mount here'
	fi
else
	skip 'stores of others, read-only file systems' 'only root can make them'
fi

# ---- what killed programs leave behind ----

fresh
: >store/bgjob.db.new-12345
: >store/store.lock
echo rubbish >store/spool/9-1.state
echo rubbish >store/spool/rubbish
is 'leftovers do no harm' 0 2 bgjob-submit -- true
is 'and the pool runs' 0 '' bgjob-run --drain
ok 'the job' has_status 2 'done'
rm store/spool/rubbish
is 'files of no job are removed' 0 '' ls store/spool

# ---- BGJOB_TRACE ----

fresh
# seen TOPIC REGEX COMMAND...: with BGJOB_TRACE=TOPIC a line on stderr matches
seen()
{
	topic=$1 line=$2
	shift 2
	BGJOB_TRACE=$topic "$@" >/dev/null 2>said
	grep -aqE -e "^bgjob-[a-z]*: [0-9:.]{12} ${topic%%,*}: $line" said || { cat said; return 1; }
}
ok 'statements, with the time they took' seen sql '[0-9]+\.[0-9]{3} ms: BEGIN IMMEDIATE$' bgjob-submit -- true
ok 'also one that reads' seen sql '[0-9.]+ ms: SELECT .* FROM job ' bgjob-status
ok 'that others are woken' seen wake 'wake up those who wait for a commit$' bgjob-submit -- true
waited=$(BGJOB_AUTORUN=no bgjob-submit -- true)
BGJOB_TRACE=wake bgjob-wait "$waited" 2>said &
wait_for 20 sh -c "ls -l /proc/$!/fd | grep -q inotify"
bgjob-run --drain
wait $!
like 'that somebody was woken' 0 '^bgjob-wait: [0-9:.]{12} wake: wake: event 0x' cat said
ok 'a lock that is taken' seen lock 'prune.lock, byte 0: locked after [0-9]+ ms$' bgjob-prune --older 1000d
cat >hold.py <<'X'
import os, sqlite3, sys, time
db = sqlite3.connect(os.environ["BGJOB_HOME"] + "/bgjob.db", isolation_level=None, timeout=20)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read(1)
db.execute("COMMIT")
X
mkfifo held let
python3 hold.py <let >held &
exec 7>let
read -r line <held
BGJOB_TRACE=lock bgjob-submit -v -- true 7>&- >id 2>said &
wait_for 20 grep -q 'sql: BEGIN IMMEDIATE' said
exec 7>&-
wait
like 'how long the store was busy' 0 'lock: the store was busy for [0-9]+ ms: BEGIN IMMEDIATE$' cat said
bgjob-status >/dev/null 2>said
is 'nothing of it unasked' 0 '' cat said
mkdir -p bad/bgjob
printf 'no setting\n' >bad/bgjob/config
is 'a bad configuration file ends nothing' 0 "$(bgjob-status)" \
	env XDG_CONFIG_HOME="$T/bad" BGJOB_TRACE=all bgjob-status
ok 'with -v the statements' sh -c 'bgjob-status -v 2>&1 >/dev/null | grep -q "^bgjob-status: sql: SELECT"'
finish
