# bash completion for bgjob and all programs bgjob-NAME. Without a store
# nothing is completed from it, silently. Needs nothing but bash; with bash-completion installed
# the command of a job is completed as if it stood alone.

_bgjob_programs='agent backup cancel chat doctor mcp memory milestone notify output prune queue recover run seen status submit task tick up updates wait'
_bgjob_memory_commands='list show set history propose proposals approve reject'
_bgjob_tools='none list_background_jobs show_background_job start_background_job cancel_background_job
	milestone run_workflow list_files read_file search_files write_file shell read_memory_block
	propose_memory_edit'
_bgjob_task_commands='add list show enable disable delete run runs run-show run-cancel next pause resume'

# options of a program, or of task-COMMAND, memory-COMMAND
_bgjob_options()
{
	case $1 in
	agent)
		echo --session --parent --system --tools --memory --max-turns --model --workspace \
			--max-tokens --budget --typing
		;;
	backup | doctor | seen | up) ;;
	cancel) echo -u --user ;;
	chat) echo --inbox -u --user --notify --pair --operator --classify --commands ;;
	memory-approve) echo -u --user ;;
	memory-list | memory-history) echo -u --user --json --jsonl ;;
	memory-propose) echo -u --user --title --base --edit ;;
	memory-proposals) echo -u --user --all --json --jsonl ;;
	memory-reject) echo -u --user --reason ;;
	memory-set) echo -u --user --title ;;
	memory-show) echo -u --user --json ;;
	mcp) echo -u --user --tools --workspace --notify ;;
	milestone) echo -j --job ;;
	notify) echo --drain --linger --title --markdown --pid ;;
	output) echo -e --stderr --both -f --follow --attempt ;;
	prune) echo --older --keep --dry-run ;;
	queue) echo --limit --pause --resume ;;
	recover) echo --check ;;
	run) echo -j --jobs -q --queue --tick --drain --once --linger --autorun ;;
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
	task-add)
		echo --cron --tz --every --idle --cooldown --at --missed --grace --overlap --disabled \
			-u --user --users --batch -c --shell --prompt --tools --memory --max-turns \
			--timeout -q --queue -p --priority -C --directory --env --notify --notify-on \
			--alert-after --replace --json
		;;
	task-list) echo --json --jsonl ;;
	task-next) echo --cron --tz --from --limit -n ;;
	task-run) echo -u --user ;;
	task-runs) echo --json --jsonl --limit -n ;;
	task-show | task-run-show) echo --json ;;
	tick) echo --next ;;
	updates) echo --once ;;
	wait) echo --any --within --test ;;
	esac
	echo -v --verbose -h --help -V --version
}

# whether option $1 of program $2 does
_bgjob_takes_value()
{
	case $1 in
	-[cqtlupiCsnj] | --shell | --queue | --type | --label | --user | --priority | --input) ;;
	--input-text | --directory | --env | --after | --after-any | --at | --in | --timeout) ;;
	--grace | --retries | --backoff | --unique | --notify | --notify-on | --max-output) ;;
	--state | --since | --limit | --jobs | --linger | --attempt | --within | --older | --keep) ;;
	--base | --reason | --inbox | --job | --title | --pid | --notify-after) ;;
	--cron | --tz | --every | --idle | --cooldown | --missed | --overlap | --users) ;;
	--session | --parent | --system | --model | --workspace | --max-tokens | --budget | --typing) ;;
	--prompt | --tools | --memory | --max-turns | --alert-after | --from) ;;
	--batch | --json) [[ $2 == task-add ]] ;;
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
	--cron) _bgjob_words $'@hourly\n@daily\n@weekly\n@monthly\n@yearly' ;;
	--tz) _bgjob_words "$(sed '/^#/d' /usr/share/zoneinfo/zone.tab 2>/dev/null | cut -f 3)"$'\nUTC' ;;
	--missed) _bgjob_words $'skip\nonce\nall' ;;
	--overlap) _bgjob_words $'skip\nqueue\nallow' ;;
	--users | --prompt | --system) _bgjob_files -f ;;
	--workspace) _bgjob_files -d ;;
	--tools) _bgjob_list $_bgjob_tools ;;
	--memory) _bgjob_list $("${at}bgjob-memory" list 2>/dev/null | cut -f 1) ;;
	--typing) _bgjob_words telegram: ;;
	--json) [ "$1" = task-add ] && _bgjob_files -f ;;
	*) _bgjob_takes_value "$2" "$1" ;;
	esac
}

