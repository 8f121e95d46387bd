#!/bin/sh
# The workflows that come with bgjob, run as the chat does: text on stdin, result on stdout.
. "$(dirname "$0")/tap.sh"
HOME=$T/home
unset BGJOB_USER
mkdir -p "$HOME" config/bgjob
W=$TOP/share/workflows
GIT_CONFIG_GLOBAL=/dev/null
GIT_CONFIG_NOSYSTEM=1
export GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM
BACKTICKS='```'

# with TEXT NAME: runs a workflow with that text
with()
{
	printf '%s' "$1" | "$W/$2"
}

# refused TEXT NAME: any text is only data: exit 2, a line for people, nothing done
refused()
{
	err "$2: $(printf '%s' "$1" | tr -c '[:print:]' '?')" 2 "^$2: " with "$1" "$2"
}

# fences: stdin has its code blocks closed, and no other backtick at the beginning of a line
fences()
{
	awk '/^```/ { n++; if (n % 2 == 0 && $0 != "```") bad = 1 } END { exit bad || n % 2 }'
}

# ---- all of them ----
for file in "$W"/*; do
	name=${file##*/}
	ok "$name may be run" test -x "$file"
	is "$name has a title" 0 1 sh -c 'head -n 5 "$1" | grep -c "^# title: "' sh "$file"
	is "$name has a description" 0 1 sh -c 'head -n 5 "$1" | grep -c "^# description: "' sh "$file"
	is "$name has a time limit" 0 1 sh -c 'head -n 5 "$1" | grep -c "^# timeout: "' sh "$file"
	for text in '--help' '-x' '$(touch owned)' '`touch owned`' "';touch${T}owned;'" '/dev/../../etc' \
		"$(printf 'a\033[31m')" "$(printf '\377\376')"; do
		with "$text" "$name" >out 2>err
		status=$?
		ok "$name: $(printf '%s' "$text" | tr -c '[:print:]' '?') ends well" \
			sh -c '[ $1 -le 2 ] && [ ! -e owned ]' sh $status
		not_ok 'and no control byte of it comes out' grep -qaP '\x1b|\xff' out err
	done
	head -c 3000000 /dev/zero | tr '\000' 'x' >long
	ok "$name: a very long text" sh -c '"$1" <long >out 2>err; [ $? -le 2 ]' sh "$file"
	is 'makes no long answer' 0 '' find out err -size +100k
	ok "$name: stdin closed" sh -c '"$1" <&- >out 2>err; [ $? -le 3 ]' sh "$file"
done
rm -f long

# ---- disk-usage ----
mkdir -p "$HOME/small" "$HOME/two words/in" "$T/outside" "$HOME/$(printf 'a\n%s\n\033x' "$BACKTICKS")"
head -c 3000000 /dev/zero >"$HOME/two words/in/file"
ln -s "$T/outside" "$HOME/out"
like 'disk-usage: file systems' 0 '^ *Size +Used +Avail' with '' disk-usage
like 'and what is in HOME' 0 '^ +2\.9M +.*/home/two words$' with '' disk-usage
with '' disk-usage >out
ok 'a hostile name ends no code block' fences <out
like 'a sentence is answered with HOME' 0 '/home/small$' with 'what fills the disk?' disk-usage
like 'a folder by its name' 0 "below.* .$HOME/small.\$" with 'small' disk-usage
like 'with ~, with a blank' 0 '/home/two words/in$' with ' ~/two words ' disk-usage
like 'absolute' 0 "below.* .$HOME/small.\$" with "$HOME/small" disk-usage
for text in /etc "$T/outside" out ~/../outside '..' / /nonexistent "$HOME-" "$HOME/../outside"; do
	refused "$text" disk-usage
done
printf '# what may be seen\n\n%s\n' "$T/outside" >config/bgjob/disk-usage.paths
like 'the operator allows another place' 0 "below.* .$T/outside.\$" with "$T/outside" disk-usage
like 'also through a link' 0 "below.* .$T/outside.\$" with out disk-usage
refused "$HOME/small" disk-usage
rm config/bgjob/disk-usage.paths

# ---- git-activity ----
commit()
{
	git -C "$1" -c user.name="$2" -c user.email=somebody@example.org commit -q --allow-empty \
		-m "$3"
}

