# shellcheck shell=sh
# notifier.sh: a bgjob-notify in the background; sourced after tap.sh.

# start_notifier: starts it and sets $notifier; its messages are in notify.err
start_notifier()
{
	bgjob-notify 2>>notify.err &
	notifier=$!
	wait_for 20 sends "$notifier" || fail 'the notifier is up'
}

# sends PID: whether that process is the sender, for wait_for
sends()
{
	find "/proc/$1/fd" -lname '*/notify.lock' 2>/dev/null | grep -q .
}

# stop_notifier [SIGNAL]
stop_notifier()
{
	kill "-${1:-TERM}" "$notifier"
	wait "$notifier" 2>/dev/null
}
