#!/bin/sh
# The Makefile's own targets: help, shell, tags, compile_commands.json, coverage, and what make check
# shows of tests that pass, fail and die. Nothing of the real tree is built or written here.
. "$(dirname "$0")/tap.sh"
unset MAKEFLAGS MAKELEVEL MFLAGS KEEP V JOBS SHELL
BUILD=${BIN#"$TOP/"}
BUILD=${BUILD%/bin}
mkdir tmp tree
TMPDIR=$T/tmp
export TMPDIR

# A tree of links, so that nothing is written into the real tree.
for name in "$TOP"/* "$TOP/.cache"; do
	[ ! -e "$name" ] || ln -s "$name" "tree/${name##*/}"
done
rm -f tree/tags tree/compile_commands.json

run_make()
{
	make -s -C tree -o all BUILD="$BUILD" "$@"
}

# --- help ---

run_make help >help.txt
is 'help fits a terminal' 0 '' awk 'length > 80' help.txt
sed -n '/^\.PHONY:/,/[^\\]$/{ s/^\.PHONY://; s/\\$//; p; }' "$TOP/Makefile" | tr -s '[:blank:]' '\n' |
	grep -vxE 'always|' | sort >phony
sed -n '/^Variables/q; s/^  \([^ ].*\)/\1/p' help.txt | sed 's/   *.*//' | cut -c 1-22 |
	sed 's/, /\n/g; s/ .*//' | sort >named
same 'it lists all targets, and no other' phony cat named
like 'and says what each does' 0 '^  check  +all tests' cat help.txt

# --- which tests, and what they need ---

needs()
{
	run_make -n "$@" check | grep -e --formatter | sed -n 's/.* -j[0-9]* *//p'
}

is 'a name of a shell test' 0 tests/bgjob-wait.t needs T=bgjob-wait
is 'of a unit test' 0 "$BUILD/unit/cron" needs T=cron
is 'files, and a unit test of another build' 0 \
	"tests/tree.t $BUILD/unit/cron" needs T='tests/tree.t build/unit/cron'
err 'none of that name' 2 'no test named nosuch\.' run_make check T=nosuch
like 'no such file' 2 'No rule to make target .tests/nosuch\.t' sh -c \
	"make -s -C tree -o all BUILD='$BUILD' check T=tests/nosuch.t 2>&1"
make_all()
{
	make -n -C tree BUILD="$BUILD" -W cmd/bgjob-wait.c "$@" | grep -c "bin/bgjob-wait'"
}
is 'a shell test needs the programs' 0 1 make_all check T=tree
is 'a unit test does not' 1 0 make_all check T=cron

# --- what prove shows ---

test_file()
{
	cat >"$1" && chmod 755 "$1"
}

test_file good.t <<'END'
#!/bin/sh
echo 'ok 1 - fine'
echo 'ok 2 - later # SKIP no time'
echo 1..2
END
test_file bad.t <<'END'
#!/bin/sh
echo 'ok 1 - fine'
echo 'not ok 2 - a planted failure'
echo '# got: nothing'
echo 'ok 3 - fine again'
echo '# about the third'
echo 1..3
exit 1
END
test_file dying.t <<'END'
#!/bin/sh
echo 'ok 1 - fine'
echo '# a last word'
kill -9 $$
END
test_file silent.t <<'END'
#!/bin/sh
END

# check FILE...: make check of these; what it prints without the times
check()
{
	run_make check T="$*" 2>&1 | sed -E 's/ [0-9]+\.[0-9] s/ N s/; s/,  .*//'
}
files()
{
	printf "$T/%s.t " "$@"
}

is 'a file that passes' 0 "[1/1] $T/good.t ok N s, 1 skipped
All tests successful.
Files=1, Tests=2
Result: PASS" check "$(files good)"
ok 'exit 0' run_make check T="$T/good.t"
for kind in bad dying silent; do
	is "a file that is $kind makes it fail" 2 '' eval \
		"run_make check T='$(files good $kind)' >out 2>&1"
	like 'which is said as soon as it ends' 0 "^\[./2\] $T/$kind\.t FAILED [0-9.]+ s\$" cat out
	is "and by prove's last line" 0 'Result: FAIL' sh -c 'grep -v ^make: out | tail -n 1'
