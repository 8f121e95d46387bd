#!/bin/sh
# The rules of the house that a machine can check: every program is described, tested and
# completed; files and functions are short; includes point downwards; the code is formatted.
. "$(dirname "$0")/tap.sh"
cd "$TOP" || exit 1

# silent NAME COMMAND...: passes if the command, which prints what breaks a rule, prints nothing
silent()
{
	name=$1
	shift
	"$@" >"$T/report" 2>&1
	if [ -s "$T/report" ]; then
		fail "$name"
		diag <"$T/report"
	else
		pass "$name"
	fi
}

described()
{
	want=$(sed -n "1s|^/\* $1: \(.*\) \*/\$|\1|p" "cmd/$1.c")
	[ -n "$want" ] || echo "cmd/$1.c: the first line is not /* $1: SENTENCE */"
	[ "$(sed -n 's/^\.Nd //p' "share/man/$1.1")" = "$want" ] ||
		echo "share/man/$1.1: .Nd is not: $want"
	grep -qxF -e "| \`$1\` | $want |" README.md || echo "README.md: no row: | \`$1\` | $want |"
	[ -f "tests/$1.t" ] || echo "tests/$1.t: missing"
	for f in completions/bgjob.bash completions/_bgjob completions/bgjob.fish; do
		grep -qE -e "(^|[^[:alnum:]_-])$1([^[:alnum:]_-]|\$)" "$f" || echo "$f: no $1"
	done
}

orphan_pages()
{
	for f in share/man/*.1; do
		[ -f "cmd/$(basename "$f" .1).c" ] || echo "$f: no such program"
	done
}

# A function extends from its { to its }, both in the first column.
long_functions()
{
	awk '
		FNR == 1 { start = 0 }
		/^{/ { start = FNR }
		/^}/ && start {
			if (FNR - start - 1 > 60)
				print FILENAME ":" start ": a function of " FNR - start - 1 " lines"
			start = 0
		}
	' cmd/*.c lib/*/*.c
}

# long_files LIMIT FILE...
long_files()
{
	limit=$1
	shift
	for f; do
		lines=$(wc -l <"$f")
		[ "$lines" -le "$limit" ] || echo "$f: $lines lines, more than $limit"
	done
}

# includers PREFIX ALLOWED: who includes that header, except the files allowed to
includers()
{
	grep -nE "^ *# *include *[<\"]$1" cmd/*.c lib/*/*.[ch] tests/*/*.[ch] 2>/dev/null |
		grep -vE "^($2):"
}

# The table of rooms in lib/README.md, as lines "ROOM ALLOWED..."
rooms()
{
	sed -n 's/^| \([a-z_]*\) | [^|]* | \([a-z_ ]*\)|$/\1 \2/p' lib/README.md
}

# Includes of a room that its row in the table does not name.
forbidden_includes()
{
	rooms >"$T/rooms"
	for d in lib/*/; do
		grep -q "^$(basename "$d") " "$T/rooms" || echo "$d: no row in lib/README.md"
	done
	grep -HE '^ *# *include *"' lib/*/*.[ch] | awk '
		FNR == NR { for (i = 1; i <= NF; i++) may[$1, $i]; next }
		{
			split($0, file, /[\/:]/)
			to = $0
			sub(/^[^"]*"/, "", to)
			if (!sub(/\/.*/, "", to))
				next # written at build
			if (!((file[2], to) in may))
				print
		}' "$T/rooms" -
	grep -nE '^ *# *include *"([^"]*\.c|\.\.?/[^"]*|cmd/[^"]*)"' cmd/*.c lib/*/*.[ch]
}

# It is started for each job: a static program of lib/shim and a few files of base.
shim_includes()
{
	grep -nE '^ *# *include *"' cmd/bgjob-shim.c | grep -vE '"(shim|base)/'
	sed -n '/^SHIM_C =/,/[^\\]$/p' Makefile | grep -oE 'lib/[a-z]+' | grep -vxE 'lib/(shim|base)'
}