if command -v git >/dev/null; then
	err 'git-activity: no repository' 1 'no repositories' with '' git-activity
	git init -q "$HOME/src/one" 2>/dev/null
	git init -q "$HOME/deep/er/two" 2>/dev/null
	git init -q "$HOME/far/far/far/away" 2>/dev/null
	like 'no commit' 0 '^No commits since 24 hours ago \(repositories: 2\)' with '' git-activity
	commit "$HOME/src/one" 'Some Body' 'first thing'
	commit "$HOME/src/one" 'Some Body' "$BACKTICKS *x* $(printf '\033[31m')"
	commit "$HOME/src/one" Other 'third thing'
	GIT_COMMITTER_DATE="@$(($(date +%s) - 3 * 86400)) +0000" && export GIT_COMMITTER_DATE
	commit "$HOME/deep/er/two" 'Some Body' 'an old one'
	unset GIT_COMMITTER_DATE
	like 'commits, by whom' 0 '^~/src/one: 3 commits: Some Body 2, Other 1$' with '' git-activity
	like 'their subjects' 0 '^  [0-9a-f]+ third thing$' with '' git-activity
	with '' git-activity >out
	ok 'no subject ends the code block' fences <out
	not_ok 'no old one' grep -q 'an old one' out
	for text in '4 days' 4d '96 hours' 'since 2 weeks please' 'last week' 'What in the last 5 days?' \
		2001-01-01; do
		like "since: $text" 0 'an old one$' with "$text" git-activity
	done
	for text in 12h today 'the last hour' 'git activity please'; do
		is "since: $text" 1 '' sh -c 'printf %s "$1" | "$2" | grep "an old one"' sh "$text" \
			"$W/git-activity"
	done
	refused '--all' git-activity
	refused 'master' git-activity
	printf '%s\n' "$HOME/far/far/far/away" '--help' "$HOME/src/one" >config/bgjob/git-activity.paths
	like 'the repositories that the operator names' 0 'one: 3 commits' with '' git-activity
	like 'and one that is none' 0 '^_Repositories that could not be read: 1' with '' git-activity
	rm config/bgjob/git-activity.paths
	git -C "$HOME/src/one" config log.showSignature true
	git -C "$HOME/src/one" config gpg.program "touch $T/owned"
	git -C "$HOME/src/one" config core.fsmonitor "touch $T/owned"
	git -C "$HOME/src/one" config core.pager "touch $T/owned"
	ok "a repository's settings run nothing" with '' git-activity
	not_ok 'nothing at all' test -e "$T/owned"
else
	skip 'git-activity' 'no git'
fi

# ---- log-watch ----
mkdir logs
printf '%s\n' "# ours" "$T/logs/*.log" journal >config/bgjob/log-watch.paths
printf 'all is well\nAn ERROR here\n' >logs/a.log
printf 'fine\n' >logs/b.log
mkdir bin
cat >bin/journalctl <<'end'
#!/bin/sh
printf '%s\n' "$*" >>"$T/journalctl.args"
echo 'a bad disk'
echo '-- cursor: s=1;i=2'
end
chmod 755 bin/journalctl
PATH=$T/bin:$PATH
like 'log-watch: an error' 0 '^  An ERROR here$' with '' log-watch
like 'the journal from where it was' 0 '^  a bad disk$' with journal log-watch
ok 'by its cursor' grep -q -- '--after-cursor=s=1;i=2' journalctl.args
like 'what was told is not told again' 0 '^Nothing new .*logs: 1' with a.log log-watch
like 'but to another user' 0 'An ERROR' env BGJOB_USER=telegram:2 "$W/log-watch"
printf 'it FAILED\nan error that is being wri' >>logs/a.log
with "$T/logs/a.log" log-watch >out
ok 'what is new' grep -qx '  it FAILED' out
not_ok 'without half a line' grep -q 'being wri' out
echo tten >>logs/a.log
like 'which comes as a whole' 0 '^  an error that is being written$' with a.log log-watch
printf 'error after rotation\n' >logs/new
mv logs/new logs/a.log
like 'a rotated log' 0 '^  error after rotation$' with a.log log-watch
: >logs/a.log
like 'an emptied one' 0 '^Nothing new' with a.log log-watch
yes "error $BACKTICKS" | head -n 1000 >>logs/b.log
with b.log log-watch >out
ok 'many lines: the last ones' grep -q 'b.log: new 1000, the last 20$' out
ok 'no line ends the code block' fences <out
is 'a bounded answer' 0 20 grep -c '^  error' out
for text in /etc/passwd ../logs/a.log "$T/logs/../logs/a.log" -f none.log '*.log' "$T/logs/a.logx"; do
	refused "$text" log-watch
