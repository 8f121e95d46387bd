#!/bin/sh
# bgjob-seen: users were active, and their silences start over
. "$(dirname "$0")/tap.sh"

sql()
{
	sqlite3 -cmd '.timeout 20000' "$BGJOB_HOME/bgjob.db" "$1"
}

runs()
{
	bgjob-task runs "$1" | cut -f 3,4
}

# longer SECONDS: makes all silences so much longer
longer()
{
	sql "UPDATE task_user SET due_at = due_at - $1 * 1000, fired_at = fired_at - $1 * 1000;
		UPDATE user SET seen_at = seen_at - $1 * 1000; UPDATE task SET looked_at = looked_at - $1 * 1000"
}

# due_after FIELD: when ann's silence is long enough, in seconds after FIELD
due_after()
{
	sql "SELECT (due_at - $1) / 1000.0 FROM task_user JOIN user ON id = user_id WHERE id = 'ann'"
}

err 'unknown option' 2 'unknown option --frobnicate' bgjob-seen --frobnicate ann
err 'nobody' 2 'no user given' bgjob-seen
err 'an empty id' 2 'not a user id' bgjob-seen ''
err 'an id with a blank' 2 'not a user id .*: ann b$' bgjob-seen 'ann b'
err 'a hostile id' 2 'not a user id .*: a\\n\\x1b\[2J$' bgjob-seen "$(printf 'a\n\033[2J')"
err 'an id that is too long' 2 'not a user id' bgjob-seen "$(head -c 129 /dev/zero | tr '\0' u)"
err 'the longest argument' 2 'not a user id' bgjob-seen "$(head -c 131071 /dev/zero | tr '\0' u)"
err 'a bad one behind a good one' 2 'not a user id' bgjob-seen ann 'b b'
err 'a bad one on stdin' 2 'standard input, line 2: not a user id .*: \\x01$' sh -c \
	'printf "ann\n\001\n" | bgjob-seen -'
err 'a NUL byte' 2 'standard input, line 1: a NUL byte' sh -c 'printf "a\0b\n" | bgjob-seen -'
err 'stdin cannot be read' 3 'cannot read the standard input' sh -c 'bgjob-seen - <"$T"'
err 'no place for the store' 2 'set BGJOB_HOME or HOME' env -u BGJOB_HOME -u HOME bgjob-seen ann
is 'nobody on stdin' 0 '' sh -c 'printf "\n\n" | bgjob-seen -'
not_ok 'none of this makes a store' test -e store
is 'a user' 0 '' bgjob-seen ann
is 'is known to the new store, but not let in' 0 'ann|stranger|1' sql \
	"SELECT id, role, seen_at > 1000 * (strftime('%s') - 100) FROM user"
is 'several, from everywhere' 0 '' sh -c 'printf "%s\n" "42	x" "43 y" "" 44 | bgjob-seen bob - ann'
is 'the first columns' 0 '42 43 44 ann bob' sh -c \
	"sqlite3 store/bgjob.db 'SELECT id FROM user ORDER BY id' | xargs"
long=$(head -c 128 /dev/zero | tr '\0' u)
is 'every text that is an id' 0 '' bgjob-seen "o'brien\";--" '$(touch,pwned)' 'ü\n' "$long"
is 'is kept as it is' 0 "\$(touch,pwned)
o'brien\";--
$long
ü\\n" sql "SELECT id FROM user WHERE id NOT IN ('ann', 'bob', '42', '43', '44') ORDER BY id"
err 'stdout full' 3 'cannot write: No space' sh -c 'bgjob-seen --help >/dev/full'
sql "UPDATE user SET name = 'Ann', role = 'user' WHERE id = 'ann'"
bgjob-seen ann
is 'name and role stay' 0 'Ann|user' sql "SELECT name, role FROM user WHERE id = 'ann'"
bgjob-submit -u from-a-pipe -- true >/dev/null
is 'a pipe from a neighbour' 0 '' sh -c 'bgjob-status | cut -f 5 | bgjob-seen -'
is 'knows them' 0 1 sql "SELECT count(*) FROM user WHERE id = 'from-a-pipe'"
bgjob-run --drain

# ---- silences ----

bgjob-task add nudge --idle 30m --cooldown 60m -u ann -u carl -c 'echo "$BGJOB_USER"'
bgjob-seen ann
is 'half an hour after that' 0 1800.0 due_after seen_at
is 'who was never seen is not silent' 0 1 sh -c 'bgjob-task next nudge | wc -l'
longer 1200
bgjob-seen ann
is 'and again when she is seen again' 0 1800.0 due_after seen_at
longer 1200
bgjob-tick
is 'nothing has fired' 1 '' bgjob-task runs nudge
longer 1801
bgjob-tick
is 'the silence is long enough' 0 'idle	pending' runs nudge
is 'hers' 0 ann sh -c 'bgjob-task run-show "$(bgjob-task runs nudge | cut -f 1)" | cut -f 1'
bgjob-run --drain
longer 7200
bgjob-tick
is 'once for each silence' 0 'idle	success' runs nudge

bgjob-seen ann
longer 1801
bgjob-tick
is 'the next one' 0 2 sh -c 'bgjob-task runs nudge | wc -l'
bgjob-run --drain
bgjob-seen ann
is 'but not before the cooldown is over' 0 3600.0 due_after fired_at
longer 1801
bgjob-tick
is 'nor is it fired before' 0 2 sh -c 'bgjob-task runs nudge | wc -l'
longer 1801
bgjob-seen ann
bgjob-tick
is 'at the end of it only if she is silent still' 0 2 sh -c 'bgjob-task runs nudge | wc -l'
is 'else after another silence' 0 1800.0 due_after seen_at
longer 600
echo /help | bgjob-chat --user ann >/dev/null
is 'a message to bgjob-chat is one, too' 0 1 sql \
	"SELECT due_at > 1000 * strftime('%s') + 1700000 FROM task_user WHERE user_id = 'ann'"

bgjob-task add before --idle 2h -u ann -- true
is 'a silence that began before the task' 0 1 sh -c 'bgjob-task next before | wc -l'
finish