foreign_sql()
{
	grep -nE 'db_(prepare|exec|compile|query_int)\(' cmd/*.c lib/*/*.[ch] |
		grep -vE '^lib/(store|db)/'
}

# What lib/README.md names as `file` or `file:function`; paths are below lib/ or the top.
stale_names()
{
	grep -oE '`[a-z]+/[A-Za-z0-9_./-]+(:[a-z_0-9]+)?`' lib/README.md | tr -d '`' | sort -u |
		while IFS=: read -r file function; do
			f=lib/$file
			[ -e "$f" ] || f=$file
			if [ ! -e "$f" ]; then
				case $file in
				spool/* | results/ | *NAME*) ;;
				*'*'*) ;;
				*) echo "lib/README.md: no $file" ;;
				esac
			elif [ -n "$function" ] && ! grep -qE "^[a-z_].*[ *]$function\\(" "$f"; then
				echo "lib/README.md: no $function() in $f"
			fi
		done
}

dead_links()
{
	for page in README.md lib/README.md share/doc/*.md; do
		[ ! -f "$page" ] || grep -oE '\]\([^)]*\)' "$page" | sed 's/^](//; s/)$//; s/#.*//' |
			while read -r to; do
				case $to in
				'' | *://* | mailto:*) ;;
				*) [ -e "$(dirname "$page")/$to" ] || echo "$page: no $to" ;;
				esac
			done
	done
}

unformatted()
{
	for f in cmd/*.c lib/*/*.[ch] tests/*/*.[ch]; do
		[ ! -f "$f" ] || echo "$f"
	done | xargs clang-format --dry-run -Werror 2>&1 | grep -aE ' (error|warning): '
}

# Every file of lib says in its first line what it is.
unexplained_files()
{
	for f in lib/*/*.[ch]; do
		b=$(basename "$f" | sed "s/..$//")
		head -n 1 "$f" | grep -q "^/\* $b: [^ ]" ||
			echo "$f:1: not /* $b: SENTENCE"
	done
}

# Every shell script says in its second line what it is, except tests that say it elsewhere.
unexplained_scripts()
{
	find .ci share tests -type f ! -name '*.t' -exec awk '
		FNR == 1 && !/^#!\/bin\/sh$/ { nextfile }
		FNR == 2 { if (!/^# [^ ]/) print FILENAME ":2: no comment that says what it is"; nextfile }
	' {} +
}

programs=$(for f in cmd/*.c; do basename "$f" .c; done | grep -vx bgjob-shim)
for p in $programs; do
	silent "$p is described in one sentence, tested and completed" described "$p"
done
silent 'every page in section 1 has its program' orphan_pages
silent 'no function, main() included, has more than 60 lines' long_functions
silent 'no program has more than 300 lines' long_files 300 cmd/*.c
silent 'no library file has more than 800 lines' long_files 800 lib/*/*.[ch]
silent 'only lib/db includes sqlite3.h' includers sqlite3 'lib/db/[_a-z]*\.c'
silent 'only lib/store and lib/db have SQL' foreign_sql
silent 'only lib/net/http includes curl.h' includers curl/ 'lib/net/http[_a-z]*\.c'
silent 'a room includes what lib/README.md allows it' forbidden_includes
silent 'lib/README.md names what there is' stale_names
silent 'links lead somewhere' dead_links
silent 'only lib/serve includes libevent' includers event2/ 'lib/serve/[_a-z]*\.c'
silent 'the shim includes nothing but shim and base' shim_includes
silent 'files of lib say what they are' unexplained_files
silent 'shell scripts say what they are' unexplained_scripts
silent 'nothing is left to do' grep -rnwE 'TODO|FIXME|XXX' cmd lib share
case $(clang-format --version 2>/dev/null) in
*' version 14.'*) silent 'formatted as clang-format 14 does' unformatted ;;
*) skip 'formatted as clang-format 14 does' 'no clang-format 14' ;;
esac
finish
