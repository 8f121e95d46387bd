# fish completion for the bgjob programs. Without a store nothing is completed from it, silently.

set -l programs bgjob-agent bgjob-backup bgjob-cancel bgjob-chat bgjob-doctor bgjob-mcp bgjob-memory bgjob-milestone bgjob-notify bgjob-output bgjob-prune bgjob-queue \
    bgjob-recover bgjob-run bgjob-seen bgjob-status bgjob-submit bgjob-task bgjob-tick bgjob-up bgjob-updates bgjob-wait

# The latest jobs, newest first, each with its state and label or command.
function __bgjob_ids
    bgjob-status -n 50 $argv 2>/dev/null | while read -l line
        set -l f (string split \t -- $line)
        set -l what $f[6]
        test -n "$what"; or set what $f[11]
        printf '%s\t%s %s\n' $f[1] $f[2] "$what"
    end
end

function __bgjob_unfinished
    __bgjob_ids -s queued,running
end

# What stands in a column of the latest jobs.
function __bgjob_column
    bgjob-status -n 50 2>/dev/null | cut -f $argv[1] | sort -u | string match -rv '^$|\\\\'
end

function __bgjob_queues
    bgjob-queue 2>/dev/null | cut -f 1
end

function __bgjob_states
    printf '%s\n' queued running done failed cancelled
end

function __bgjob_tools
    string split ' ' 'none list_background_jobs show_background_job start_background_job cancel_background_job milestone run_workflow list_files read_file search_files write_file shell read_memory_block propose_memory_edit'
end

function __bgjob_variables
    printf '%s\n' ALL NONE
    set -nx
end

# bgjob NAME ... is completed as bgjob-NAME ...
function __bgjob_rest
    set -l words (commandline -opc)
    complete -C "bgjob-$words[2] "(string join ' ' -- (string escape -- $words[3..] (commandline -ct)))
end

# submit: the options end where the command begins. Sets words to what there is of it.
function __bgjob_has_command --no-scope-shadowing
    set words (commandline -opc)
    set -l value '^(-[cqtlupiC]|--(shell|queue|type|label|user|priority|input|input-text|directory|env|after|after-any|at|in|timeout|grace|retries|backoff|unique|notify|notify-on|notify-after|max-output))$'
    set -l skip 0
    set -e words[1]
    while set -q words[1]
        if test $skip = 1
            set skip 0
        else if string match -qr $value -- $words[1]
            set skip 1
        else if test "$words[1]" = --
            set -e words[1]
            return 0
        else if not string match -q -- '-*' $words[1]
            return 0
        end
        set -e words[1]
    end
    return 1
end

function __bgjob_command
    set -l words
    __bgjob_has_command
    complete -C (string join ' ' -- (string escape -- $words) (commandline -ct))
end

function __bgjob_tasks
    bgjob-task list 2>/dev/null | cut -f 1
end

function __bgjob_runs
    bgjob-task runs -n 50 2>/dev/null | while read -l line
        set -l f (string split \t -- $line)
        printf '%s\t%s %s\n' $f[1] $f[4] $f[2]
    end
end

function __bgjob_memory
    bgjob-memory list 2>/dev/null | while read -l line
        set -l f (string split \t -- $line)
        printf '%s\t%s\n' $f[1] $f[6]
    end
end

function __bgjob_proposals
    bgjob-memory proposals 2>/dev/null | while read -l line
        set -l f (string split \t -- $line)
        printf '%s\t%s\n' $f[1] $f[3]
    end
end

# Whether the command of bgjob-memory is one of these; whether a file may come next.
function __bgjob_memory_in
    set -l words (commandline -opc)
    contains -- "$words[2]" $argv
end

function __bgjob_memory_file
    set -l words (commandline -opc)
    __bgjob_memory_in set propose; and test (count $words) -gt 2
end

function __bgjob_zones
    echo UTC
    sed '/^#/d' /usr/share/zoneinfo/zone.tab 2>/dev/null | cut -f 3
end

# Whether the command of a task is one of these, and its job's command has not begun.
function __bgjob_task_in
    set -l words (commandline -opc)
    not contains -- -- $words; and contains -- "$words[2]" $argv
