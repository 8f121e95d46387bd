#!/bin/sh
# bgjob: the dispatcher
. "$(dirname "$0")/tap.sh"

like 'alone: the programs with their sentence' 0 '^bgjob-submit	record a job and print its id' bgjob
is 'each program once' 0 "$(find "$BIN" -name "bgjob-*" -printf "%f\\n" | sort)" sh -c 'bgjob | cut -f1 | sort'
is 'bgjob NAME runs bgjob-NAME' 0 1 bgjob submit -- echo hello
bgjob run --drain
is 'with its options' 0 hello bgjob output 1
err 'and its exit code' 2 'no job 9' bgjob status 9
err 'an unknown program' 2 'no program bgjob-nonsense' bgjob nonsense
err 'hostile text' 2 'no program' bgjob "$(printf 'a\tb\nc\033[31m\377')"
err 'a path is no name' 2 'no program' bgjob ../../bin/sh
err 'an empty name' 2 'no program' bgjob ''
err 'an unknown option' 2 'unknown option --nonsense' bgjob --nonsense
like 'help' 0 'usage: bgjob' bgjob --help
like 'version' 0 '^bgjob [0-9]' bgjob --version
err 'stdout that is full' 3 'cannot write' sh -c 'bgjob >/dev/full'
like 'in a pipeline' 0 '^Job: +1' sh -c 'bgjob status -s done | bgjob status -'
mkdir "$T/path"
printf '#!/bin/sh\necho "mine $*"\n' >"$T/path/bgjob-mine" && chmod +x "$T/path/bgjob-mine"
PATH=$PATH:$T/path
is 'a program of that name in the PATH' 0 'mine a b' bgjob mine a b
finish
