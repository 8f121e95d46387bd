#!/bin/sh
# Random cron expressions, in UTC and other zones: the moments are those that python3-croniter and
# systemd find, where they mean the same by an expression (tests/cron-peers.py says where not).
. "$(dirname "$0")/tap.sh"
export PYTHONDONTWRITEBYTECODE=1

# agree NAME PEER: no moment differs, of at least a thousand
agree()
{
	tap_run /usr/bin/python3 "$TESTS/cron-peers.py" "$2" "$(dirname "$BIN")/unit/cron"
	compared=$(tail -n 1 "$T/.tap/out")
	if [ "$tap_status" -eq 0 ] && [ "$(wc -l <"$T/.tap/out")" -eq 1 ] && [ "$compared" -ge 1000 ]; then
		pass "$1"
		echo "# $compared moments compared"
	else
		tap_explain "$1" 'a number of moments, nothing that differs' '' cron-peers.py "$2"
	fi
}

if /usr/bin/python3 -c 'import croniter' 2>/dev/null; then
	agree 'croniter finds the same moments' croniter
else
	skip 'croniter finds the same moments' 'no python3-croniter: sh share/setup test'
fi
if systemd-analyze calendar --base-time=@0 '*-*-* 03:00:00 Europe/Berlin' >/dev/null 2>&1; then
	agree 'systemd finds the same moments' systemd
else
	skip 'systemd finds the same moments' 'systemd-analyze calendar does not run here'
fi
finish
