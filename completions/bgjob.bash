# bash completion for bgjob and all programs bgjob-NAME. Without a store
# nothing is completed from it, silently. Needs nothing but bash; with bash-completion installed
# the command of a job is completed as if it stood alone.

_bgjob_programs='backup cancel chat doctor milestone notify output prune queue recover run status submit up updates wait'

# options of a program
_bgjob_options()
{
	case $1 in
	backup | doctor | up) ;;
	cancel) echo -u --user ;;
	chat) echo --inbox -u --user --notify --pair --operator --classify --commands ;;
	milestone) echo -j --job ;;
	notify) echo --drain --linger --title --markdown --pid ;;
	output) echo -e --stderr --both -f --follow --attempt ;;
	prune) echo --older --keep --dry-run ;;
	queue) echo --limit --pause --resume ;;
	recover) echo --check ;;
	run) echo -j --jobs -q --queue --drain --once --linger --autorun ;;
	status)
		echo -s --state -q --queue -t --type -l --label -u --user --since -n --limit \
			--line --ack --json --jsonl -w --watch
		;;
	submit)
		echo -c --shell -q --queue -t --type -l --label -u --user -p --priority -i --input \
			--input-text -C --directory --env --after --after-any --at --in --timeout \
			--grace --retries --backoff --unique --notify --notify-on \
			--notify-after --max-output --contain --batch --wait
		;;
	updates) echo --once ;;
	wait) echo --any --within --test ;;
	esac
	echo -v --verbose -h --help -V --version
}

_bgjob_takes_value()
{
	case $1 in
	-[cqtlupiCsnj] | --shell | --queue | --type | --label | --user | --priority | --input) ;;
	--input-text | --directory | --env | --after | --after-any | --at | --in | --timeout) ;;
	--grace | --retries | --backoff | --unique | --notify | --notify-on | --max-output) ;;
	--state | --since | --limit | --jobs | --linger | --attempt | --within | --older | --keep) ;;
	--inbox | --job | --title | --pid | --notify-after) ;;
	*) return 1 ;;
	esac
}

# column N of the latest jobs, each text once; what had to be escaped is left out
_bgjob_column()
{
	"${at}bgjob-status" -n 50 "${@:2}" 2>/dev/null | cut -f "$1" | grep -vF "\\" | sort -u
}

# Not by compgen -W: it expands what it is given, and a label may be $(anything).
_bgjob_words()
{
	local word

	while IFS= read -r word; do
		[[ -z $word || $word != "$cur"* ]] || COMPREPLY+=("$word")
	done <<<"$1"
}

# a list with commas: what stands before the last one is kept
_bgjob_list()
{
	local before=

	[[ $cur != *,* ]] || before=${cur%,*},
	_bgjob_words "$(printf '%s\n' "$@" | sed "s/^/$before/")"
	compopt -o nospace
}

_bgjob_files()
{
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
}

# sets COMPREPLY to values of option $2 of program $1; 1: any text will do
_bgjob_value()
{
	case $2 in
	-q | --queue) _bgjob_words "$("${at}bgjob-queue" 2>/dev/null | cut -f 1)" ;;
	-s | --state) _bgjob_list queued running 'done' failed cancelled ;;
	-t | --type) _bgjob_words "$(_bgjob_column 4)" ;;
	-l | --label)
		_bgjob_words "$(_bgjob_column 6)"
		[ ${#COMPREPLY[@]} -eq 0 ] || mapfile -t COMPREPLY < <(printf '%q\n' "${COMPREPLY[@]}")
		;;
	-j | --job)
		[ "$1" != milestone ] || _bgjob_words "$(_bgjob_column 1 -s running)"
		;;
	-u | --user) _bgjob_words "$(_bgjob_column 5)" ;;
	-i | --input) _bgjob_files -f ;;
	-C | --directory) _bgjob_files -d ;;
	--env) _bgjob_list ALL NONE "$(compgen -e)" ;;
	--after | --after-any) _bgjob_list "$(_bgjob_column 1 -s queued,running)" ;;
	--notify) _bgjob_words $'telegram:\nhttps://\nmailto:\nexec:\ntty' ;;
	--notify-on) _bgjob_words $'done\nfailed\nchange\nalways\nnever' ;;
	--limit) [ "$1" != queue ] || _bgjob_words none ;;
	*) _bgjob_takes_value "$2" ;;
	esac
}

# operands of program $1
_bgjob_operand()
{
	case $1 in
	status | output) _bgjob_words "$(_bgjob_column 1)" ;;
	wait | cancel) _bgjob_words "$(_bgjob_column 1 -s queued,running)" ;;
	queue) _bgjob_words "$("${at}bgjob-queue" 2>/dev/null | cut -f 1)" ;;
	backup) _bgjob_files -f ;;
	notify) _bgjob_words $'telegram:\nhttps://\nmailto:\nexec:\ntty' ;;
	esac
}

# the command of a job, which is word $1
_bgjob_command()
{
	if declare -F _command_offset >/dev/null; then
		_command_offset "$1"
	elif [ "$1" -eq "$COMP_CWORD" ]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
	else
		_bgjob_files -f
	fi
}

# program $1, whose arguments begin at word $2
_bgjob_program()
{
	local i operand=0 word

	# bash takes --queue=x for three words
	for ((i = $2; i < COMP_CWORD && operand == 0; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == -- ]]; then
			operand=$((i + 1))
		elif [[ $word == = ]]; then
			((i++))
		elif [[ $word != -?* ]]; then
			operand=$i
		elif _bgjob_takes_value "$word" && [[ ${COMP_WORDS[i + 1]} != = ]]; then
			((i++))
		fi
	done
	if [[ $1 == submit ]] && ((operand > 0)); then
		_bgjob_command "$operand"
		return
	fi
	word=${COMP_WORDS[COMP_CWORD - 1]}
	if [[ $cur == = ]]; then
		cur=
	elif [[ $word == = ]]; then
		word=${COMP_WORDS[COMP_CWORD - 2]}
	elif ! _bgjob_takes_value "$word"; then
		word=
	fi
	if ((COMP_CWORD > $2)) && [[ $word == -?* ]] && _bgjob_value "$1" "$word"; then
		return
	fi
	if [[ $cur == -* ]]; then
		_bgjob_words "$(_bgjob_options "$1" | tr ' ' '\n')"
	else
		_bgjob_operand "$1"
	fi
}

_bgjob()
{
	local at='' cur=${COMP_WORDS[COMP_CWORD]}
	local name=${COMP_WORDS[0]##*/}

	COMPREPLY=()
	[[ ${COMP_WORDS[0]} != */* ]] || at=${COMP_WORDS[0]%/*}/
	if [[ $name != bgjob ]]; then
		_bgjob_program "${name#bgjob-}" 1
	elif ((COMP_CWORD > 1)); then
		_bgjob_program "${COMP_WORDS[1]}" 2
	elif [[ $cur == -* ]]; then
		_bgjob_words $'-h\n--help\n-V\n--version'
	else
		_bgjob_words "${_bgjob_programs// /$'\n'}"
	fi
}

complete -F _bgjob bgjob bgjob-backup bgjob-cancel bgjob-chat bgjob-doctor bgjob-milestone \
	bgjob-notify bgjob-output bgjob-prune bgjob-queue bgjob-recover bgjob-run bgjob-status bgjob-submit bgjob-up \
	bgjob-updates bgjob-wait
