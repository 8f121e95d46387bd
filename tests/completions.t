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

# zsh completes only on a terminal: it gets one, and what it would show is caught in compadd. No key is
# typed, since one that comes while the line editor starts may be lost: the line is there from the start.
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
	# one that only asks has no list to show
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

# offers NAME LINE WORD...: each of the words is among what is offered, and nothing is said
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

options_of()
{
	"$1" --help | sed -nE 's/^ +(-., |)--([a-z-]+).*/\1--\2/p' | tr -d ' ' | tr , '\n' | sort
}

no_store()
{
	BGJOB_HOME=$T/nowhere
	only 'no store, no ids' 'bgjob-status ' ''
	only 'no store, no queues' 'bgjob-queue ' ''
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
	no_store
}

# In fish an option's letter is offered apart from its long name, by -.
all_options()
{
	for program in backup cancel chat doctor milestone output prune queue recover run status submit up updates wait; do
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
for shell in bash zsh fish; do
	case $shell in
	bash) check bash '\$\(touch\ pwned\)' ;;
	*) check $shell '$(touch pwned)' ;;
	esac
	! command -v "$shell" >/dev/null || all_options
done
finish