end

# Completes what follows --.
function __bgjob_task_command
    set -l words (commandline -opc)
    set -l at (contains -i -- -- $words)
    complete -C (string join ' ' -- (string escape -- $words[(math $at + 1)..]) (commandline -ct))
end

complete -c bgjob -f
complete -c bgjob -n __fish_is_first_arg -s h -l help -d 'print help and exit'
complete -c bgjob -n __fish_is_first_arg -s V -l version -d 'print the version and exit'
complete -c bgjob -n __fish_is_first_arg -a "(bgjob 2>/dev/null | string replace -r '^bgjob-' '')"
complete -c bgjob -n 'not __fish_is_first_arg' -a '(__bgjob_rest)'

for program in $programs
    contains -- $program bgjob-backup bgjob-submit; or complete -c $program -f
    set -l early
    test $program = bgjob-submit; and set early -n 'not __bgjob_has_command'
    test $program = bgjob-task; and set early -n 'not contains -- -- (commandline -opc)'
    complete -c $program $early -s v -l verbose -d 'print SQL on stderr; twice: all of BGJOB_TRACE'
    complete -c $program $early -s h -l help -d 'print this help and exit'
    complete -c $program $early -s V -l version -d 'print the version and exit'
end
complete -c bgjob-status -a '(__bgjob_ids)' -k
complete -c bgjob-output -a '(__bgjob_ids)' -k
complete -c bgjob-wait -a '(__bgjob_unfinished)' -k
complete -c bgjob-cancel -a '(__bgjob_unfinished)' -k
complete -c bgjob-queue -a '(__bgjob_queues)'
complete -c bgjob-submit -x -n __bgjob_has_command -a '(__bgjob_command)'
complete -c bgjob-seen -a '(__bgjob_column 5)'
complete -c bgjob-memory -n __fish_is_first_arg -a 'list show set history propose proposals approve reject'
complete -c bgjob-memory -n '__bgjob_memory_in show set history propose; and not __bgjob_memory_file' -a '(__bgjob_memory)'
complete -c bgjob-memory -n __bgjob_memory_file -F
complete -c bgjob-memory -n '__bgjob_memory_in proposals approve reject' -a '(__bgjob_proposals)' -k
complete -c bgjob-task -n __fish_is_first_arg -a 'add list show enable disable delete run runs run-show run-cancel next pause resume'
complete -c bgjob-task -n '__bgjob_task_in show enable disable delete run runs next' -a '(__bgjob_tasks)'
complete -c bgjob-task -n '__bgjob_task_in run-show run-cancel' -a '(__bgjob_runs)' -k
complete -c bgjob-task -x -n 'contains -- -- (commandline -opc)' -a '(__bgjob_task_command)'

complete -c bgjob-agent -l session -x -d 'continue this session (default: start a new one)'
complete -c bgjob-agent -l parent -x -d 'the conversation a new session comes from'
complete -c bgjob-agent -l system -r -F -d 'extra system prompt; - reads stdin'
complete -c bgjob-agent -l tools -x -a '(__fish_complete_list , __bgjob_tools)' -d 'the only tools it may call, or none'
complete -c bgjob-agent -l memory -x -a '(__fish_complete_list , __bgjob_memory)' -d 'labels of memory blocks to give it'
complete -c bgjob-agent -l max-turns -x -d 'at most N turns with tool calls (default: 20)'
complete -c bgjob-agent -l model -x -d 'the model (default: BGJOB_LLM_MODEL)'
complete -c bgjob-agent -l workspace -x -a '(__fish_complete_directories)' -d 'the folder it works in (default: the user\'s own)'
complete -c bgjob-agent -l max-tokens -x -d 'at most N tokens in one answer'
complete -c bgjob-agent -l budget -x -d 'stop once this run has used N tokens'
complete -c bgjob-agent -l typing -x -a telegram: -d 'show the bot as typing in this chat: telegram:CHAT'

complete -c bgjob-cancel -s u -l user -x -d 'who cancels, recorded in the reason (default: your login name)'

