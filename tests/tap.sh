# shellcheck shell=sh
# tap.sh: the tests' shell library. A test is
#
#	#!/bin/sh
#	. "$(dirname "$0")/tap.sh"
#	is 'the id alone' 0 1 bgjob-submit -- true
#	finish
#
# Sourcing it makes a fresh folder $T, with a store of its own in it ($BGJOB_HOME), and goes
# there; at exit it ends everything started for that store and removes the folder, unless KEEP=1 is
# set. After each check, $T/.tap/out and $T/.tap/err hold what the command wrote, $tap_status how it
# exited.

set -u
exec </dev/null
# shellcheck disable=SC3045
ulimit -c 0
umask 022

TESTS=$(cd "$(dirname "$0")" && pwd)
TOP=$(dirname "$TESTS")
BIN=${BIN:-$TOP/build/bin}
if [ ! -d "$BIN" ]; then
	echo "Bail out! no programs in $BIN: run make"
	exit 1
fi

# shellcheck source=tests/scratch.sh
. "$TESTS/scratch.sh"
unset NO_COLOR COLUMNS LINES CDPATH POSIXLY_CORRECT
scratch_open bgjob-test || exit
BGJOB_AUTORUN=no
TZ=UTC
LC_ALL=C.UTF-8
export BIN T TOP BGJOB_AUTORUN TZ LC_ALL
cd "$T" || exit 1

tap_n=0
tap_failed=0
tap_status=0

trap scratch_close EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

pass()
{
	tap_n=$((tap_n + 1))
	printf 'ok %d - %s\n' "$tap_n" "$1"
}

# put TEXT FIFO: writes a line into a FIFO; a plain open would wait for ever if no reader is left
put()
{
	timeout 30 sh -c 'echo "$1" >"$2"' sh "$1" "$2" || fail "somebody reads $2"
}

fail()
{
	tap_n=$((tap_n + 1))
	tap_failed=$((tap_failed + 1))
	printf 'not ok %d - %s\n' "$tap_n" "$1"
}

