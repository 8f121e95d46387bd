#!/bin/sh
# The outbox: which receiver is served first when much is queued, and which program sends when one
# replaces another
. "$(dirname "$0")/tap.sh"
. "$TESTS/tg.sh"

query()
{
	sqlite3 "$BGJOB_HOME/bgjob.db" "$1"
}

# holders FILE: the processes that have this file of the store open
holders()
{
	find /proc/[0-9]*/fd -lname "$BGJOB_HOME/$1" 2>/dev/null | cut -d/ -f3 | sort -u
}

# senders: those that hold the sender's lock open
senders()
{
	holders notify.lock
}

somebody_sends()
{
	[ -n "$(senders)" ]
}

nobody_sends()
{
	[ -z "$(senders)" ]
}

# ticks: the CPU time that the notifier has used, in units of 10 ms
ticks()
{
	awk '{ print $14 + $15 }' "/proc/$notifier/stat"
}

sent()
{
	[ "$(query "SELECT count(*) FROM delivery WHERE status = 'sent'")" -ge "$1" ]
}

# More for 60 chats than Telegram accepts at once, and an acknowledgement for the last one by name.
much()
{
	for chat in $(seq 101 160); do
		tg chat chat="$chat" >/dev/null
	done
	bgjob-submit -- true >/dev/null
	query "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 299)
		INSERT INTO delivery (kind, rank, target, receiver, text, created_at)
		SELECT 'note', 1, 'telegram:' || (101 + i / 5), 'telegram:' || (101 + i / 5), 'note', 1 FROM n;
		INSERT INTO delivery (kind, rank, target, receiver, text, created_at)
		VALUES ('ack', 0, 'telegram:160', 'telegram:160', 'Started', 1)"
	bgjob-notify 2>notify.err &
	notifier=$!
	wait_for 30 sent 70
	ticks=$(ticks)
	kill "$notifier"
	wait "$notifier"
	ok 'some were sent' sent 70
	tg record method=sendMessage taken=1 | jq -r '"\(.chat) \(.params.text)"' >order
	head -10 order >first
	ok 'an acknowledgement does not wait for what others are sent' grep -q '^160 Started' first
	chats=$(head -60 order | cut -d ' ' -f 1 | sort -u | wc -l)
	ok "everybody has their turn ($chats of 60 chats)" test "$chats" -ge 55
	ok "that there are many costs little ($ticks ticks of 10 ms)" test "$ticks" -lt 100
	ok 'the limits are kept' test -z "$(tg violations)"
	query 'DELETE FROM delivery'
}

# Each document is in memory while it is sent, so not all of them are sent at once.
documents()
{
	tg fault kind=delay method=sendDocument ms=3000 times=2 >/dev/null
	seq 30000 >lines
	for chat in $(seq 101 106); do
		bgjob-notify "telegram:$chat" <lines
	done
	bgjob-notify 2>notify.err &
	notifier=$!
	wait_for 30 sent 6
	sleep 1
	is 'no more than two documents are on their way at once' 0 2 query \
		"SELECT count(*) FROM delivery WHERE status = 'sending' AND document IS NOT NULL"
	before=$(ticks)
	sleep 1
	ok 'the others wait for them without doing anything' test "$(ticks)" -le $((before + 2))
	wait_for 30 sent 12
	ok 'and go then' sent 12
	kill "$notifier"
	wait "$notifier"
	query 'DELETE FROM attachment; DELETE FROM delivery WHERE parent_id IS NOT NULL; DELETE FROM delivery'
}

# More slow programs than may run at once.
slow_programs()
{
	printf '#!/bin/sh\nexec sleep 30\n' >slow
	chmod +x slow
	for i in $(seq 70); do
		ln -s slow "slow$i"
	done
	query "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70)
		INSERT INTO delivery (kind, rank, target, receiver, text, created_at)
		SELECT 'note', 1, 'exec:$T/slow' || i, 'exec:$T/slow' || i, 'x', 1 FROM n"
	echo hello | bgjob-notify telegram:101
	bgjob-notify 2>notify.err &
	notifier=$!
	ok 'programs that hang hold up no chat' wait_for 10 sent 1
	kill "$notifier"
	wait "$notifier"
	query 'DELETE FROM delivery'
}