complete -c bgjob-chat -l inbox -x -d 'handle this stored message and others from its user'
complete -c bgjob-chat -s u -l user -x -a '(__bgjob_column 5)' -d 'handle the text on stdin as a message from this user'
complete -c bgjob-chat -l notify -x -a 'telegram: https:// mailto: exec: tty' -d 'with --user: send the answer and later results there'
complete -c bgjob-chat -l pair -d 'print a code; whoever sends it to the bot is let in'
complete -c bgjob-chat -l operator -d 'with --pair: let them in as an operator, who sees all jobs'
complete -c bgjob-chat -l classify -d 'print what the text on stdin would start'
complete -c bgjob-chat -l commands -d 'list the commands and what they do'

complete -c bgjob-memory -n 'not __fish_is_first_arg' -s u -l user -x -a '(__bgjob_column 5)' -d 'whose memory (default: in a job $BGJOB_USER, else your login name)'
complete -c bgjob-memory -n '__bgjob_memory_in list show history proposals' -l json -d 'as JSON'
complete -c bgjob-memory -n '__bgjob_memory_in list history proposals' -l jsonl -d 'as JSON, one object a line'
complete -c bgjob-memory -n '__bgjob_memory_in set propose' -l title -x -d 'its title'
complete -c bgjob-memory -n '__bgjob_memory_in propose' -l base -x -d 'the version to change; 0: a new block (default: the current one)'
complete -c bgjob-memory -n '__bgjob_memory_in propose' -l edit -d 'the text is a unified diff, as diff -u prints it'
complete -c bgjob-memory -n '__bgjob_memory_in proposals' -l all -d 'also approved and rejected ones'
complete -c bgjob-memory -n '__bgjob_memory_in reject' -l reason -x -d 'why it is rejected'

complete -c bgjob-mcp -s u -l user -x -a '(__bgjob_column 5)' -d 'whose jobs these are (default: the store\'s owner)'
complete -c bgjob-mcp -l tools -x -a '(__fish_complete_list , __bgjob_tools)' -d 'offer only these'
complete -c bgjob-mcp -l workspace -x -a '(__fish_complete_directories)' -d 'offer file tools and a shell in this folder'
complete -c bgjob-mcp -l notify -x -a 'telegram: https:// mailto: exec: tty' -d 'who to tell when the jobs it starts end'

complete -c bgjob-milestone -s j -l job -x -a '(__bgjob_ids -s running)' -d 'report for this job (default: $BGJOB_ID, the job it runs in)'

complete -c bgjob-notify -f -a 'telegram: https:// mailto: exec: tty' -d 'send the message on stdin there'
complete -c bgjob-notify -l drain -d 'deliver what is due and exit'
complete -c bgjob-notify -l linger -x -d 'exit after being idle this long'
complete -c bgjob-notify -l title -x -d 'with TARGET: a bold line above the message'
complete -c bgjob-notify -l markdown -d 'with TARGET: the message is Markdown'
complete -c bgjob-notify -l pid -x -a '(__fish_complete_pids)' -d 'report when process N ends'

complete -c bgjob-output -s e -l stderr -d 'its stderr instead of its stdout'
complete -c bgjob-output -l both -d 'its stdout on stdout and its stderr on stderr'
complete -c bgjob-output -s f -l follow -d 'keep printing until the job has ended'
complete -c bgjob-output -l attempt -x -d 'the output of attempt N (default: the latest)'

complete -c bgjob-prune -l older -x -d 'remove jobs that ended longer ago than this'
complete -c bgjob-prune -l keep -x -d 'always keep the N newest finished jobs'
complete -c bgjob-prune -l dry-run -d 'only print the ids that would be removed'

complete -c bgjob-queue -l limit -x -a 'none' -d 'run at most N of its jobs at once; none: no limit'
complete -c bgjob-queue -l pause -d 'start no more of its jobs; without QUEUE: no jobs at all'
complete -c bgjob-queue -l resume -d 'start its jobs again'

complete -c bgjob-recover -l check -d 'only verify the store: print each problem; exit 1 if there is one'