# operands of program $1
_bgjob_operand()
{
	case $1 in
	status | output) _bgjob_words "$(_bgjob_column 1)" ;;
	wait | cancel) _bgjob_words "$(_bgjob_column 1 -s queued,running)" ;;
	queue) _bgjob_words "$("${at}bgjob-queue" 2>/dev/null | cut -f 1)" ;;
	task) _bgjob_words "${_bgjob_task_commands// /$'\n'}" ;;
	task-show | task-enable | task-disable | task-delete | task-run | task-runs | task-next)
		_bgjob_words "$("${at}bgjob-task" list 2>/dev/null | cut -f 1)"
		;;
	task-run-show | task-run-cancel)
		_bgjob_words "$("${at}bgjob-task" runs -n 50 2>/dev/null | cut -f 1)"
		;;
	seen) _bgjob_words "$(_bgjob_column 5)" ;;
	memory) _bgjob_words "${_bgjob_memory_commands// /$'\n'}" ;;
	memory-show | memory-set | memory-history | memory-propose)
		_bgjob_words "$("${at}bgjob-memory" list 2>/dev/null | cut -f 1)"
		;;
	memory-proposals | memory-approve | memory-reject)
		_bgjob_words "$("${at}bgjob-memory" proposals 2>/dev/null | cut -f 1)"
		;;
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

# the last word, of program $1, whose arguments begin at word $2
_bgjob_word()
{
	local word=${COMP_WORDS[COMP_CWORD - 1]}

	if [[ $cur == = ]]; then
		cur=
	elif [[ $word == = ]]; then
		word=${COMP_WORDS[COMP_CWORD - 2]}
	elif ! _bgjob_takes_value "$word" "$1"; then
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

# task, whose arguments begin at word $1; the first is its command
_bgjob_task()
{
	local i

	for ((i = $1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} == -- ]]; then
			_bgjob_command $((i + 1))
			return
		fi
	done
	if ((COMP_CWORD > $1)); then
		_bgjob_word "task-${COMP_WORDS[$1]}" $(($1 + 1))
	else
		_bgjob_word task "$1"
	fi
}

# memory, whose arguments begin at word $1: its command, a label, a file
_bgjob_memory()
{
	local command=${COMP_WORDS[$1]}

	if ((COMP_CWORD == $1)); then
		_bgjob_word memory "$1"
	elif [[ $command == @(set|propose) && $cur != -* ]] && ((COMP_CWORD > $1 + 1)) &&
		[[ ${COMP_WORDS[COMP_CWORD - 1]} != -?* && ${COMP_WORDS[COMP_CWORD - 1]} != = ]]; then
		_bgjob_files -f
	else
		_bgjob_word "memory-$command" $(($1 + 1))
	fi
}

# program $1, whose arguments begin at word $2
_bgjob_program()
{
	local i operand=0 word

	if [[ $1 == task ]]; then
		_bgjob_task "$2"
		return
	fi
	if [[ $1 == memory ]]; then
		_bgjob_memory "$2"
		return
	fi

	# bash takes --queue=x for three words
	for ((i = $2; i < COMP_CWORD && operand == 0; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == -- ]]; then
			operand=$((i + 1))
		elif [[ $word == = ]]; then
			((i++))
		elif [[ $word != -?* ]]; then
			operand=$i
		elif _bgjob_takes_value "$word" "$1" && [[ ${COMP_WORDS[i + 1]} != = ]]; then
			((i++))
		fi
	done
	if [[ $1 == submit ]] && ((operand > 0)); then
		_bgjob_command "$operand"
		return
	fi
	_bgjob_word "$1" "$2"
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

complete -F _bgjob bgjob bgjob-agent bgjob-backup bgjob-cancel bgjob-chat bgjob-doctor bgjob-mcp bgjob-memory bgjob-milestone \
	bgjob-notify bgjob-output bgjob-prune bgjob-queue bgjob-recover bgjob-run bgjob-seen bgjob-status \
	bgjob-submit bgjob-task bgjob-tick bgjob-up bgjob-updates bgjob-wait