done
printf '%s\n' "$T/none" >config/bgjob/log-watch.paths
err 'no log that can be read' 1 'no log can be read' with '' log-watch
is 'its places are private' 0 '' find "$HOME/.local/share/bgjob" -perm /077

# ---- page-watch ----
for text in '' 'file:///etc/passwd' 'ftp://192.0.2.1/' '--config x' 'gopher://x' '//x' x; do
	refused "$text" page-watch
done
for url in http://127.0.0.1/ http://localhost/ 'http://[::1]/' http://0x7f.1/ http://2130706433/ \
	http://0177.0.0.1/ http://127.1/ 'http://[::ffff:127.0.0.1]/' 'http://[::ffff:7f00:1]/' \
	http://127.0.0.1./ http://10.1.2.3/ http://172.16.0.1/ http://172.31.255.1/ http://192.168.1.1/ \
	http://169.254.169.254/latest/meta-data http://100.64.0.1/ http://0.0.0.0/ http://224.0.0.1/ \
	http://255.255.255.255/ 'http://[fe80::1]/' 'http://[fc00::1]/' 'http://[64:ff9b::7f00:1]/' \
	'http://[2002:7f00:1::]/' 'http://[2001:db8::1]/' 'http://[::]/' 'http://a@127.0.0.1/' \
	'http://192.0.2.1\@x/' 'http://x:80@127.0.0.1/' 'https://-x/' 'http://x/`id`' 'http://x/{a,b}' \
	'http://x:/' 'http:///x'; do
	refused "$url" page-watch
done
if command -v curl >/dev/null && [ -x /usr/bin/python3 ]; then
	mkdir www
	printf '%s\n' '<html><title>T</title><script>var x = "<b>no</b>";</script><body>' \
		'<h1>News</h1><p>one <b>bold</b> &amp; two</body></html>' >www/i.html
	/usr/bin/python3 "$TESTS/fakes/pages" "$T/www" "$T/port" >requests &
	server=$!
	wait_for 20 test -s port || fail 'the web server is up'
	port=$(cat port)
	url=http://127.0.0.1:$port
	refused "$url/i.html" page-watch
	is 'nothing was asked of the server' 0 '' cat requests
	printf '127.0.0.1:%s\n' "$port" >config/bgjob/page-watch.hosts
	refused 'http://127.0.0.1:1/' page-watch
	like 'page-watch: the first time' 0 "^Kept a first copy of .$url/i.html. \\(lines: 3\\)" \
		with "$url/i.html" page-watch
	like 'no change' 0 '^Nothing has changed since [0-9-]+ [0-9:]+: ' with "$url/i.html" page-watch
	printf '<p>three <i>%s</i>\033[31m</p>\n' "$BACKTICKS" >>www/i.html
	with "has $url/i.html changed?" page-watch >out
	ok 'a change' grep -qx "+three '''?\\[31m" out
	ok 'in a code block that is not ended' fences <out
	not_ok 'nothing of the script' grep -q 'no' out
	like 'and the next time none' 0 '^Nothing has changed' with "look at $url/i.html." page-watch
	like 'another user has a copy of his own' 0 '^Kept a first copy' \
		env BGJOB_USER=telegram:2 sh -c 'echo "$1" | "$2"' sh "$url/i.html" "$W/page-watch"
	err 'not found' 1 'the server answered 404' with "$url/none" page-watch
	err 'too large' 1 'larger than 1 MiB' with "$url/big" page-watch
	like 'a redirect' 0 '^Kept' with "$url/to?/i.html" page-watch
	refused "$url/to?http://localhost:$port/i.html" page-watch
	refused "$url/to?http://127.0.0.1:1/" page-watch
	refused "$url/to?file:///etc/passwd" page-watch
	err 'too many redirects' 1 'too many redirects' \
		with "$url/to?/to?/to?/to?/to?/to?/i.html" page-watch
	is 'a page that fails leaves the copy alone' 0 '' find "$HOME/.local/share/bgjob/page-watch" -name 'new.*'
	echo 'proxy = "http://127.0.0.1:1"' >"$HOME/.curlrc"
	ok 'no settings of curl, no proxy' env http_proxy=http://127.0.0.1:1 sh -c 'echo "$1" | "$2"' sh \
		"$url/i.html" "$W/page-watch"
	kill "$server"
	wait "$server" 2>/dev/null
	err 'nobody there' 3 'cannot fetch the page' with "$url/i.html" page-watch
	is 'its copies are private' 0 '' find "$HOME/.local/share/bgjob" -perm /077
else
	skip 'page-watch' 'no curl or no python3'
fi
finish