complete -c bgjob-run -s j -l jobs -x -d 'run up to N jobs at once (default: BGJOB_SLOTS, else one per processor)'
complete -c bgjob-run -s q -l queue -x -a '(__bgjob_queues)' -d 'only jobs in this queue (repeatable)'
complete -c bgjob-run -l tick -d 'also fire due tasks'
complete -c bgjob-run -l drain -d 'exit when nothing is running or ready to run'
complete -c bgjob-run -l once -d 'run one job and exit'
complete -c bgjob-run -l linger -x -d 'exit after being idle this long'
complete -c bgjob-run -l autorun -d 'exit at once if another lingering runner is alive'

complete -c bgjob-status -s s -l state -x -a '(__fish_complete_list , __bgjob_states)' -d 'only these states: queued,running,done,failed,cancelled'
complete -c bgjob-status -s q -l queue -x -a '(__bgjob_queues)' -d 'only jobs in this queue'
complete -c bgjob-status -s t -l type -x -a '(__bgjob_column 4)' -d 'only jobs of this type'
complete -c bgjob-status -s l -l label -x -a '(__bgjob_column 6)' -d 'only jobs with this label'
complete -c bgjob-status -s u -l user -x -a '(__bgjob_column 5)' -d 'only this user\'s jobs'
complete -c bgjob-status -l since -x -d 'only jobs submitted since then; 2h: in the last two hours'
complete -c bgjob-status -s n -l limit -x -d 'only the N latest (default: 20 on a terminal, else all)'
complete -c bgjob-status -l line -d 'print the status-bar text: 2 running · 1 failed'
complete -c bgjob-status -l ack -d 'acknowledge failures: these ids, else all'
complete -c bgjob-status -l json -d 'as a JSON array'
complete -c bgjob-status -l jsonl -d 'as JSON, one object a line'
complete -c bgjob-status -s w -l watch -d 'update the list whenever something changes'

complete -c bgjob-submit -n 'not __bgjob_has_command' -s c -l shell -x -d 'run TEXT with sh -c'
complete -c bgjob-submit -n 'not __bgjob_has_command' -s q -l queue -x -a '(__bgjob_queues)' -d 'queue (default: default)'
complete -c bgjob-submit -n 'not __bgjob_has_command' -s t -l type -x -a '(__bgjob_column 4)' -d 'type, for filters (default: shell)'
complete -c bgjob-submit -n 'not __bgjob_has_command' -s l -l label -x -a '(__bgjob_column 6)' -d 'a human-readable name'
complete -c bgjob-submit -n 'not __bgjob_has_command' -s u -l user -x -a '(__bgjob_column 5)' -d 'the user it belongs to'
complete -c bgjob-submit -n 'not __bgjob_has_command' -s p -l priority -x -d 'higher starts first (default: 0)'
complete -c bgjob-submit -n 'not __bgjob_has_command' -s i -l input -r -d 'store FILE and give it to the job as stdin; - reads stdin'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l input-text -x -d 'store TEXT and give it to the job as stdin'
complete -c bgjob-submit -n 'not __bgjob_has_command' -s C -l directory -x -a '(__fish_complete_directories)' -d 'where the job runs (default: here)'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l env -x -a '(__fish_complete_list , __bgjob_variables)' -d 'variables to pass: ALL, NONE or names (default: ALL)'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l after -x -a '(__fish_complete_list , __bgjob_unfinished)' -d 'start when these are done; fail if one fails'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l after-any -x -a '(__fish_complete_list , __bgjob_unfinished)' -d 'start when these have ended, done or not'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l at -x -d 'start no earlier than this'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l in -x -d 'start no earlier than this long from now'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l timeout -x -d 'end it if it runs longer than this'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l grace -x -d 'time between SIGTERM and SIGKILL (default: 10s)'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l retries -x -d 'retry it up to N times if it fails (default: 0)'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l backoff -x -d 'wait before the first retry; doubles each time (default: 1m)'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l unique -x -d 'at most one unfinished job with this key'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l notify -x -a 'telegram: https:// mailto: exec: tty' -d 'who to tell when it ends (repeatable)'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l notify-on -x -a 'done failed change always never' -d 'when to tell: done, failed, change, always or never'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l notify-after -x -d 'tell only if it ran at least this long'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l max-output -x -d 'keep only the head and tail of each stream'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l contain -d 'guarantee that all its processes end with it'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l batch -d 'read jobs from stdin, one JSON object a line'
complete -c bgjob-submit -n 'not __bgjob_has_command' -l wait -d 'wait, print its output, exit with its status'

