#!/bin/sh
# The completions of bash, zsh and fish, as these shells themselves complete a line.
. "$(dirname "$0")/tap.sh"
C=$TOP/completions
export C

# complete_bash LINE: what bash offers for the last word of a line; the words end at blanks and =
cat >"$T/bash" <<'END'
source "$C/bgjob.bash"
line=${1//=/ = }
read -ra COMP_WORDS <<<"$line"
[[ $line != *' ' ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
COMP_LINE=$1 COMP_POINT=${#1}
spec=$(complete -p "${COMP_WORDS[0]##*/}") || exit
[[ $spec == *'-F _bgjob '* ]] || exit
compopt() { :; }
_bgjob "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
END
complete_bash()
{
	bash --norc "$T/bash" "$1" | sort
}

complete_fish()
{
	fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$C/bgjob.fish" "$1" | sort
}

# zsh completes only on a terminal: it gets one, and compadd records what it would show. No key is
# typed, since a key that arrives while the line editor starts may be lost: the line is preset.
cat >"$T/zsh" <<'END'
zmodload zsh/zpty
export LINE=$1 ZDOTDIR=$T/zdotdir TERM=dumb
zpty z zsh -d -i
while [[ ! -e $T/zsh.done ]] { zpty -r -t z junk; sleep 0.02 }
zpty -d z
END
mkdir "$T/zdotdir"
cat >"$T/zdotdir/.zshrc" <<'END'
fpath=($C $fpath)
autoload -Uz compinit
compinit -u -d $T/zcompdump
compadd() {
	local -a found shown
	local -i i
	local -A flags
	zparseopts -E -A flags d: O: A: D:
	# a completion that only asks has no list to show
	if [[ -n ${flags[(I)-[OAD]]} ]] { builtin compadd "$@"; return }
	builtin compadd -O found "$@"
	[[ -z $flags[-d] ]] || builtin compadd -D shown "$@"
	[[ -z $flags[-d] ]] || shown=(${(P)flags[-d]})
	for ((i = 1; i <= $#found; i++)) print -r -- "$found[i]"$'\t'"$shown[i]" >>$T/zsh.found
	builtin compadd "$@"
}
setopt no_beep
zle-line-init() {
	BUFFER=$LINE CURSOR=$#LINE
	zle complete-word
	: >$T/zsh.done
}
zle -N zle-line-init
END
complete_zsh()
{
	rm -f "$T/zsh.done" "$T/zsh.found"
	timeout 60 zsh -f "$T/zsh" "$1" >/dev/null
	[ -f "$T/zsh.done" ] || echo 'zsh did not complete'
	[ ! -f "$T/zsh.found" ] || sort -u "$T/zsh.found"
}

# offers NAME LINE WORD...: each of the words is offered, without a message
offers()
{
	name="$shell: $1" line=$2
	shift 2
	"complete_$shell" "$line" >"$T/offered" 2>"$T/said"
	for word; do
		cut -f 1 "$T/offered" | grep -qxF -e "$word" || echo "$word" >>"$T/said"
	done
	if [ -s "$T/said" ]; then
		fail "$name"
		echo "# line: $line; missing or said:"
		diag <"$T/said"
		echo '# offered:'
		diag <"$T/offered"
	else
		pass "$name"
	fi
}

# only NAME LINE WORDS: these are offered, separated by blanks, and no others
only()
{
	offers "$1" "$2"
	is "$shell: $1, no others" 0 "$(echo "$3" | tr ' ' '\n')" cut -f 1 "$T/offered"
}

# options_of COMMAND...
options_of()
{
	"$@" --help | sed -nE 's/^ {2,6}(-., |)--([a-z-]+).*/\1--\2/p' | tr -d ' ' | tr , '\n' | sort
}

no_store()
{
	BGJOB_HOME=$T/nowhere
	only 'no store, no ids' 'bgjob-status ' ''
	only 'no store, no queues' 'bgjob-queue ' ''
	only 'no store, no tasks' 'bgjob-task show ' ''
	only 'no store, no blocks' 'bgjob-memory show ' ''
	BGJOB_HOME=$T/store
}

# The store has a block and a proposal.
memory()
{
	BGJOB_HOME=$T/memory
	only 'the commands of bgjob-memory' 'bgjob-memory ' \
		'approve history list proposals propose reject set show'
	only 'labels of blocks' 'bgjob-memory show ' style
	only 'labels of blocks, behind bgjob' 'bgjob memory set st' style
	only 'proposals' 'bgjob-memory approve ' 1
	offers 'a file for a block' 'bgjob-memory propose style a-f' a-file
	for command in list show set history propose proposals approve reject; do
		options_of bgjob-memory $command | grep '^--' >"$T/long"
		"complete_$shell" "bgjob-memory $command --" 2>&1 | cut -f 1 | sed 's/=$//' >"$T/offered"
		is "$shell: the options of bgjob-memory $command" 0 '' diff "$T/long" "$T/offered"
	done
	BGJOB_HOME=$T/store
}

# The store has tasks and a run.
tasks()
{
	BGJOB_HOME=$T/tasks
	only 'the commands of bgjob-task' 'bgjob-task ' \
		'add delete disable enable list next pause resume run run-cancel run-show runs show'
	only 'a command by its beginning' 'bgjob task en' enable
	only 'task names' 'bgjob-task show ' 'nightly nudge'
	only 'task names, behind bgjob' 'bgjob task enable ' 'nightly nudge'
	only 'another task name' 'bgjob-task delete nudge ni' nightly
	only 'run ids' 'bgjob-task run-cancel ' 1
	only 'rules' 'bgjob-task add x --overlap ' 'allow queue skip'
	offers 'the command of a task' 'bgjob-task add x --every 1h -- bgjob-do' bgjob-doctor
	offers 'files of users' 'bgjob-task add x --idle 1h --users a-f' a-file
	# zsh completes them part by part
	case $shell in
	zsh) offers 'zones' 'bgjob-task add x --tz Europe/Ber' Berlin ;;
	*) offers 'zones' 'bgjob-task add x --tz Europe/Ber' Europe/Berlin ;;
	esac
	for command in add list show enable disable delete run runs run-show run-cancel next pause resume; do
		options_of bgjob-task $command | grep '^--' >"$T/long"
		"complete_$shell" "bgjob-task $command --" 2>&1 | cut -f 1 | sed 's/=$//' >"$T/offered"
		is "$shell: the options of bgjob-task $command" 0 '' diff "$T/long" "$T/offered"
	done
	BGJOB_HOME=$T/store
}

check()
{
	shell=$1
	if ! command -v "$shell" >/dev/null; then
		skip "$shell" "no $shell"
		return
	fi
	offers 'programs' 'bgjob ' status submit doctor
	offers 'a program by its beginning' 'bgjob st' status
	only 'ids of all jobs' 'bgjob-status ' '1 2 3'
	only 'ids of unfinished jobs' 'bgjob-cancel ' '2 3'
	only 'a second id' 'bgjob-wait 2 ' '2 3'
	only 'queues' 'bgjob-status -q ' 'night slow'
	only 'queues, as an operand' 'bgjob queue ' 'night slow'
	only 'states' 'bgjob-status -s ' 'cancelled done failed queued running'
	# zsh shows and inserts only what follows the comma
	case $shell in
	zsh) offers 'states in a list' 'bgjob-status -s done,f' failed ;;
	*) offers 'states in a list' 'bgjob-status -s done,f' done,failed ;;
	esac
	only 'bgjob NAME is bgjob-NAME' 'bgjob output ' '1 2 3'
	offers 'files' 'bgjob-submit -i a-f' a-file
	offers 'the command of a job' 'bgjob-submit -q slow -- bgjob-do' bgjob-doctor
	offers 'labels' 'bgjob-status -l ' "$2"
	ok "$shell: a label is a text, not code" [ ! -e pwned ]
	tasks
	memory
	no_store
}

# In fish an option's letter is offered apart from its long name, by -.
all_options()
{
	for program in backup cancel chat doctor milestone output prune queue recover run seen status submit tick up updates wait; do
		options_of bgjob-$program >"$T/options"
		"complete_$shell" "bgjob-$program --" 2>&1 | cut -f 1 | sed 's/=$//' >"$T/offered"
		grep '^--' "$T/options" >"$T/long"
		is "$shell: the options of bgjob-$program" 0 '' \
			diff "$T/long" "$T/offered"
	done
}

bgjob-submit -q fast -l 'first one' -- true >/dev/null
bgjob-run --drain
bgjob-submit -q slow -l '$(touch pwned)' -- sleep 600 >/dev/null
bgjob-submit -q night --in 1h -- make all >/dev/null
touch a-file
BGJOB_HOME=$T/tasks
bgjob-task add nightly --cron '0 3 * * *' -- true
bgjob-task add nudge --idle 30m -u ann -- true
bgjob-task run nightly >/dev/null
BGJOB_HOME=$T/memory
echo plain | bgjob-memory set style - >/dev/null
echo plainer | bgjob-memory propose style - >/dev/null
BGJOB_HOME=$T/store
for shell in bash zsh fish; do
	case $shell in
	bash) check bash '\$\(touch\ pwned\)' ;;
	*) check $shell '$(touch pwned)' ;;
	esac
	! command -v "$shell" >/dev/null || all_options
done
finish
