#!/bin/sh
# make install: the installed programs work from their place, and make uninstall removes them.
. "$(dirname "$0")/tap.sh"
ROOT=$T/root
USR=$ROOT/usr
# the existing build, without the variables that make check was called with; nothing is built here
BUILD=${BIN#"$TOP/"}
unset MAKEFLAGS MAKELEVEL MFLAGS

install_with()
{
	make -s -C "$TOP" -o all BUILD="${BUILD%/bin}" DESTDIR="$ROOT" PREFIX=/usr "$@"
}

files()
{
	find "$ROOT" ! -type d | sed "s|^$ROOT||" | sort
}

programs()
{
	for file in "$TOP"/cmd/*.c; do
		basename "$file" .c
	done | grep -vx bgjob-shim
}

wanted()
{
	programs | sed 's|^|/usr/bin/|'
	programs | sed 's|^|/usr/share/bash-completion/completions/|'
	for file in "$TOP"/share/man/*; do
		echo "/usr/share/man/man${file##*.}/${file##*/}"
	done
	for file in "$TOP"/share/systemd/*; do
		echo "/usr/lib/systemd/user/${file##*/}"
	done
	for file in README.md LICENSE config.example crontab.example; do
		echo "/usr/share/doc/bgjob/$file"
	done
	for file in "$TOP"/share/doc/*; do
		echo "/usr/share/doc/bgjob/${file##*/}"
	done
	for file in "$TOP"/share/workflows/*; do
		echo "/usr/share/bgjob/workflows/${file##*/}"
	done
	for file in "$TOP"/share/prompts/*; do
		echo "/usr/share/bgjob/prompts/${file##*/}"
	done
	echo /usr/share/bgjob/intents
	echo /usr/libexec/bgjob/bgjob-shim
	echo /usr/libexec/bgjob/telegram-poller
	echo /usr/share/zsh/site-functions/_bgjob
	echo /usr/share/fish/vendor_completions.d/bgjob.fish
}

ok 'make install' install_with install
wanted | sort >want
same 'everything is there, and nothing else' want files
ok 'a second time, over the first' install_with install
same 'still nothing else' want files
is 'programs, shim, workflows and documents have the right modes' 0 '' \
	find "$USR" -type f ! -perm 644 ! -path '*/bin/*' ! -path '*/libexec/*' \
	! -path '*/workflows/*' -o -type f ! -perm 755 -path '*/bin/*' -o \
	-type f ! -perm 755 -path '*/libexec/*' -o -type f ! -perm 755 -path '*/workflows/*' -o \
	-type d ! -perm 755
is 'the units name the installed programs' 1 '' grep -r '@[A-Z]*@' "$USR/lib"
for unit in "$USR"/lib/systemd/user/*.service; do
	program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit")
	ok "${unit##*/} starts $program" test -x "$ROOT$program"
done

# From the installed place alone, as on a fresh machine.
PATH=$(echo "$PATH" | sed "s|$BIN|$USR/bin|g")
unset BGJOB_AUTORUN
is 'the programs run from there' 0 "$USR/bin/bgjob-submit" sh -c 'command -v bgjob-submit'
is 'a job, from end to end' 0 1 bgjob-submit -c 'echo from the root; exit 3'
is 'its exit status' 3 '' bgjob-wait 1
is 'its result' 0 'from the root' bgjob output 1
runner=$(bgjob-doctor | sed -n 's/^ok	runner	pid \([0-9]*\) .*/\1/p')
is 'its runner is the installed one' 0 "$USR/bin/bgjob-run" readlink "/proc/$runner/exe"
like 'and so is the shim' 0 "^ok	shim	$USR/bin/\\.\\./libexec/bgjob/bgjob-shim\$" bgjob-doctor

is 'bash completes, by the link' 0 'complete -F _bgjob bgjob-wait' bash --norc -c \
	"source '$USR/share/bash-completion/completions/bgjob-wait' && complete -p bgjob-wait"
if command -v mandoc >/dev/null; then
	like 'the page of a program' 0 'record a job and print its id' \
		mandoc -Tascii "$USR/share/man/man1/bgjob-submit.1"
else
	skip 'the page of a program' 'no mandoc'
fi

kill "$runner"
wait_for 20 test ! -d "/proc/$runner"
ok 'make uninstall' install_with uninstall
is 'nothing is left' 0 '' files
ok 'but the jobs' test -f "$BGJOB_HOME/bgjob.db"
finish
