#!/bin/sh
# bgjob-memory and /memory: blocks, their versions, and decisions on proposals
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/tg.sh
. "$TESTS/tg.sh"
owner=$(id -un)

sql()
{
	sqlite3 -cmd '.timeout 20000' "$BGJOB_HOME/bgjob.db" "$1"
}

# given COMMAND TEXT...: the text, as printf prints it, is its standard input
given()
{
	text=$1
	shift
	# shellcheck disable=SC2059
	printf "$text" | "$@"
}

# as USER TEXT: sends it in a chat
as()
{
	printf '%s\n' "$2" | bgjob-chat --user "$1"
}

# buttons USER TEXT: prints the buttons below the answer
buttons()
{
	printf '%s\n' "$2" | bgjob-chat --user "$1" --notify "exec:/bin/true"
	sql 'SELECT rtrim(buttons, char(10)) FROM delivery ORDER BY id DESC LIMIT 1'
}

usage()
{
	err 'an unknown option' 2 'unknown option --nonsense' bgjob-memory list --nonsense
	err 'nothing to do' 2 'no sub-command given' bgjob-memory
	err 'an unknown sub-command' 2 'no such sub-command: forget' bgjob-memory forget
	err 'no label' 2 'show: which one' bgjob-memory show
	err 'too much' 2 'too many operands: y' bgjob-memory show x y
	err 'no label is this' 2 'not a label .*: a/b$' bgjob-memory show a/b
	err 'nor this' 2 'not a label .*: \\x1b\[2J$' bgjob-memory show "$(printf '\033[2J')"
	err 'no user' 2 '--user: not a user id' bgjob-memory list -u 'a b'
	err 'no id' 2 'x' bgjob-memory approve x
	err 'no base' 2 '--base' bgjob-memory propose a --base -1 /dev/null
	err 'no text' 2 'no text given' bgjob-memory set a
	err 'no such file' 2 'cannot open nowhere: No such file' bgjob-memory set a nowhere
	err 'a folder' 3 'cannot read' bgjob-memory set a /
	err 'a NUL byte' 2 'a NUL byte' given 'a\0b' bgjob-memory set a -
	err 'an escape' 2 'in line 2 \(U\+001B\)' given 'a\nb\033[2J' bgjob-memory set a -
	err 'no UTF-8' 2 'not UTF-8' given 'a\377' bgjob-memory set a -
	err 'a title of two lines' 2 'the title has a character' bgjob-memory set a --title "$(printf 'a\nb')" /dev/null
	head -c 70000 /dev/zero | tr '\0' x >long
	err 'a long text' 2 'longer than 64 KiB' bgjob-memory set a long
	head -c 300000 /dev/zero | tr '\0' x >long
	err 'a very long text' 2 'longer than 256 KiB' bgjob-memory set a long
	is 'no store, no blocks' 1 '' bgjob-memory list
	is 'no store, as JSON' 1 '[]' bgjob-memory list --json
	is 'no store, no proposals' 1 '' bgjob-memory proposals
	err 'no store, no block' 2 "no block 'a' of $owner" bgjob-memory show a
	err 'no store, no proposal' 2 "no proposal 1 for $owner" bgjob-memory approve 1
	not_ok 'none of this makes one' test -e store
	err 'stdout full' 3 'cannot write: No space' sh -c 'bgjob-memory --help >/dev/full'
	err 'no place for the store' 2 'set BGJOB_HOME or HOME' env -u BGJOB_HOME -u HOME bgjob-memory list
}

blocks()
{
	is 'the first version' 0 1 given 'one\ntwo\n' bgjob-memory set style --title 'How to write' -
	is 'it is printed' 0 'one
two' bgjob-memory show style
	is 'the same is no new one' 0 1 given 'one\ntwo' bgjob-memory set style -
	is 'a title alone is' 0 2 bgjob-memory set style --title 'Style; "x"'
	is 'the text stays' 0 'one
two' bgjob-memory show style
	err 'of a block that is not there' 2 'give a text too' bgjob-memory set other --title x
	is 'an empty text' 0 1 bgjob-memory set empty /dev/null
	is 'is empty' 0 '' bgjob-memory show empty
	is 'another user has none' 1 '' bgjob-memory list -u ann
	is 'of the same label' 0 1 given 'hers\n' bgjob-memory set style -u ann -
	is 'the list' 0 "empty	1	$owner	0	empty
style	2	$owner	8	Style; \"x\"" sh -c 'bgjob-memory list | cut -f 1,2,4-'
	is 'the history' 0 "2	$owner		8	Style; \"x\"
1	$owner		8	How to write" sh -c 'bgjob-memory history style | cut -f 1,3-'
	is 'an old version' 0 'How to write' sh -c 'bgjob-memory history style 1 --json | jq -r .title'
	err 'one that is not there' 2 "'style' has no version 9" bgjob-memory history style 9
	is 'as JSON' 0 'empty style' sh -c 'bgjob-memory list --json | jq -r ".[].label" | xargs'
	is 'as JSON, one object a line' 0 2 sh -c 'bgjob-memory list --jsonl | wc -l'
	# shellcheck disable=SC2016
	is 'in a job it is the job'"'"'s user' 0 'hers' sh -c \
		'id=$(bgjob-submit -u ann -- bgjob-memory show style); bgjob-run --drain; bgjob-output "$id"'
}