done
is 'the failed check and its diagnostics come after the last file, nothing else does' 0 "
$T/bad.t:
not ok 2 - a planted failure
# got: nothing

Test Summary Report" eval "check '$(files bad good)' | sed -n '/^\\[2/,/^Test S/p' | sed 1d"
is 'the last lines of one that died' 0 "
$T/dying.t:
ok 1 - fine
# a last word

Test Summary Report" eval "check '$(files dying)' | sed -n '/^\\[1/,/^Test S/p' | sed 1d"
like 'of one that said nothing' 0 '^\(no output\)$' check "$(files silent)"
is 'V=1 shows all that they print, file by file' 0 'ok 1 - fine
ok 2 - later # SKIP no time
1..2' eval "run_make V=1 JOBS=1 check T='$(files good bad)' | sed '/^\\[/,\$d'"

# --- KEEP=1 ---

# tap.sh is next to the test that reads it
ln -s "$TOP/tests/tap.sh" "$TOP/tests/scratch.sh" .
test_file kept.t <<'END'
#!/bin/sh
. "$(dirname "$0")/tap.sh"
ok 'a job' bgjob-submit -- sleep 4711
bgjob-run >/dev/null 2>&1 &
wait_for 20 has_status 1 running
finish
END
rest()
{
	find tmp -mindepth 1 -maxdepth 1
}
# started_in FOLDER: processes with a store there
started_in()
{
	env -u BGJOB_HOME grep -lsazF "BGJOB_HOME=$1/" /proc/[0-9]*/environ || :
}
run_make check T="$T/kept.t" >out
is 'a test leaves nothing' 0 '' rest
run_make KEEP=1 check T="$T/kept.t" >out
kept=$(sed -n 's/^\[1\/1\].* ok .*, kept //p' out)
is 'with KEEP=1 the line of a test says where its folder is' 0 "${kept#"$T"/}" rest
is 'its store can be read' 0 running env BGJOB_HOME="$kept/store" sh -c 'bgjob-status | cut -f 2'
is 'but nothing runs there' 0 '' started_in "$kept"
rm -rf "$kept"
unit=$(dirname "$BIN")/unit/intent
"$unit" >out
is 'a unit driver leaves nothing' 1 '' grep '^# kept' out
KEEP=1 "$unit" >out
kept=$(sed -n 's/^# kept: //p' out)
ok 'with KEEP=1 it does' test -d "$kept/bgjob"
rm -rf "$kept"

# --- shell ---

# 300 s: long enough to be seen if it is not ended
echo 'echo $HOME; bgjob-submit -- sleep 300; bgjob-run >/dev/null 2>&1 &
until [ "$(bgjob-status 1 | sed -n "s/^Status: *//p")" = running ]; do sleep 0.02; done
command -v bgjob-run; bgjob-status -s running | cut -f 1,2; exit 3' >commands
make_shell()
{
	run_make shell <commands >out 2>err
	status=$?
	sed -n "s|^$TMPDIR/bgjob-shell\..*|HOME|; p" out
	[ "$status" -eq 0 ]
}
is 'commands from stdin, with a store of their own, and their status' 1 "HOME
1
$T/tree/$BUILD/bin/bgjob-run
1	running" make_shell
like 'which make passes on' 0 'Error 3' cat err
is 'what it started is ended' 0 '' started_in "$TMPDIR"
is 'the folder is removed' 0 '' rest
# type after the prompt appears: some shells discard earlier input
on_terminal()
{
	rm -f typescript tmp/seen
	{
		wait_for 20 grep -q 'bgjob shell\]' typescript
		echo 'echo "$HOME $BGJOB_HOME $XDG_RUNTIME_DIR" >../seen; ls "$HOME/.man/man1/bgjob-wait.1" >>../seen'
		wait_for 20 grep -q man1 tmp/seen
		echo exit
	} | SHELL=$1 timeout 60 script -qefc "make -s -C tree -o all BUILD='$BUILD' shell" typescript >/dev/null
	cat typescript
}
for shell in bash zsh fish; do
	if shell=$(command -v $shell); then
		like "on a terminal ${shell##*/} says where it is" 0 '\[bgjob shell\]' on_terminal "$shell"
		is 'store, home and pages are its own' 0 "F F/store F/.run
F/.man/man1/bgjob-wait.1" sed "s|$TMPDIR/bgjob-shell\.......|F|g" tmp/seen
		rm -f tmp/seen
		else
		skip "on a terminal $shell" 'not there'
	fi
done
rm -f tmp/seen
is 'it leaves nothing' 0 '' rest

# --- compile_commands.json and tags ---

run_make compile_commands.json >out
(cd "$TOP" && ls cmd/*.c lib/*/*.c tests/*/*.c) | sed "s|^|$T/tree/|" | sort >want
is 'compile_commands.json has an entry for each C file' 0 "$(cat want)" \
	sh -c 'jq -r ".[].file" tree/compile_commands.json | sort'
# compiles FILE: runs its compile command, writing nothing
compiles()
{
	sh -c "cd / && $(jq -r --arg f "$T/tree/$1" '.[] | select(.file == $f).command' \
		tree/compile_commands.json) -fsyntax-only"
}
for file in cmd/bgjob-shim.c lib/db/db.c tests/unit/cron.c tests/fakes/disk_fault.c; do
	ok "the command for $file compiles it, from any folder" compiles $file
done
mkdir fake
printf '#!/bin/sh\necho Exuberant Ctags\n' >fake/ctags
chmod 755 fake/ctags
is 'tags needs Universal Ctags' 2 '' sh -c 'PATH=$1:$PATH make -s -C tree tags 2>err' sh "$T/fake"
like 'and says how to get it' 0 'apt-get install universal-ctags' cat err
if ctags --version 2>/dev/null | grep -q Universal; then
	ok 'tags' run_make tags
	like 'a function is found' 0 '^db_open	lib/db/db_open\.c	' cat tree/tags
else
	skip 'tags' 'no Universal Ctags'
fi

# --- coverage ---

mkdir -p lib/one lib/two cmd cov
cat >lib/one/half.c <<'END'
int half(int n)
{
	if (n > 1)
		return n / 2;
	n = 1 - n;
	return n;
}
END
printf 'int unused(void)\n{\n\treturn 1;\n}\n' >lib/two/unused.c
printf 'int half(int);\nint main(void)\n{\n\treturn half(6) != 3;\n}\n' >cmd/main.c
if gcov --version >/dev/null 2>&1; then
	for file in lib/one/half lib/two/unused cmd/main; do
		cc --coverage -c -o "cov/${file##*/}.o" $file.c
	done
	# a second object of the same file counts once
	mkdir cov/shim && cc --coverage -c -o cov/shim/half.o lib/one/half.c
	cc --coverage -o cov/main cov/*.o && cov/main
	is 'coverage: a row for each room' 0 'ROOM         LINES  COVERED  PERCENT
cmd              2        2   100.0%
lib/one          5        3    60.0%
lib/two          2        0     0.0%
total            9        5    55.6%' "$TOP/tests/coverage" cov
	err 'no build' 1 'no counters' sh -c "'$TOP/tests/coverage' fake >/dev/null"
else
	skip 'coverage' 'no gcov'
fi

# --- CI ---

mkdir -p ci/.ci ci/share
cp "$TOP/.ci/run" ci/.ci/run
echo 'exit 0' >ci/share/setup
printf '#!/bin/sh\necho "make $*"\n[ "$1" != "$FAIL" ]\n' >fake/make
chmod 755 fake/make
ci()
{
	PATH=$T/fake:$PATH FAIL=$1 bash ci/.ci/run | sed 's/ [ 0-9][0-9] min [0-9][0-9] s/ N/'
}
is 'CI says what each part took' 0 'make check
ci: check    N, exit 0
make check-asan
ci: asan     N, exit 0
make check-torture KILLS=100
ci: torture  N, exit 0
make lint
ci: lint     N, exit 0
ci: check    N, exit 0
ci: asan     N, exit 0
ci: torture  N, exit 0
ci: lint     N, exit 0' ci none
is 'one that fails is the last' 0 'make check
ci: check    N, exit 1
ci: check    N, exit 1' ci check
not_ok 'and its status that of CI' env PATH="$T/fake:$PATH" FAIL=check bash ci/.ci/run
line=$(sed -n '/^sh share\/setup test/p' "$TOP/README.md")
like "it runs the README's command" 0 "'sh share/setup test && make check'\$" cat "$TOP/.ci/run"
is 'as it stands there' 0 'sh share/setup test && make check' echo "$line"
finish