set -l add -c bgjob-task -n '__bgjob_task_in add'
complete $add -l cron -x -a '@hourly @daily @weekly @monthly @yearly' -d 'at the times of this expression'
complete $add -l tz -x -a '(__bgjob_zones)' -d 'the time zone of EXPR (default: the system\'s)'
complete $add -l every -x -d 'at this interval'
complete $add -l idle -x -d 'when a user has been silent this long'
complete $add -l cooldown -x -d 'minimum time between two runs for a user (default: 60m)'
complete $add -l at -x -d 'once, at this time'
complete $add -l missed -x -a 'skip once all' -d 'what to do about missed times (default: once)'
complete $add -l grace -x -d 'how late a missed time may still run'
complete $add -l overlap -x -a 'skip queue allow' -d 'while the previous run is unfinished (default: skip)'
complete $add -l disabled -d 'do not enable it yet'
complete $add -s u -l user -x -a '(__bgjob_column 5)' -d 'for this user (repeatable)'
complete $add -l users -r -F -d 'for the users in FILE; - reads stdin'
complete $add -l batch -x -d 'at most N jobs of a run at once (default: 5)'
complete $add -s c -l shell -x -d 'run TEXT with sh -c'
complete $add -l prompt -r -F -d 'the prompt of the task; - reads stdin'
complete $add -l tools -x -d 'tools the agent may call'
complete $add -l memory -x -d 'labels of memory blocks to give the agent'
complete $add -l max-turns -x -d 'how many turns an agent may take (default: 10)'
complete $add -l timeout -x -d 'end a job if it runs longer than this'
complete $add -s q -l queue -x -a '(__bgjob_queues)' -d 'queue (default: tasks)'
complete $add -s p -l priority -x -d 'higher starts first (default: 0)'
complete $add -s C -l directory -x -a '(__fish_complete_directories)' -d 'where its jobs run (default: here)'
complete $add -l env -x -a '(__fish_complete_list , __bgjob_variables)' -d 'variables to pass: ALL, NONE or names'
complete $add -l notify -x -a 'telegram: https:// mailto: exec: tty' -d 'who to tell when a run ends; %u is each user'
complete $add -l notify-on -x -a 'done failed change always never' -d 'when to tell: done, failed, change, always or never'
complete $add -l alert-after -x -d 'alert after N failed runs in a row (default: 3)'
complete $add -l replace -d 'replace a task of this name'
complete $add -l json -r -F -d 'read the definition; - reads stdin'
complete -c bgjob-task -n '__bgjob_task_in list show runs run-show' -l json -d 'as JSON'
complete -c bgjob-task -n '__bgjob_task_in list runs' -l jsonl -d 'as JSON, one object a line'
complete -c bgjob-task -n '__bgjob_task_in run' -s u -l user -x -a '(__bgjob_column 5)' -d 'only for this user (repeatable)'
complete -c bgjob-task -n '__bgjob_task_in runs next' -s n -l limit -x -d 'only the N latest, or N times per task'
complete -c bgjob-task -n '__bgjob_task_in next' -l cron -x -a '@hourly @daily @weekly @monthly @yearly' -d 'times of this expression, not of a task'
complete -c bgjob-task -n '__bgjob_task_in next' -l tz -x -a '(__bgjob_zones)' -d 'the time zone of EXPR'
complete -c bgjob-task -n '__bgjob_task_in next' -l from -x -d 'times after this one (default: now)'

complete -c bgjob-tick -l next -d 'print when the next task is due'

complete -c bgjob-updates -l once -d 'fetch the waiting messages and exit'

complete -c bgjob-wait -l any -d 'stop at the first that ends, and print its id'
complete -c bgjob-wait -l within -x -d 'give up after this long and exit with 124'
complete -c bgjob-wait -l test -d 'do not wait; exit with 124 if they have not ended'
