#!/bin/sh
# bgjob-chat on a terminal: lines, completion, history, and notices between the lines
. "$(dirname "$0")/tap.sh"
. "$TESTS/talk.sh"
mkdir -p config/bgjob/workflows
flows=config/bgjob/workflows

flow()
{
	printf '#!/bin/sh\n# detach: %s\n%s\n' "$2" "$3" >"$flows/$1"
	chmod 755 "$flows/$1"
}

flow morning_briefing always 'bgjob-milestone "half way"; sleep 0.3; echo good morning'
flow broken always 'exit 1'
flow quick auto 'cat'
flow slow never 'echo $$ >pid; while [ ! -e enough ]; do sleep 0.05; done; echo slow end'
start_pool -j 2

talk 'hello and goodbye' <<'END'
see /help lists the commands.*> $
type /jobs\r
see No jobs\.\r\n> $
type /quit\r
end
END
term=dumb
talk 'a workflow, its milestone, its end, between the lines' <<'END'
see > $
type #morning_briefing now\r
see Started workflow: morning_briefing\r\n#1 — I'll message you when done 🔄
type /res
see ✓ Workflow completed: morning_briefing\r\n#1 · done in [0-9.m]*s\r\ngood morning\r\n> /res$
type ult 1\r
see good morning\r\n> $
type \x04
end
END
term=xterm
talk 'with colour: a failure, what is being typed stays' <<'END'
see > $
type #broken\r
see Started workflow: broken
type /lo
see \x1b\[31m✗ Workflow failed: broken\x1b\[0m\r\n\x1b\[2m#2 · exit 1 after [0-9.m]*s\x1b\[0m\r\n> /lo$
type gs\r
see #2 broken ❌ failed: exit 1
see > $
type \x04
end
END
NO_COLOR=1
export NO_COLOR
talk 'without: a long line over several rows' <<'END'
see > $
type #morning_briefing\r
see Started
type /quick aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab
see \x1b\[1A\r\x1b\[J✓ Workflow completed: morning_briefing\r\n#3 · [^\r]*\r\ngood morning\r\n> /quick a+.*b
type \r
see a{100,}b\r\n
see > $
type \x04
end
END
not_ok 'no colour' grep -q "$(printf '\033\[3[12]m.*Workflow completed: morning_briefing$')" seen
talk 'a result that is there in time has no notice' <<'END'
see > $
type /quick \xc3\xa4 one\r
see ä one\r\n.*ä one\r\n(?!✓)> $
type /quick two\r
see two\r\n.*two\r\n(?!✓)> $
type \x04
end
END
talk '^C ends waiting, not the work' <<'END'
see > $
type /slow\r
run until [ -e pid ]; do sleep 0.02; done
type \x03
see #\d+ continues in the background
type not this\x03
see \^C\r\n> $
type /quick this\r
see this\r\n.*this\r\n
run : >enough
see ✓ Workflow completed: slow\r\n#\d+ · done in [^\r]*\r\nslow end\r\n
see > $
type \x04
end
END
talk 'completion' <<'END'
see > $
type /jo\t
see b
type \t
see jobs  job\r\n
type s\r
see #1 morning_briefing ✅ done
type /morn\tx\r
see Started — I'll message you when done
see completed: morning_briefing
type #bro\t\r
see Started workflow: broken
see failed: broken
type /run qui\t run it\r
see run it\r\n.*run it\r\n
see > $
type \x04
end
END
talk 'history' <<'END'
see > $
type \x10\x10\r
see Started workflow: broken
see failed: broken
see > $
type \x04
end
END
is 'its file is private' 0 600 stat -c %a store/chat_history
ok 'and has what was typed' grep -qx '/quick this' store/chat_history
awk 'BEGIN { for (i = 0; i < 60000; i++) print "a line of old, number " i; print "/quick newest" }' >store/chat_history
talk 'a long one is shortened' <<'END'
see > $
type \x10\r
see newest\r\n.*newest\r\n
see > $
type \x04
end
END
is 'to its newest lines' 0 '/quick newest' tail -n 1 store/chat_history
ok 'half a megabyte' test "$(wc -c <store/chat_history)" -lt 600000
rm store/chat_history
ln -s /etc/passwd store/chat_history
talk 'no link is followed there' <<'END'
see > $
type \x10\r
see > $
type \x04
end
END
rm store/chat_history
talk 'the window changes, it is stopped and goes on' <<'END'
see > $
type /quick on
see on
size 40
signal SIGWINCH
signal SIGSTOP
signal SIGCONT
see on
type e\r
see one\r\n
see > $
type \x04
end
END
flow numbers always 'seq 41'
flow umlauts always 'awk "BEGIN { printf \"x\"; while (i++ < 5000) printf \"ä\" }"'
flow silent always ':'
flow wrong always 'echo lost; seq 12 >&2; printf "\033[2Jend" >&2; exit 4'
talk 'a notice brings the result: its first lines, the last ones of stderr' <<'END'
see > $
type #numbers\r
see completed: numbers\r\n#(\d+) · done in [^\r]*\r\n1\r\n2\r\n.*\r\n40\r\n… /result \d+\r\n> $
type #umlauts\r
see completed: umlauts\r\n#\d+ · done in [^\r]*\r\nxä{2047}\r\n… /result \d+\r\n> $
type #silent\r
see completed: silent\r\n#\d+ · done in [^\r]*\r\n> $
type #wrong\r
see failed: wrong\r\n#\d+ · exit 4 after [^\r]*\r\n4\r\n5\r\n[^l]*12\r\nend\r\n> $
type \x04
end
END
flow fails never 'echo why >&2; exit 5'
talk 'a failure that was waited for: why, and no notice' <<'END'
see > $
type /fails\r
see Sorry, the fails failed — check /logs (\d+)\r\n#\1 · exit 5 after [^\r]*\r\nwhy\r\n> $
type \x04
end
END
for signal in TERM HUP; do
	talk "SIG$signal ends it" <<-END
		see > \$
		type half
		see half
		signal SIG$signal
		end
	END
done
owner=$(id -un)
first=$(bgjob-submit -l nightly -c 'echo ready; exit 4')
echo "$first" >id
# one after the other, since notices appear in the order of the ends
bgjob-submit -l 'evil \033[2Jone' -u "$owner" --after-any "$first" -- true >>id
bgjob-submit -u ann -l hers -- true >>id
xargs bgjob-wait <id
talk 'what ended meanwhile is told at the start' <<'END'
see ✗ Job failed: nightly\r\n#\d+ · exit 4 after [^\r]*\r\n✓.*> $
run grep -q 'evil .033.2Jone' seen && ! grep -Eq 'hers|ready' seen && : >told
type \x04
end
END
ok 'all of it, and nothing of others' test -e told
talk 'once' <<'END'
see ends the chat\.\r\n> $
type \x04
end
END
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do bgjob-submit -l "n$n" -- true; done | bgjob-wait -
talk 'ten at most' <<'END'
see … and earlier ones: see /tasks\r\n(?:✓ [^\r]*\r\n#\d+ · done in [^\r]*\r\n){10}> $
type \x04
end
END
is 'the last ten' 0 10 sh -c 'grep -c "Job completed: n[0-9]*" seen'
stop_pool TERM
# switches: how often it has gone to sleep so far
cat >switches <<'EOF'
for f in /proc/[0-9]*/cmdline; do
	[ "$(tr -d '\0' <"$f" 2>/dev/null)" != bgjob-chat ] || grep ^voluntary "${f%/*}/status"
done
EOF
cat >rests <<'EOF'
for i in 1 2 3 4 5 6 7 8 9 10; do
	sh switches >before
	sleep 1
	sh switches >after
	[ ! -s before ] || ! cmp -s before after || { : >rested; exit; }
done
EOF
talk 'idle' <<'END'
see > $
run sh rests
type \x04
end
END
ok 'it uses no time when nothing happens' test -e rested
finish