proposing()
{
	printf 'one\nTWO\n' >new
	is 'a proposal' 0 1 bgjob-memory propose style new
	is 'the same again' 0 1 bgjob-memory propose style new
	is 'an edit' 0 2 given '@@ -2,0 +3 @@\n+three\n' bgjob-memory propose style --edit -
	is 'nothing has changed' 0 'one
two' bgjob-memory show style
	is 'they wait' 0 "1	pending	style	2	$owner
2	pending	style	2	$owner" sh -c 'bgjob-memory proposals | cut -f 1-4,6'
	is 'what one would change' 0 '--- style (version 2)
+++ style (proposal 2)
@@ -1,2 +1,3 @@
 one
 two
+three' sh -c 'bgjob-memory proposals 2 | sed "1,/^\$/d"'
	is 'as JSON' 0 'one
two
three' sh -c 'bgjob-memory proposals 2 --json | jq -j .body'
	is 'nobody else sees them' 1 '' bgjob-memory proposals -u ann
	err 'or decides them' 2 'no proposal 1 for ann' bgjob-memory approve 1 -u ann
	err 'an edit that does not fit' 2 'line 2 of the edit: line 1 of the text is different' \
		given '@@ -1 +1 @@\n-uno\n+one\n' bgjob-memory propose style --edit -
	err 'an edit of a version that is none' 2 'style has no version 7' \
		given '@@ -1 +1 @@\n-uno\n+one\n' bgjob-memory propose style --edit --base 7 -
	err 'no change' 1 'nothing would change' given 'one\ntwo\n' bgjob-memory propose style -
	is 'a new title' 0 3 bgjob-memory set style --title 'How to write'
	is 'makes another version' 1 'title: Style; "x" -> How to write' \
		bgjob-memory propose style --base 2 new
	cp "$T/.tap/err" said
	like 'than the one it was for' 0 "'style' has another version than 2" cat said
	is 'a new block' 0 3 given 'fresh' bgjob-memory propose fresh --base 0 -
	# shellcheck disable=SC2016
	is 'by a job' 0 "job 2	2" sh -c 'id=$(bgjob-submit -c "echo x | bgjob-memory propose jobs -")
		bgjob-run --drain
		bgjob-memory proposals "$(bgjob-output "$id")" --json | jq -r "[.proposed_by, .job] | @tsv"'
}

deciding()
{
	is 'one that is for an older version' 1 'title: Style; "x" -> How to write' bgjob-memory approve 1
	cp "$T/.tap/err" said
	like 'it is said why' 0 "proposal 1 is for version 2 of 'style'" cat said
	is 'it goes on waiting' 0 pending sql 'SELECT status FROM memory_proposal WHERE id = 1'
	is 'rejected' 0 '' bgjob-memory reject 1 --reason 'too loud'
	err 'twice' 1 'proposal 1 is already rejected' bgjob-memory reject 1
	err 'nor approved' 1 'proposal 1 is already rejected' bgjob-memory approve 1
	is 'approved' 0 '' bgjob-memory approve 3
	is 'it is the text' 0 fresh bgjob-memory show fresh
	is 'all of them' 0 'rejected pending approved pending' sh -c \
		'bgjob-memory proposals --all | cut -f 2 | xargs'
	is 'with the reason' 0 'too loud' sh -c 'bgjob-memory proposals 1 --json | jq -r .reason'
	err 'none' 2 "no proposal 99 for $owner" bgjob-memory approve 99
	bgjob-memory approve 4
	bgjob-memory show style >old
	is 'what diff prints is an edit' 0 5 sh -c \
		'sed s/two/2/ old | diff -u old - | bgjob-memory propose style --edit -'
	bgjob-memory proposals | cut -f 1 | while read -r id; do bgjob-memory reject "$id"; done
	is 'none waits' 1 '' bgjob-memory proposals
	is 'the store is whole' 0 '' bgjob-recover --check
}

