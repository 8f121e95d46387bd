#!/bin/sh
# The manual pages: every option is described, and the examples do what the page shows.
#
# In EXAMPLES, lines of a literal display that start with "$ " are commands, "> " continues one,
# and what follows is their whole output. Before a command the source may say:
#	.\" exit N          its exit status, if not 0
#	.\" varies          its output is not shown, or differs each time
#	.\" needs PROGRAM   skipped if that is not installed
. "$(dirname "$0")/tap.sh"

# extract PAGE: N.command, N.output and N.notes for each command
extract()
{
	mkdir -p "$T/examples/${1##*/}"
	awk -v to="$T/examples/${1##*/}/" '
		function text(line)
		{
			gsub(/\\&/, "", line)
			gsub(/\\e/, "\\", line)
			return line
		}
		/^\.Sh / { inside = /EXAMPLES/; literal = 0; next }
		!inside { next }
		/^\.Bd -literal/ { literal = 1; notes = ""; n_shown = 0; next }
		/^\.Ed/ { literal = 0; command = 0; next }
		!literal { next }
		/^\.\\" / { notes = notes substr($0, 5) "\n"; command = 0; next }
		/^\$ / {
			command = sprintf("%03d", ++count)
			printf "" >(to command ".output")
			printf "%s", notes >(to command ".notes")
			print text(substr($0, 3)) >(to command ".command")
			notes = ""
			next
		}
		!command { next }
		/^> / { print text(substr($0, 3)) >(to command ".command"); next }
		{ print text($0) >(to command ".output") }
	' "$1"
}

note()
{
	sed -n "s/^$1 *//p" "$example.notes"
}

is_missing()
{
	for program in $(note needs); do
		command -v "$program" >/dev/null || return 0
	done
	return 1
}

# Not in a subshell: a page's examples set variables for each other.
run()
{
	name="$page: $(head -n 1 "$example.command")"
	wanted=$(note exit)
	if is_missing; then
		skip "$name" "no $(note needs)"
		return
	fi
	eval "$(cat "$example.command")" >"$T/out" 2>"$T/err"
	status=$?
	if [ $status -ne "${wanted:-0}" ]; then
		fail "$name"
		echo "# exit $status instead of ${wanted:-0}"
		cat "$T/out" "$T/err" | diag
	elif ! grep -q '^varies' "$example.notes" && ! cmp -s "$T/out" "$example.output"; then
		fail "$name"
		diff "$example.output" "$T/out" | diag
	else
		pass "$name"
	fi
}

# The jobs, tasks and files that the examples use.
make_files()
{
	mkdir -p "$T/work/$1/photos"
	cd "$T/work/$1" || exit 1
	printf 'all:\n\ttrue\ntest:\n\ttrue\n' >Makefile
	echo one >photos/1.jpg
	echo two >photos/2.jpg
	BGJOB_HOME=$T/stores/$1
}

run_examples()
{
	page=${1##*/}
	extract "$1"
	make_files "$page"
	for example in "$T/examples/$page"/*.command; do
		example=${example%.command}
		[ ! -f "$example.command" ] || run
	done
	[ -f "$example.command" ] || fail "$page has examples"
}

# undescribed PROGRAM [SUB-COMMAND]
undescribed()
{
	"$@" --help | sed -nE 's/^ {2,6}(-., )?--([a-z-]+).*/\2/p' | while read -r option; do
		case $option in
		help | version | verbose) option="-$option" file=bgjob.7 ;;
		*) option="-$option" file=$1.1 ;;
		esac
		grep -qE "^\.It .*Fl $option( |\$)" "$TOP/share/man/$file" || echo "$file: -$option"
	done
}

# section PAGE NAME
section()
{
	awk -v name=".Sh $2" '/^\.Sh /{ inside = $0 == name } inside' "$TOP/share/man/$1"
}

# Names that are not a key in a section's tables: reads names.
no_keys()
{
	section "$1" "$2" | grep '^\.It Cm ' | sed 's/ Ta .*//' | tr -s ' ,' '\n' >"$T/keys"
	grep -vxF -f "$T/keys"
}

unset BGJOB_AUTORUN
BGJOB_SLOTS=4
export BGJOB_SLOTS
for file in "$TOP"/cmd/*.c; do
	program=$(basename "$file" .c)
	case $program in
	bgjob | bgjob-shim) ;;
	bgjob-task)
		for command in add list show run runs run-show next; do
			is "$program $command: every option is in its page" 0 '' undescribed "$program" $command
		done
		;;
	*) is "$program: every option is in its page" 0 '' undescribed "$program" ;;
	esac
done
bgjob-submit --wait -- true
bgjob-status --json 1 | grep -o '"[a-z_]*":' | tr -d '":' >names
ok 'bgjob-status --json has keys' grep -qx wait_status names
is 'all of them are in its page' 1 '' no_keys bgjob-status.1 JSON <names
bgjob-submit --help | sed -nE 's/^ .*--([a-z-]+).*/\1/p' |
	grep -vxE 'batch|wait|verbose|help|version' >names
ok 'bgjob-submit has options' grep -qx max-output names
is 'all that a batch may use are in its page' 1 '' no_keys bgjob-submit.1 BATCHES <names
bgjob-task add keys --cron @daily -u ann -- true
bgjob-task run keys >/dev/null
{
	bgjob-task list --json
	bgjob-task show keys --json
	bgjob-task runs --json
	bgjob-task run-show 1 --json
} | grep -o '"[a-z_]*":' | tr -d '":' >names
ok 'bgjob-task --json has keys' grep -qx proposals names
is 'all of them are in its page, too' 1 '' no_keys bgjob-task.1 JSON <names
for file in "$TOP"/share/man/*.[157]; do
	run_examples "$file"
done
finish