# What a program that receives a message, or a job, sees of the notifier and its settings.
secrets()
{
	cat >look <<END
#!/bin/sh
ls /proc/self/fd >$T/look.fds
env >$T/look.env
END
	chmod +x look
	# a request is on its way, so that curl has everything open that it needs
	tg fault kind=delay method=sendMessage ms=2000 times=1 >/dev/null
	echo hello | bgjob-notify telegram:102
	echo hello | bgjob-notify "exec:$T/look"
	BGJOB_SMTP_URL=smtp://me:never_to-BE_seen@127.0.0.1:1
	BGJOB_SMTP_PASSWORD=never_to-BE_seen
	BGJOB_WEBHOOK_SECRET=never_to-BE_seen
	export BGJOB_SMTP_URL BGJOB_SMTP_PASSWORD BGJOB_WEBHOOK_SECRET
	bgjob-notify 2>notify.err 3>&- &
	notifier=$!
	wait_for 20 sent 2
	is 'a program gets stdin, stdout, stderr and no other file of ours' 0 '0 1 2 3' \
		paste -sd ' ' look.fds
	id=$(bgjob-submit -- env)
	bgjob-run --drain
	bgjob-output "$id" >job.env
	unset BGJOB_SMTP_URL BGJOB_SMTP_PASSWORD BGJOB_WEBHOOK_SECRET
	not_ok 'nor a secret' token_seen look.env
	not_ok 'nor does a job, in its environment' token_seen job.env
	kill "$notifier"
	wait "$notifier"
	query 'DELETE FROM delivery'
}

# A lingering notifier waits for the end of a job; one that drains takes over from it.
hand_back()
{
	for round in $(seq 6); do
		hand_back_once "$round"
	done
}

hand_back_once()
{
	BGJOB_AUTORUN=yes
	query 'DELETE FROM delivery'
	id=$(bgjob-submit --in 1h --notify telegram:101 -- true)
	wait_for 20 somebody_sends
	ok 'somebody waits for the end of a job' somebody_sends
	before=$(senders)
	is 'a drain that comes between' 0 '' bgjob-notify --drain
	# checked only once: a moment later another program may have the lock file open to see who
	# holds it
	ok "leaves the waiting to another, $1 of 6" wait_for 20 nobody_sends_but_new "$before"
	export BGJOB_AUTORUN=no
	bgjob-cancel "$id" >/dev/null
	wait_for 20 sent 1
}

# end_holders FILE: ends the processes that have this file of the store open, and waits for it
end_holders()
{
	for pid in $(holders "$1"); do
		kill -KILL "$pid"
	done
	wait_for 20 nobody_holds "$1"
}

# a process that is killed has no descriptors any more a moment before its locks are gone
nobody_holds()
{
	[ -z "$(holders "$1")" ] &&
		! grep -q ":$(stat -c %i "$BGJOB_HOME/$1") " /proc/locks
}

# The end of a job is recorded by a program that exits at once: its message is still delivered.
ends_elsewhere()
{
	query 'DELETE FROM delivery'
	queued=$(bgjob-submit --in 1h --notify telegram:101 -- true)
	running=$(bgjob-submit --notify telegram:101 -c 'echo >up; exec sleep 1000')
	start_pool -j 2
	wait_for 20 test -s up
	stop_pool KILL
	end_holders "spool/$running-1.state"
	ok 'nobody sends' nobody_sends
	BGJOB_AUTORUN=yes bgjob-cancel "$queued" >/dev/null
	ok 'bgjob-cancel: the end is told' wait_for 20 sent 1
	end_holders notify.lock
	BGJOB_AUTORUN=yes bgjob-recover >/dev/null
	ok 'bgjob-recover: the end is told' wait_for 20 sent 2
	end_holders notify.lock
}

# a lingering sender is there, and it is not the one of before
nobody_sends_but_new()
{
	now=$(senders)
	[ -n "$now" ] && [ "$now" != "$1" ] && grep -q -e --linger "/proc/$now/cmdline"
}

# If no program relies on it, a drain starts no other notifier.
drain_alone()
{
	for pid in $(senders); do
		kill "$pid"
	done
	wait_for 20 nobody_sends
	BGJOB_AUTORUN=yes
	bgjob-notify --drain 2>/dev/null
	ok 'a drain that nobody relies on starts nothing' nobody_sends
	export BGJOB_AUTORUN=no
}

# scans SQL: whether it goes through all rows of a table that only grows
scans()
{
	query "EXPLAIN QUERY PLAN $1" | grep -qE 'SCAN (delivery|inbox|old)$'
}

plans()
{
	not_ok 'what is being sent is found by an index' scans \
		"UPDATE delivery SET doubtful = 1 WHERE status = 'sending'"
	not_ok 'what is dead, too' scans "SELECT count(*) FROM delivery WHERE status = 'dead'"
	not_ok 'messages in that are new' scans \
		"SELECT id FROM inbox WHERE status = 'new' AND offered_at < 5 ORDER BY +id"
	not_ok 'and those that were set aside' scans \
		"SELECT count(*) FROM inbox WHERE status = 'failed'"
}

telegram_start
much
documents
slow_programs
secrets
# before the next, which starts runners: one would settle the end itself
ends_elsewhere
hand_back
drain_alone
plans
finish