chat()
{
	is 'nothing is kept' 1 'Nothing is remembered about you.' as eve /memory
	is 'a block that is none' 1 'There is no block x. /memory lists them.' as eve '/memory x'
	given 'Be brief.\n' bgjob-memory set style -u eve --title Style - >/dev/null
	given 'Be brief.\nBe kind.\n' bgjob-memory propose style -u eve - >id
	id=$(cat id)
	is 'the list' 0 "style · version 1 · Style

Proposal $id for style, by $owner
--- style (version 1)
+++ style (proposal $id)
@@ -1 +1,2 @@
 Be brief.
+Be kind." as eve /memory
	is 'its buttons' 0 "Approve $id	/memory approve $id
Reject $id	/memory reject $id" buttons eve /memory
	is 'a block' 0 'style · version 1 · Style
Be brief.' as eve '/memory style'
	is 'another user sees nothing of it' 1 'Nothing is remembered about you.' as mallory /memory
	is 'nor decides it' 1 "No proposal $id. /memory lists them." as mallory "/memory approve $id"
	like 'the operator sees it' 0 "^Proposal $id for style of eve, by $owner" as "$owner" /memory
	is 'no number' 1 'Which proposal? Add its number. /memory lists them.' as eve '/memory approve x'
	is 'approved' 0 'Approved: style is now at version 2.' as eve "/memory approve $id"
	is 'twice' 1 "Proposal $id is already approved." as eve "/memory approve $id"
	is 'by whom' 0 'user eve' sql "SELECT written_by FROM memory_version WHERE proposal_id = $id"
	first=$(given 'x\n' bgjob-memory propose style -u eve -)
	given 'y\n' bgjob-memory set style -u eve - >/dev/null
	is 'one that is for an older version' 1 "style has changed since version 2, so nothing was done:
--- style (version 2)
+++ style (version 3)
@@ -1,2 +1 @@
-Be brief.
-Be kind.
+y" as eve "/memory approve $first"
	is 'can only be rejected' 0 "Reject	/memory reject $first" buttons eve "/memory approve $first"
	is 'which an operator may do, too' 0 "Rejected proposal $first." as "$owner" "/memory reject $first too late"
	is 'with the reason' 0 "$owner|too late" sql "SELECT decided_by, reason FROM memory_proposal WHERE id = $first"
	for n in 1 2 3 4 5; do given "$n\n" bgjob-memory propose style -u eve - >/dev/null; done
	is 'many of them' 0 5 sh -c 'echo /memory | bgjob-chat --user eve | grep -c ^Proposal'
	is 'not all with buttons' 0 6 sh -c 'sqlite3 "$BGJOB_HOME/bgjob.db" \
		"SELECT buttons FROM delivery ORDER BY id DESC LIMIT 1" | grep -c /memory' "$(buttons eve /memory)"
}

# on Telegram: the buttons of several proposals are in pairs, and pressing one works
telegram()
{
	telegram_start
	tg chat chat=7 >/dev/null
	for n in 1 2 3; do given "$n\n" bgjob-memory propose plan -u 7 - >/dev/null; done
	first=$(bgjob-memory proposals -u 7 | head -n 1 | cut -f 1)
	echo /memory | bgjob-chat --user 7 --notify telegram:7
	bgjob-notify --drain
	is 'three rows of two buttons' 0 "2 2 2
Approve $first /memory approve $first" sh -c "jq -r '.reply_markup.inline_keyboard |
		(map(length | tostring) | join(\" \")), (.[0][0] | .text + \" \" + .callback_data)'" <<END
$(tg messages chat=7 by=bot)
END
}

pruning()
{
	bgjob-prune --older 0s >/dev/null
	is 'decided proposals are pruned' 0 0 sql "SELECT count(*) FROM memory_proposal WHERE status <> 'pending'"
	is 'those that wait are not' 0 8 sql 'SELECT count(*) FROM memory_proposal'
	is 'nor are versions' 0 3 sh -c 'bgjob-memory history style | wc -l'
	is 'the store is whole' 0 '' bgjob-recover --check
}

usage
blocks
proposing
deciding
chat
telegram
pruning
finish