# skip NAME REASON
skip()
{
	tap_n=$((tap_n + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_n" "$1" "$2"
}

# diag: shows stdin, made printable, as TAP comments
diag()
{
	head -n 40 | cut -c 1-300 | cat -v | sed 's/^/#   /'
}

tap_run()
{
	"$@" >"$T/.tap/out" 2>"$T/.tap/err"
	tap_status=$?
}

# tap_explain NAME WHAT WANTED COMMAND...: prints the failed check, the expected and the actual
# output
tap_explain()
{
	fail "$1"
	tap_what=$2 tap_wanted=$3
	shift 3
	printf '%s\n' "$*" | diag | sed '1s/^#  /# command:/'
	printf '# wanted: %s\n' "$tap_what"
	[ -z "$tap_wanted" ] || printf '%s\n' "$tap_wanted" | diag
	printf '# got: exit %d, stdout:\n' "$tap_status"
	diag <"$T/.tap/out"
	echo '# stderr:'
	diag <"$T/.tap/err"
}

# is NAME STATUS STDOUT COMMAND...: exit status and stdout are these, byte for byte; STDOUT is
# given without its last newline, empty means that nothing is written
is()
{
	tap_name=$1 tap_want=$2 tap_text=$3
	shift 3
	tap_run "$@"
	if [ -n "$tap_text" ]; then
		printf '%s\n' "$tap_text" >"$T/.tap/want"
	else
		: >"$T/.tap/want"
	fi
	if [ "$tap_status" -eq "$tap_want" ] && cmp -s "$T/.tap/want" "$T/.tap/out"; then
		pass "$tap_name"
	else
		tap_explain "$tap_name" "exit $tap_want, stdout:" "$tap_text" "$@"
	fi
}

# like NAME STATUS REGEX COMMAND...: a line of stdout matches the extended regular expression
like()
{
	tap_name=$1 tap_want=$2 tap_text=$3
	shift 3
	tap_run "$@"
	if [ "$tap_status" -eq "$tap_want" ] && grep -aEq -e "$tap_text" "$T/.tap/out"; then
		pass "$tap_name"
	else
		tap_explain "$tap_name" "exit $tap_want, stdout like:" "$tap_text" "$@"
	fi
}

# err NAME STATUS REGEX COMMAND...: nothing on stdout, one line on stderr, and it matches
err()
{
	tap_name=$1 tap_want=$2 tap_text=$3
	shift 3
	tap_run "$@"
	if [ "$tap_status" -eq "$tap_want" ] && [ ! -s "$T/.tap/out" ] &&
		[ "$(wc -l <"$T/.tap/err")" -eq 1 ] && [ -z "$(tail -c 1 "$T/.tap/err")" ] &&
		grep -aEq -e "$tap_text" "$T/.tap/err"; then
		pass "$tap_name"
	else
		tap_explain "$tap_name" "exit $tap_want, no stdout, one line of stderr like:" "$tap_text" "$@"
	fi
}

# ok NAME COMMAND...: exit status 0
ok()
{
	tap_name=$1
	shift
	tap_run "$@"
	if [ "$tap_status" -eq 0 ]; then
		pass "$tap_name"
	else
		tap_explain "$tap_name" 'exit 0' '' "$@"
	fi
}

# not_ok NAME COMMAND...: exit status 1 to 98; a command that is missing, crashed or was caught by
# a sanitizer (99) fails the check
not_ok()
{
	tap_name=$1
	shift
	tap_run "$@"
	if [ "$tap_status" -gt 0 ] && [ "$tap_status" -lt 99 ]; then
		pass "$tap_name"
	else
		tap_explain "$tap_name" 'exit 1 to 98' '' "$@"
	fi
}

# same NAME FILE COMMAND...: exit status 0, and stdout is what is in FILE, byte for byte
same()
{
	tap_name=$1 tap_file=$2
	shift 2
	tap_run "$@"
	if [ "$tap_status" -eq 0 ] && cmp -s "$tap_file" "$T/.tap/out"; then
		pass "$tap_name"
	else
		tap_explain "$tap_name" "exit 0, stdout as in $tap_file" '' "$@"
	fi
}

# wait_for SECONDS COMMAND...: 0 as soon as the command succeeds, 1 if it has not in that time
wait_for()
{
	tap_deadline=$(($(date +%s) + $1 + 1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt $tap_deadline ] || return 1
		sleep 0.02
	done
}

# field ID NAME: a line of a job's details, as "field 1 Status"
field()
{
	bgjob-status "$1" | sed -n "s/^$2: *//p"
}

# has_status ID STATUS, for wait_for
has_status()
{
	[ "$(field "$1" Status)" = "$2" ]
}

# ended NAME STATUS REASON OPTION...: submits a job, drains, and checks how it ended; $id is its id
ended()
{
	tap_name=$1 tap_want=$2 tap_text=$3
	shift 3
	id=$(bgjob-submit "$@") && bgjob-run --drain
	tap_run bgjob-status "$id"
	if [ "$(field "$id" Status)" = "$tap_want" ] && [ "$(field "$id" Reason)" = "$tap_text" ]; then
		pass "$tap_name"
	else
		tap_explain "$tap_name" "$tap_want" "$tap_text" "$@"
	fi
}

# start_pool OPTION...: starts a runner in the background and waits for it; $pool is its pid
start_pool()
{
	bgjob-run "$@" 2>>"$T/pool.err" &
	pool=$!
	# wait for its row: when that is visible, the lock that says it is alive is held
	wait_for 20 pool_is_up || fail "the runner is up: bgjob-run $*"
}

pool_is_up()
{
	find "/proc/$pool/fd" -lname '*/pool.lock' 2>/dev/null | grep -q .
}

# stop_pool [SIGNAL]: ends $pool; its jobs continue
stop_pool()
{
	kill "-${1:-TERM}" "$pool"
	wait "$pool" 2>/dev/null
}

# finish: prints the plan; the last line of every test
finish()
{
	printf '1..%d\n' "$tap_n"
	[ "$tap_failed" -eq 0 ]
	exit
}
